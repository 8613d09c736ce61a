"""Keeping message records: the quickest safe way into each database, and what of a batch was there before."""

from __future__ import annotations

from itertools import repeat
from typing import Any

from sqlalchemy import text

from services.db.engine import Transaction
from services.ledger.writing import any_of, listed
from services.usage.checking import Checked
from services.usage.records import BadRow

COLUMNS = (
    "import_id, line, external_id, customer_id, sub_account, product, direction, sent_at, day, country, quantity, "
    "parts, unit_price_micros, price_micros, carrier_fee_micros, currency, status, own_number, recipient"
)
_ORDER = (
    *("external_id", "customer_id", "sub_account", "product", "direction", "sent_at", "day", "country", "quantity"),
    *("parts", "unit_price", "price", "carrier_fee", "currency", "status", "own_number", "recipient"),
)
_AT_ONCE = 10_000  # rows made ready at once, which is what an import holds in memory
_FIGURES = slice(3, 16)  # of a row: from whose it is to its currency; what became of it later may differ
_INSERT_SQLITE = f"INSERT INTO usage_record ({COLUMNS}) VALUES ({', '.join('?' * 19)}) ON CONFLICT DO NOTHING"  # noqa: S608 - constants only
_INSERT_POSTGRES = (
    f"INSERT INTO usage_record ({COLUMNS}) SELECT {COLUMNS} FROM usage_arriving ORDER BY line ON CONFLICT DO NOTHING"  # noqa: S608 - constants only
)
_STAGE = f"CREATE TEMPORARY TABLE usage_arriving ON COMMIT DROP AS SELECT {COLUMNS} FROM usage_record WITH NO DATA"  # noqa: S608 - constants only
_HELD = """SELECT external_id, import_id, line, customer_id, sub_account, product, direction, {sent_at}, {day}, country,
quantity, parts, unit_price_micros, price_micros, carrier_fee_micros, currency FROM usage_record WHERE {live} AND """
_HELD_SQLITE = _HELD.format(sent_at="sent_at", day="day", live="undone = 0")
_HELD_POSTGRES = _HELD.format(
    sent_at="""to_char(sent_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24\\:MI\\:SS.US"Z"')""",
    day="to_char(day, 'YYYY-MM-DD')",
    live="NOT undone",
)


def prepare(tx: Transaction) -> None:
    """Make room for what arrives; on PostgreSQL a table of this transaction only."""
    if tx.dialect == "postgresql":
        tx.conn.exec_driver_sql("DROP TABLE IF EXISTS pg_temp.usage_arriving")
        tx.conn.exec_driver_sql(_STAGE)


def keep(tx: Transaction, checked: Checked, import_id: int) -> tuple[list[bool] | None, int, list[BadRow]]:
    """Write the rows that are new. Gives which those are (None: all), how many were there, and which contradict.

    A row whose external id is in the books already is a repetition if its figures are the same, else bad.
    """
    fresh: list[bool] = []
    bad: list[BadRow] = []
    for start in range(0, len(checked.lines), _AT_ONCE):
        new, wrong = _keep(tx, _rows_of(checked, import_id, start))
        fresh += new
        bad += wrong
    return None if all(fresh) else fresh, len(fresh) - sum(fresh) - len(bad), bad


def _rows_of(checked: Checked, import_id: int, start: int) -> list[tuple[Any, ...]]:
    """Some checked rows as tuples in the order of the table's columns."""
    part = {name: checked.rows[name].slice(start, _AT_ONCE) for name in _ORDER}
    columns = (part[name].to_numpy(zero_copy_only=False).tolist() for name in _ORDER if name != "unit_price")
    before = _ORDER.index("unit_price")
    plain = list(columns)
    plain.insert(before, part["unit_price"].to_pylist())  # may hold nulls, which would become floats
    return list(zip(repeat(import_id), checked.lines[start : start + _AT_ONCE], *plain, strict=False))


def _keep(tx: Transaction, rows: list[tuple[Any, ...]]) -> tuple[list[bool], list[BadRow]]:
    """Write what is new of some rows: which those are, and which contradict what was there."""
    if _write(tx, rows) == len(rows):
        return [True] * len(rows), []
    query = text((_HELD_SQLITE if tx.dialect == "sqlite" else _HELD_POSTGRES) + any_of(tx.conn, "external_id", "ids"))
    held = {row[0]: tuple(row) for row in tx.conn.execute(query, {"ids": listed(tx.conn, [row[2] for row in rows])})}
    fresh: list[bool] = []
    bad: list[BadRow] = []
    for row in rows:
        other = held[row[2]]
        new = other[1:3] == row[:2]
        fresh.append(new)
        if not new and other[_FIGURES] != row[_FIGURES]:
            where = f"line {other[2]:,}" if other[1] == row[0] else "an earlier import"
            bad.append(BadRow(row[1], row[2], f"This id came with other figures in {where}; one of them is wrong."))
    return fresh, bad


def _write(tx: Transaction, rows: list[tuple[Any, ...]]) -> int:
    """How many rows were new."""
    if not rows:
        return 0
    if tx.dialect == "sqlite":
        return int(tx.conn.exec_driver_sql(_INSERT_SQLITE, rows).rowcount)
    driver: Any = tx.conn.connection.driver_connection
    with driver.cursor() as cursor:
        cursor.execute("TRUNCATE pg_temp.usage_arriving")
        with cursor.copy(f"COPY pg_temp.usage_arriving ({COLUMNS}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        return int(cursor.execute(_INSERT_POSTGRES).rowcount)
