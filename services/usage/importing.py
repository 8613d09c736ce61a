"""Importing usage message by message: one transaction a file, good rows in, bad rows named, nothing twice."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any, BinaryIO

import pyarrow as pa
from sqlalchemy import func, insert, select, update

from services.access.audit import record
from services.access.model import Principal, require
from services.db.engine import Transaction
from services.ledger.lateness import days_of_effect
from services.texts import seen
from services.usage import keeping
from services.usage.checking import Checked, Checker
from services.usage.gathering import Gathered
from services.usage.payers import payers
from services.usage.posting import post_usage_days
from services.usage.readers import Reading
from services.usage.readers.choosing import NO_ROWS, reading_of
from services.usage.records import (
    BAD_ROWS_KEPT,
    IMPORT_USAGE,
    PARTS,
    BadRow,
    ImportStatus,
    Progress,
    RowsRefused,
    Unreadable,
    UsageImport,
    check_claim,
    silent,
)
from services.usage.sources import Source
from services.usage.tables import usage_bad_row, usage_import, usage_record
from services.usage.turns import lock_imports

_READING = PARTS * 4 // 5  # of the work is reading, the rest is posting


@dataclass
class _Count:
    """What an import has come across so far."""

    good: int = 0
    bad: int = 0
    repeated: int = 0
    late: int = 0
    entries: int = 0
    first: date | None = None
    last: date | None = None
    rows: list[BadRow] = field(default_factory=list)

    def refuse(self, bad: list[BadRow]) -> None:
        """Count bad rows, and keep the first of them."""
        self.bad += len(bad)
        self.rows += bad[: BAD_ROWS_KEPT - len(self.rows)]


def import_usage(
    tx: Transaction,
    *,
    by: Principal,
    file: Path | bytes | BinaryIO,
    name: str,
    all_or_nothing: bool = False,
    complete_through: date | None = None,
    customer: str | None = None,
    progress: Progress | None = None,
) -> UsageImport:
    """Import a usage file (CSV, gzip CSV, Parquet, JSON of a messaging-history API; `docs/usage-files.md`).

    Good rows are kept, rolled up and posted, one journal entry a customer, day and product; bad rows are listed with
    line and reason. A row whose external id is in the books changes nothing. `customer` (username or account id) says
    whose file it is where the file does not; `complete_through` the last day it is complete for, otherwise the last
    whole day in it, unless it is one customer's file or tells of pages that it lacks. `progress(done, total, what)`
    counts the thousandth parts of the work. Raises `Unreadable` for a file that is none, `RowsRefused` where
    `all_or_nothing` meets a bad row, and `InvalidForm` for a claim about days that are not over.
    """
    require(by, IMPORT_USAGE)
    check_claim(complete_through, today=tx.today)
    lock_imports(tx)
    source = Source(file)
    reading = reading_of(source, customer_given=customer is not None)
    name = seen(name)
    if same := _same_file(tx, source, complete_through):
        return same
    trace = tx.conn.begin_nested()
    import_id = _begin(tx, source, reading, name, by)
    count, gathered = _read(tx, source, reading, import_id, customer=customer, progress=progress or silent)
    if not (count.good or count.bad or count.repeated):
        raise Unreadable(NO_ROWS)
    if all_or_nothing and count.bad:
        raise RowsRefused(tuple(count.rows), count.bad)
    _post(tx, gathered, import_id, count, by=by, progress=progress or silent)
    guessed = not (complete_through or customer or reading.missing)
    through = _last_whole_day(tx, count) if guessed else complete_through
    if not count.good and (complete_through is None or count.bad):
        trace.rollback()
        return _result(None, name, reading, count, through)
    trace.commit()
    _end(tx, import_id, count, through)
    facts = {"name": name, "rows": count.good, "bad": count.bad, "repeated": count.repeated, "late": count.late}
    record(tx, by=by, act=IMPORT_USAGE.name, subject="usage_import", subject_id=import_id, after=facts)
    return _result(import_id, name, reading, count, through)


def _same_file(tx: Transaction, source: Source, complete_through: date | None) -> UsageImport | None:
    """The import that brought the very same file whole: then there is nothing to read again."""
    c = usage_import.c
    live = (c.sha256 == source.sha256, c.status == ImportStatus.IMPORTED.value, c.rows_bad == 0)
    row = tx.conn.execute(select(usage_import).where(*live).order_by(c.id.desc()).limit(1)).one_or_none()
    if row is None or (complete_through and (row.complete_through is None or complete_through > row.complete_through)):
        return None
    note = f"The same file was imported before as {row.file_name} (import {row.id}); nothing changed."
    repeated = row.rows_good + row.rows_repeated
    days = (row.first_day, row.last_day, row.complete_through)
    return UsageImport(None, row.file_name, row.format, 0, 0, repeated, 0, 0, *days, (), (note,))


def _begin(tx: Transaction, source: Source, reading: Reading, name: str, by: Principal) -> int:
    row = {
        "source": "file",
        "file_name": name,
        "sha256": source.sha256,
        "format": reading.form,
        "status": ImportStatus.IMPORTED.value,
        "imported_at": tx.at,
        "imported_by": by.name,
        "first_record_id": _newest_record(tx) + 1,  # imports take turns: what one brings lies together
    }
    row |= dict.fromkeys(("rows_good", "rows_bad", "rows_repeated", "rows_late"), 0)
    return int(tx.conn.execute(insert(usage_import).returning(usage_import.c.id), row).scalar_one())


def _newest_record(tx: Transaction) -> int:
    return int(tx.conn.execute(select(func.coalesce(func.max(usage_record.c.id), 0))).scalar_one())


def _read(
    tx: Transaction, source: Source, reading: Reading, import_id: int, *, customer: str | None, progress: Progress
) -> tuple[_Count, Gathered]:
    """Keep every good row of the file, and add up what is new."""
    checker = Checker(lambda names: payers(tx.conn, names), tx.at, tx.timezone, customer)
    count, gathered = _Count(), Gathered()
    keeping.prepare(tx)
    # Arrow adds up beside the database: neither holds the interpreter, and there is a core for each.
    with ThreadPoolExecutor(max_workers=1) as aside:
        adding: Future[None] | None = None
        for batch in reading.batches:
            count.refuse(batch.bad if not batch.lines else [])
            if batch.lines:
                rows = _kept(tx, checker.check(batch), import_id, count)
                if adding:
                    adding.result()
                adding = aside.submit(gathered.add, rows)
            read = _READING * source.done // max(source.size, 1)
            progress(read, PARTS, f"{count.good + count.bad + count.repeated:,} rows read")
        if adding:
            adding.result()
    count.rows.sort(key=lambda row: row.line)
    if count.good:
        gathered.write(tx)
    return count, gathered


def _kept(tx: Transaction, checked: Checked, import_id: int, count: _Count) -> dict[str, Any]:
    """Keep a batch and count it; gives what of it is new, by column."""
    fresh, repeated, bad = keeping.keep(tx, checked, import_id)
    count.refuse(sorted([*checked.bad, *bad], key=lambda row: row.line))
    rows = checked.rows
    if fresh is not None:
        mask = pa.array(fresh, pa.bool_())
        rows = {column: values.filter(mask) for column, values in rows.items()}
    count.good += len(rows["day"])
    count.repeated += repeated
    return rows


def _post(
    tx: Transaction, gathered: Gathered, import_id: int, count: _Count, *, by: Principal, progress: Progress
) -> None:
    """Post the days, a slice at a time; what shares a journal entry stays together."""
    posted = 0
    for days in gathered.slices():
        post_usage_days(tx, by=by, days=days, source=f"import:{import_id}")
        effect = days_of_effect(tx, {usage.day for usage in days})
        count.late += sum(usage.records for usage in days if effect[usage.day] > usage.day)
        count.entries += len({usage.entry for usage in days if usage.micros})
        count.first = min(filter(None, (count.first, days[0].day)))
        count.last = max(filter(None, (count.last, days[-1].day)))
        posted += len(days)
        done = _READING + (PARTS - _READING) * posted // max(gathered.size, 1)
        progress(done, PARTS, f"{count.entries:,} journal entries posted")


def _last_whole_day(tx: Transaction, count: _Count) -> date | None:
    """What the import says is complete where nobody claimed anything: the last day in it that is over."""
    return min(count.last, tx.today - timedelta(days=1)) if count.last else None


def _end(tx: Transaction, import_id: int, count: _Count, through: date | None) -> None:
    """Write down what came of the import."""
    ended = {
        "rows_good": count.good,
        "rows_bad": count.bad,
        "rows_repeated": count.repeated,
        "rows_late": count.late,
        "first_day": count.first,
        "last_day": count.last,
        "complete_through": through,
        "last_record_id": _newest_record(tx),
    }
    tx.conn.execute(update(usage_import).where(usage_import.c.id == import_id).values(ended))
    rows = [
        {"import_id": import_id, "line": b.line, "external_id": b.external_id, "reason": b.reason} for b in count.rows
    ]
    if rows:
        tx.conn.execute(insert(usage_bad_row), rows)


def _result(import_id: int | None, name: str, reading: Reading, count: _Count, through: date | None) -> UsageImport:
    notes = [*reading.notes, *reading.missing]
    if count.late:
        notes.append(f"Messages of a closed month, which took effect on the first open day: {count.late:,}.")
    if import_id is None:
        notes.append("Nothing in the file was new; nothing changed." if not count.bad else "No row could be imported.")
    return UsageImport(
        import_id,
        name,
        reading.form,
        count.good,
        count.bad,
        count.repeated,
        count.late,
        count.entries,
        count.first,
        count.last,
        through,
        tuple(count.rows),
        tuple(notes),
    )
