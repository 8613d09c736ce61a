"""Looking at a usage file before it is imported: what was understood of it, its first rows, what is wrong with them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any

import pandas as pd
from sqlalchemy import Connection, select

from services.customers.tables import customer as customer_table
from services.frames import typed
from services.usage.checking import Checker
from services.usage.payers import payers
from services.usage.readers.choosing import NO_ROWS, reading_of
from services.usage.records import BadRow, ImportStatus, Unreadable, masked
from services.usage.sources import Source
from services.usage.tables import usage_import

SHOWN = 50  # sound rows of the beginning
MOST_BAD = 200
_MONEY = {"unit_price": "unit_price_micros", "price": "price_micros", "carrier_fee": "carrier_fee_micros"}
_COLUMNS = (
    *("sent_at", "day", "customer", "sub_account", "product", "direction", "country", "quantity", "parts"),
    *("unit_price", "price", "carrier_fee", "currency", "status", "own_number", "recipient", "external_id"),
)


@dataclass(frozen=True, slots=True)
class Preview:
    """The beginning of a usage file as an import would read it; nothing of it is in the books yet.

    `understood` has the file's own name of each column; `rows` are sound rows with their line, amounts in micros and
    recipients masked; `looked_at` rows were checked, `bad` of them would stay out, `bad_rows` are the first of those.
    `imported_before` names the import that brought the very same file.
    """

    form: str
    size: int
    understood: Mapping[str, str]
    notes: tuple[str, ...]
    rows: pd.DataFrame
    looked_at: int
    bad: int
    bad_rows: tuple[BadRow, ...]
    is_whole: bool
    imported_before: int | None


def preview(conn: Connection, *, file: bytes, customer: str | None = None, at: datetime, timezone: tzinfo) -> Preview:
    """Read the beginning of a usage file (some twenty thousand rows); raises `Unreadable` as its import would.

    `at` is now: rows of the future are bad. `timezone` is the company's, `customer` whose file it is.
    """
    source = Source(file)
    reading = reading_of(source, customer_given=customer is not None)
    first = next(reading.batches, None)
    if first is None:
        raise Unreadable(NO_ROWS)
    bad = list(first.bad)
    rows: dict[str, Any] = {}
    if first.lines:
        checked = Checker(lambda names: payers(conn, names), at, timezone, customer).check(first)
        bad, rows = checked.bad, checked.rows | {"line": checked.lines}
    rest = next(reading.batches, None)
    left = rest.bad if rest and not rest.lines else []  # a table's last batch only lists what nobody could read
    bad = sorted([*bad, *left], key=lambda row: row.line)
    return Preview(
        reading.form,
        source.size,
        reading.understood,
        (*reading.notes, *reading.missing),
        _frame(conn, rows),
        len(rows.get("line", ())) + len(bad),
        len(bad),
        tuple(bad[:MOST_BAD]),
        rest is None or not rest.lines,
        _same_file(conn, source.sha256),
    )


def _frame(conn: Connection, rows: dict[str, Any]) -> pd.DataFrame:
    if not rows:
        return pd.DataFrame(columns=["line", *(_MONEY.get(name, name) for name in _COLUMNS)])
    first = {name: column[:SHOWN].to_pylist() for name, column in rows.items() if name != "line"}
    first["line"] = rows["line"][:SHOWN]
    names = _names(conn, set(first["customer_id"]))
    first["customer"] = [names[each] for each in first["customer_id"]]
    first["recipient"] = [masked(each) for each in first["recipient"]]
    first["sent_at"] = [datetime.fromisoformat(each) for each in first["sent_at"]]
    frame = pd.DataFrame({name: first[name] for name in ("line", *_COLUMNS)}).rename(columns=_MONEY)
    return typed(frame, dict.fromkeys(_MONEY.values(), "Int64"))


def _names(conn: Connection, ids: set[int]) -> dict[int, str]:
    c = customer_table.c
    return {row.id: row.name for row in conn.execute(select(c.id, c.name).where(c.id.in_(ids)))}


def _same_file(conn: Connection, sha256: str) -> int | None:
    c = usage_import.c
    live = (c.sha256 == sha256, c.status == ImportStatus.IMPORTED.value)
    found: int | None = conn.execute(select(c.id).where(*live).order_by(c.id.desc()).limit(1)).scalar()
    return found
