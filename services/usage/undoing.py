"""Taking a whole import of usage back: its entries reversed, its roll-ups subtracted, its records set aside."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, Table, bindparam, delete, func, select, update

from services.access.audit import record
from services.access.model import Principal, require
from services.db.engine import Transaction
from services.ledger.lateness import days_of_effect
from services.ledger.reversing import reverse_many
from services.texts import checked_reason
from services.usage.records import PARTS, UNDO_IMPORT, CannotUndo, ImportStatus, NoSuchImport, Progress, silent
from services.usage.refunding import refunds_of_import
from services.usage.rollup import Row as UsageRow
from services.usage.rollup import add_days
from services.usage.tables import (
    usage_day,
    usage_import,
    usage_number_day,
    usage_record,
    usage_sub_day,
    usage_sub_month,
)
from services.usage.turns import lock_imports

_SLICE = 5_000
_REVERSING = PARTS * 3 // 5  # of the work is reversing entries
_SUB_KEY = ("customer_id", "day", "sub_account", "product", "country", "currency")
_OPPOSITE = ("messages", "parts", "micros", "records")


def undo_import(
    tx: Transaction, *, by: Principal, import_id: int, reason: str, progress: Progress | None = None
) -> int:
    """Undo a whole import and return how many records no longer count; its file may then be imported again.

    Each entry is reversed on its own day of effect, or the first open day. `progress(done, total, what)` counts the
    thousandth parts of the work. Raises `NoSuchImport`, `CannotUndo` when it was undone before or messages of it
    were refunded, `InvalidForm` without a reason.
    """
    require(by, UNDO_IMPORT)
    reason = checked_reason(reason, ask="Say why the import is undone.")
    lock_imports(tx)
    found = tx.conn.execute(select(usage_import).where(usage_import.c.id == import_id)).one_or_none()
    if found is None:
        raise NoSuchImport(f"No import of usage has the number {import_id}.")
    if found.status == ImportStatus.UNDONE.value:
        raise CannotUndo(f"The import of {found.file_name} was undone before.")
    if refunds := refunds_of_import(tx.conn, import_id):
        numbers = ", ".join(map(str, refunds[:5]))
        raise CannotUndo(f"Messages of {found.file_name} were refunded; take back adjustment {numbers} first.")
    told = progress or silent
    _reverse_days(tx, by, import_id, reason, told)
    told(_REVERSING, PARTS, "taking its records out of the sums")
    _subtract(tx, found)
    c = usage_record.c
    ours = (c.id.between(found.first_record_id, found.last_record_id), c.import_id == import_id)
    gone = tx.conn.execute(update(usage_record).where(*ours).values(undone=tx.dialect == "postgresql" or 1)).rowcount
    done = {"status": ImportStatus.UNDONE.value, "undone_at": tx.at, "undone_by": by.name, "undone_reason": reason}
    tx.conn.execute(update(usage_import).where(usage_import.c.id == import_id).values(done))
    before = {"name": found.file_name, "rows": gone}
    record(tx, by=by, act=UNDO_IMPORT.name, subject="usage_import", subject_id=import_id, before=before, reason=reason)
    return gone


def _reverse_days(tx: Transaction, by: Principal, import_id: int, reason: str, progress: Progress) -> None:
    """Add the opposite of every row of usage by day, each with the reversal of its entry."""
    c = usage_day.c
    rows = tx.conn.execute(select(usage_day).where(c.source == f"import:{import_id}").order_by(c.id)).all()
    effect = days_of_effect(tx, {row.posted_on for row in rows})
    entries = {row.entry_id: effect[row.posted_on] for row in rows if row.entry_id is not None}
    reversals: dict[int, int] = {}
    ordered = list(entries.items())
    for start in range(0, len(ordered), _SLICE):
        reversals |= reverse_many(tx, by=by, entries=dict(ordered[start : start + _SLICE]), reason=reason)
        told = f"{len(reversals):,} of {len(ordered):,} journal entries reversed"
        progress(_REVERSING * len(reversals) // len(ordered), PARTS, told)
    opposite = [_opposite(row, f"undo:{import_id}", reversals, effect[row.posted_on]) for row in rows]
    for start in range(0, len(opposite), _SLICE):
        add_days(tx, opposite[start : start + _SLICE])


def _opposite(row: Row[Any], source: str, reversals: dict[int, int], posted_on: Any) -> UsageRow:
    what = (row.customer_id, row.product, row.country, row.currency)
    taken = (-row.messages, -row.parts, -row.micros, -row.records)
    return (source, row.day, *what, *taken, reversals.get(row.entry_id), posted_on)


def _subtract(tx: Transaction, found: Row[Any]) -> None:
    """Take the import's records out of the roll-ups by sub-account and own number; what is empty goes."""
    c = usage_record.c
    ours = (c.id.between(found.first_record_id, found.last_record_id), c.import_id == found.id)
    records, messages = func.count().label("records"), func.sum(c.quantity).label("messages")
    micros = func.sum(c.price_micros).label("micros")
    key = [c[name] for name in _SUB_KEY]
    sums = select(*key, records, messages, func.sum(c.parts).label("parts"), micros).where(*ours).group_by(*key)
    days = tx.conn.execute(sums).all()
    _take(tx, usage_sub_day, days)
    _take(tx, usage_sub_month, _months_of(days))
    number = [c.own_number.label("e164"), c.customer_id, c.day]
    used = (*ours, c.own_number.is_not(None))
    sums = select(*number, records, messages, micros).where(*used).group_by(c.own_number, c.customer_id, c.day)
    _take(tx, usage_number_day, tx.conn.execute(sums).all())


def _months_of(days: Sequence[Any]) -> list[dict[str, Any]]:
    """The same sums by the first day of the month, in the columns of the roll-up."""
    months: dict[tuple[Any, ...], dict[str, Any]] = {}
    for row in days:
        first = row.day.replace(day=1)
        same = {name: getattr(row, name) for name in _SUB_KEY if name != "day"}
        month = months.setdefault((first, *same.values()), {"month": first, **same, **dict.fromkeys(_OPPOSITE, 0)})
        for name in _OPPOSITE:
            month[name] += int(getattr(row, name))
    return list(months.values())


def _take(tx: Transaction, table: Table, rows: Sequence[Any]) -> None:
    """Subtract sums from a roll-up, and drop what nothing is left of."""
    if not rows:
        return
    key = [column.name for column in table.primary_key]
    figures = [column.name for column in table.columns if column.name not in key]
    sums = [row if isinstance(row, dict) else row._asdict() for row in rows]
    less = [
        {f"of_{name}": row[name] for name in key} | {f"less_{name}": int(row[name]) for name in figures} for row in sums
    ]
    here = [table.c[name] == bindparam(f"of_{name}") for name in key]
    left = {name: table.c[name] - bindparam(f"less_{name}") for name in figures}
    tx.conn.execute(update(table).where(*here).values(left), less)
    grain = "month" if "month" in table.c else "day"
    touched = [row[grain] for row in sums]
    gone = (table.c[grain].between(min(touched), max(touched)), table.c.records == 0)
    tx.conn.execute(delete(table).where(*gone))
