"""Finding movements of credit: counted by the roll-ups where these can tell, else among a bounded number of the newest.

The roll-ups know period, customer, kind and currency, and which way a kind moved credit on a day. Amounts, words, who
posted and what was taken back are not in them: for these the newest movements the other filters leave are looked
at, at most `SEARCHED` of them, and the answer says how far back that reached.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, Connection, Select, and_, case, cast, func, literal_column, or_, select

from services.ledger.chart import Kind, Purpose
from services.ledger.day_totals import kind_days
from services.ledger.tables import account, journal_entry, posting
from services.periods import Period

SEARCHED = 10_000
_MOST_MIXED_DAYS = 60
_MICROS = -posting.c.amount
_COLUMNS: tuple[Any, ...] = (
    journal_entry.c.id.label("entry_id"), posting.c.seq, journal_entry.c.effective_on.label("day"),
    journal_entry.c.kind, account.c.customer_id, posting.c.currency, _MICROS.label("micros"),
    journal_entry.c.source, journal_entry.c.source_id, journal_entry.c.key, journal_entry.c.memo,
    journal_entry.c.reversal_of_id, journal_entry.c.actor, journal_entry.c.posted_at,
)  # fmt: skip
COLUMNS = [column.name for column in _COLUMNS]


class Direction(StrEnum):
    """Which way credit moved."""

    IN = "in"
    OUT = "out"


@dataclass(frozen=True, slots=True)
class MovementFilter:
    """Which movements are wanted; amounts are micros without their sign, words are looked for in what it was for."""

    period: Period
    customer_id: int | None = None
    kinds: frozenset[Kind] = frozenset()
    currency: str | None = None
    direction: Direction | None = None
    at_least: int | None = None
    at_most: int | None = None
    words: str = ""
    posted_by: str = ""
    reversals: bool = False

    @property
    def looks_closer(self) -> bool:
        """Whether it asks for something the roll-ups do not know."""
        return self.at_least is not None or self.at_most is not None or bool(self.words or self.posted_by) or (
            self.reversals
        )  # fmt: skip


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


@dataclass(slots=True)
class _Counted:
    """How many movements each day has, and what they come to by currency."""

    days: Counter[date] = field(default_factory=Counter)
    sums: Counter[str] = field(default_factory=Counter)

    def add(self, day: date, currency: str, count: int, micros: int) -> None:
        """Count some movements of a day."""
        self.days[day] += count
        self.sums[currency] += micros


def find(conn: Connection, wanted: MovementFilter, *, page: int, size: int, searched: int = SEARCHED) -> Found:
    """A page of the movements wanted, newest first; `searched` bounds what is looked at where roll-ups cannot tell."""
    counted = None if wanted.looks_closer else _counted(conn, wanted, searched)
    if counted is None:
        return _search(conn, wanted, page, size, searched)
    total, sums = counted.days.total(), dict(counted.sums)
    days = sorted(((day, count) for day, count in counted.days.items() if count), reverse=True)
    newest, oldest, skip = _days_of_page(days, (page - 1) * size, size)
    if newest is None or oldest is None:
        return Found((), total, sums)
    query = _ordered(_wanted(wanted, newest, oldest)).offset(skip).limit(size)
    return Found(conn.execute(query).all(), total, sums)


def _counted(conn: Connection, wanted: MovementFilter, most: int) -> _Counted | None:
    """Counts from the roll-ups; None where they cannot tell the direction without looking at more than `most`."""
    sums: dict[tuple[date, str, str], list[int]] = {}
    for each in kind_days(
        conn,
        period=wanted.period,
        purpose=Purpose.CREDIT,
        customer_id=wanted.customer_id,
        currency=wanted.currency,
        kinds=wanted.kinds,
        apart=wanted.direction is not None,
    ):
        known = sums.setdefault((each.day, each.kind, each.currency), [0, 0, 0])
        known[0] += each.postings
        known[1] += each.debit
        known[2] += each.credit
    counted, mixed = _Counted(), {}
    for key, (postings, debit, credit) in sums.items():
        asked, other = (credit, debit) if wanted.direction is Direction.IN else (debit, credit)
        if wanted.direction and asked and other:
            mixed[key] = postings
        elif not wanted.direction or asked:
            counted.add(key[0], key[2], postings, credit - debit)
    return counted if _count_mixed(conn, wanted, mixed, most, counted) else None


def _count_mixed(
    conn: Connection, wanted: MovementFilter, mixed: Mapping[tuple[date, str, str], int], most: int, counted: _Counted
) -> bool:
    """Count what moved the wanted way on days when a kind moved both ways; false when that is too much to look at."""
    kinds: dict[date, set[str]] = {}
    for day, kind, _ in mixed:
        kinds.setdefault(day, set()).add(kind)
    if sum(mixed.values()) > most or len(kinds) > _MOST_MIXED_DAYS:
        return False
    if not kinds:
        return True
    header = journal_entry.c
    some = or_(*(and_(header.effective_on == day, header.kind.in_(sorted(of))) for day, of in kinds.items()))
    columns = (header.effective_on, header.kind, posting.c.currency, func.count(), _sum(_MICROS))
    rows = (
        _wanted(wanted, max(kinds), min(kinds))
        .where(some)
        .with_only_columns(*columns)
        .group_by(header.effective_on, header.kind, posting.c.currency)
    )
    for day, kind, currency, count, micros in conn.execute(rows):
        if (day, kind, currency) in mixed:
            counted.add(day, currency, count, int(micros))
    return True


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
    candidates = _wanted(wanted, wanted.period.last_day, wanted.period.starts_on)
    indexed = _ordered(candidates).limit(most).subquery()
    fits = and_(*_closer(wanted, indexed.c))
    of = indexed.c
    counts = select(
        of.currency,
        func.count().label("looked_at"),
        _sum(case((fits, 1), else_=0)).label("fitting"),
        _sum(case((fits, of.micros), else_=0)).label("micros"),
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


def _closer(wanted: MovementFilter, row: Any) -> list[Any]:
    conditions = [row.entry_id > 0]
    if wanted.at_least is not None:
        conditions.append(func.abs(row.micros) >= wanted.at_least)
    if wanted.at_most is not None:
        conditions.append(func.abs(row.micros) <= wanted.at_most)
    for column, words in ((row.memo, wanted.words), (row.actor, wanted.posted_by)):
        conditions += [func.lower(column).contains(word.casefold(), autoescape=True) for word in words.split()]
    return conditions


def _wanted(wanted: MovementFilter, newest: date, oldest: date) -> Select[Any]:
    """The movements between two days (both included) that the indexed filters leave."""
    header = journal_entry.c
    query = (
        select(*_COLUMNS)
        .select_from(journal_entry)
        .join(posting, posting.c.entry_id == header.id)
        .join(account, account.c.id == posting.c.account_id)
        .where(account.c.purpose == Purpose.CREDIT.value)
        .where(header.effective_on <= newest, header.effective_on >= oldest)
    )
    if wanted.customer_id:
        query = query.where(account.c.customer_id == wanted.customer_id, header.customer_id == wanted.customer_id)
    if wanted.kinds:
        query = query.where(header.kind.in_(sorted(wanted.kinds)))
    if wanted.currency:
        query = query.where(posting.c.currency == wanted.currency)
    if wanted.direction:
        query = query.where(posting.c.amount < 0 if wanted.direction is Direction.IN else posting.c.amount > 0)
    if wanted.reversals:
        query = query.where(header.reversal_of_id.is_not(None))
    elif wanted.words:
        query = query.where(header.memo != literal_column("''"))  # spelt out, so that its small index serves
    return query


def _ordered(query: Select[Any]) -> Select[Any]:
    return query.order_by(journal_entry.c.effective_on.desc(), journal_entry.c.id.desc(), posting.c.seq.desc())


def _sum(column: Any) -> Any:
    return cast(func.coalesce(func.sum(column), 0), BigInteger)
