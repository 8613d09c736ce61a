"""Finding movements of credit: counted by the roll-ups where these can tell, else among a bounded number of the newest.

The roll-ups know period, customer, kind and currency, and which way a kind moved credit on a day. Amounts, words, who
posted and what was taken back are not in them: for these the newest movements the other filters leave are looked
at, at most `SEARCHED` of them, and the answer says how far back that reached.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import Connection, Select, and_, case, func, select, union_all

from services.db.folding import holds
from services.ledger.classes import MOVES_CREDIT, usual_direction
from services.ledger.counting import counted_by_roll_ups
from services.ledger.filtering import COLUMNS, Direction, MovementFilter, rows_wanted, whole_sum
from services.ledger.tables import journal_entry, posting

__all__ = ["COLUMNS", "SEARCHED", "Direction", "Found", "MovementFilter", "find"]

SEARCHED = 10_000


@dataclass(frozen=True, slots=True)
class Found:
    """One page of rows in `COLUMNS`, newest first, with how many there are in all and what they come to by currency.

    `searched` is how many movements were looked at where that was not all of them, back to the day `since`.
    """

    rows: Sequence[Any]
    total: int
    sums: dict[str, int]
    searched: int | None = None
    since: date | None = None


def find(conn: Connection, wanted: MovementFilter, *, page: int, size: int, searched: int = SEARCHED) -> Found:
    """A page of the movements wanted, newest first; `searched` bounds what is looked at where roll-ups cannot tell."""
    counted = None if wanted.looks_closer else counted_by_roll_ups(conn, wanted, searched)
    if counted is None:
        return _search(conn, wanted, page, size, searched)
    total, sums = counted.days.total(), dict(counted.sums)
    days = sorted(((day, count) for day, count in counted.days.items() if count), reverse=True)
    newest, oldest, skip = _days_of_page(days, (page - 1) * size, size)
    if newest is None or oldest is None:
        return Found((), total, sums)
    query = _ordered(rows_wanted(wanted, newest, oldest)).offset(skip).limit(size)
    return Found(conn.execute(query).all(), total, sums)


def _days_of_page(by_day: Sequence[tuple[date, int]], offset: int, size: int) -> tuple[date | None, date | None, int]:
    """Between which days a page lies, and how many movements of the newest of them come before it."""
    newest: date | None = None
    skip, seen = 0, 0
    for day, count in by_day:
        if newest is None and seen + count > offset:
            newest, skip = day, offset - seen
        seen += count
        if newest is not None and seen >= offset + size:
            return newest, day, skip
    return newest, by_day[-1][0] if by_day and newest else None, skip


def _search(conn: Connection, wanted: MovementFilter, page: int, size: int, most: int) -> Found:
    """Look at the newest movements the indexed filters leave, one by one."""
    indexed = _newest(wanted, most).subquery()
    fits = and_(*_closer(wanted, indexed.c))
    of = indexed.c
    counts = select(
        of.currency,
        func.count().label("looked_at"),
        whole_sum(case((fits, 1), else_=0)).label("fitting"),
        whole_sum(case((fits, of.micros), else_=0)).label("micros"),
        func.min(of.day).label("since"),
    ).group_by(of.currency)
    by_currency = conn.execute(counts).all()
    total = sum(int(row.fitting) for row in by_currency)
    sums = {row.currency: int(row.micros) for row in by_currency if row.fitting}
    looked_at = sum(row.looked_at for row in by_currency)
    chosen = select(indexed).where(fits).order_by(of.day.desc(), of.entry_id.desc(), of.seq.desc())
    rows = conn.execute(chosen.offset((page - 1) * size).limit(size)).all() if total > (page - 1) * size else ()
    if looked_at < most:
        return Found(rows, total, sums)
    return Found(rows, total, sums, looked_at, min(row.since for row in by_currency))


def _newest(wanted: MovementFilter, most: int) -> Select[Any]:
    """The newest movements the indexed filters leave.

    Few movements raise credit: of everybody they are read kind by kind and of what was taken back, each newest first
    from an index of its own, instead of going through all that was used in between.
    """
    first, last = wanted.period.starts_on, wanted.period.last_day
    if wanted.direction is not Direction.IN or wanted.customer_id:
        return _ordered(rows_wanted(wanted, last, first)).limit(most)
    asked = wanted.kinds or MOVES_CREDIT
    rising = sorted(kind for kind in asked if usual_direction(kind) >= 0)
    pieces = [rows_wanted(replace(wanted, kinds=frozenset({kind})), last, first) for kind in rising]
    if falling := frozenset(asked) - frozenset(rising):
        back = rows_wanted(replace(wanted, kinds=frozenset(), reversals=True), last, first)
        pieces.append(back.where(func.trim(journal_entry.c.kind).in_(sorted(falling))))  # not by the index of kinds
    each = union_all(*(select(_ordered(piece).limit(most).subquery()) for piece in pieces)).subquery()
    return select(each).order_by(each.c.day.desc(), each.c.entry_id.desc(), each.c.seq.desc()).limit(most)


def _closer(wanted: MovementFilter, row: Any) -> list[Any]:
    conditions = [row.entry_id > 0]
    if wanted.at_least is not None:
        conditions.append(func.abs(row.micros) >= wanted.at_least)
    if wanted.at_most is not None:
        conditions.append(func.abs(row.micros) <= wanted.at_most)
    for column, words in ((row.memo, wanted.words), (row.actor, wanted.posted_by)):
        conditions += [holds(column, word) for word in words.split()]
    return conditions


def _ordered(query: Select[Any]) -> Select[Any]:
    return query.order_by(journal_entry.c.effective_on.desc(), journal_entry.c.id.desc(), posting.c.seq.desc())
