"""Counting the movements of credit that are wanted from the roll-ups, as far as these can tell."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, and_, case, func, or_

from services.ledger.chart import Kind
from services.ledger.classes import usual_direction
from services.ledger.day_totals import KindDay, both_ways, day_counts, one_way_days
from services.ledger.filtering import MICROS, Direction, MovementFilter, rows_wanted, whole_sum
from services.ledger.tables import journal_entry, posting
from services.periods import Period

_MOST_MIXED_DAYS = 60


@dataclass(slots=True)
class Counted:
    """How many movements each day has, and what they come to by currency."""

    days: Counter[date] = field(default_factory=Counter)
    sums: Counter[str] = field(default_factory=Counter)

    def add(self, day: date, currency: str, count: int, micros: int) -> None:
        """Count some movements of a day."""
        self.days[day] += count
        self.sums[currency] += micros


def counted_by_roll_ups(conn: Connection, wanted: MovementFilter, most: int) -> Counted | None:
    """Counts from the roll-ups; None where they cannot tell the direction without looking at more than `most`."""
    asked: dict[str, Any] = {"period": wanted.period, "customer_id": wanted.customer_id}
    asked |= {"currency": wanted.currency, "kinds": wanted.kinds}
    if wanted.direction is None:
        return Counted(*day_counts(conn, **asked))
    counted = Counted()
    days = one_way_days(conn, credited=wanted.direction is Direction.IN, **asked)
    for day in days:
        if day.postings:
            counted.add(day.day, day.currency, day.postings, day.micros)
    unknown = {day.day for day in days if day.unknown}
    if not unknown:
        return counted
    asked["period"] = Period(min(unknown), max(unknown) + timedelta(days=1))
    mixed = both_ways(conn, **asked)
    either = [each for each in mixed if usual_direction(Kind(each.kind)) == 0]
    if sum(each.postings for each in either) > most or len({each.day for each in either}) > _MOST_MIXED_DAYS:
        return None
    if either:
        _count_mixed(conn, wanted, {each[:3] for each in either}, counted)
    if straight := [each for each in mixed if usual_direction(Kind(each.kind))]:
        _count_taken_back(conn, wanted, straight, counted)
    return counted


def _count_taken_back(conn: Connection, wanted: MovementFilter, mixed: Sequence[KindDay], counted: Counted) -> None:
    """Count days when a kind of one direction moved the other way too: that is only ever something taken back."""
    header, line = journal_entry.c, posting.c
    up = {each.kind for each in mixed if usual_direction(Kind(each.kind)) > 0}
    against = case((header.kind.in_(sorted(up)), line.amount > 0), else_=line.amount < 0)
    everything = replace(wanted, direction=None)
    back = (
        rows_wanted(everything, max(each.day for each in mixed), min(each.day for each in mixed))
        .where(header.reversal_of_id.is_not(None), header.kind.in_(sorted({each.kind for each in mixed})), against)
        .with_only_columns(header.effective_on, header.kind, line.currency, func.count())
        .group_by(header.effective_on, header.kind, line.currency)
    )
    taken = {tuple(row[:3]): row[3] for row in conn.execute(back)}
    rises = wanted.direction is Direction.IN
    for each in mixed:
        count = taken.get(each[:3], 0)
        count = each.postings - count if (each.kind in up) == rises else count
        counted.add(each.day, each.currency, count, each.credit if rises else -each.debit)


def _count_mixed(
    conn: Connection, wanted: MovementFilter, mixed: Collection[tuple[date, str, str]], counted: Counted
) -> None:
    """Count one by one what moved the wanted way on days when a kind moved both ways."""
    kinds: dict[date, set[str]] = {}
    for day, kind, _ in mixed:
        kinds.setdefault(day, set()).add(kind)
    header = journal_entry.c
    some = or_(*(and_(header.effective_on == day, header.kind.in_(sorted(of))) for day, of in kinds.items()))
    columns = (header.effective_on, header.kind, posting.c.currency, func.count(), whole_sum(MICROS))
    rows = (
        rows_wanted(wanted, max(kinds), min(kinds))
        .where(some)
        .with_only_columns(*columns)
        .group_by(header.effective_on, header.kind, posting.c.currency)
    )
    for day, kind, currency, count, micros in conn.execute(rows):
        if (day, kind, currency) in mixed:
            counted.add(day, currency, count, int(micros))
