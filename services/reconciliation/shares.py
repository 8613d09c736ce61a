"""How well matching does, from what was written down: the automatic share by week, and what each rule had undone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import BigInteger, Connection, case, cast, func, select

from services.payments.tables import allocation
from services.periods import Period

ALARM = 0.001  # a share taken back above this says that a rule is wrong (banking.md, 3.3)


@dataclass(frozen=True, slots=True)
class Week:
    """Matches made in the seven days from a Monday: automatic, by a person, and those of before that was kept."""

    starts_on: date
    automatic: int
    by_person: int
    unknown: int

    @property
    def share(self) -> float | None:
        """Automatic of all that are known, 0 to 1; None without any."""
        known = self.automatic + self.by_person
        return self.automatic / known if known else None


@dataclass(frozen=True, slots=True)
class RuleRecord:
    """How a rule did: matches made by it, and how many of them were taken back since."""

    rule: str
    matches: int
    undone: int

    @property
    def rate(self) -> float:
        """Taken back of all, 0 to 1."""
        return self.undone / self.matches

    @property
    def is_alarming(self) -> bool:
        """Whether more was taken back than a good rule may have; what a person chose by hand is no rule."""
        return not self.rule.endswith("by hand") and self.rate > ALARM


@dataclass(frozen=True, slots=True)
class Shares:
    """Every week of a period without a hole, and every rule that matched in it, the most used first."""

    weeks: tuple[Week, ...]
    rules: tuple[RuleRecord, ...]

    @property
    def share(self) -> float | None:
        """Automatic of all that are known over the period, 0 to 1."""
        total = Week(date.min, *(sum(getattr(week, name) for week in self.weeks) for name in _COUNTS))
        return total.share

    @property
    def matches(self) -> int:
        """How many matches there were."""
        return sum(each.matches for each in self.rules)


_COUNTS = ("automatic", "by_person", "unknown")


def shares(conn: Connection, *, period: Period) -> Shares:
    """Matches made in a period, counted by day and rule in SQL; what was taken back counts for the week it was made."""
    kept = allocation.c
    undone = cast(func.sum(case((kept.undone_at.is_not(None), 1), else_=0)), BigInteger)
    query = (
        select(kept.allocated_on, kept.rule, kept.automatic, func.count(), undone)
        .where(kept.allocated_on >= period.starts_on, kept.allocated_on < period.ends_before)
        .group_by(kept.allocated_on, kept.rule, kept.automatic)
    )
    rows = conn.execute(query).all()
    return Shares(tuple(_weeks(rows)), tuple(_rules(rows)))


def _weeks(rows: Iterable[Any]) -> list[Week]:
    counts: dict[date, dict[str, int]] = {}
    for on, _, automatic, matches, _ in rows:
        name = "unknown" if automatic is None else "automatic" if automatic else "by_person"
        week = counts.setdefault(on - timedelta(days=on.weekday()), dict.fromkeys(_COUNTS, 0))
        week[name] += int(matches)
    if not counts:
        return []
    first, last = min(counts), max(counts)
    mondays = [first + timedelta(weeks=place) for place in range((last - first).days // 7 + 1)]
    return [Week(monday, **counts.get(monday, dict.fromkeys(_COUNTS, 0))) for monday in mondays]


def _rules(rows: Iterable[Any]) -> list[RuleRecord]:
    counts: dict[str, list[int]] = {}
    for _, rule, _, matches, undone in rows:
        total = counts.setdefault(rule, [0, 0])
        total[0] += int(matches)
        total[1] += int(undone)
    return sorted((RuleRecord(rule, *total) for rule, total in counts.items()), key=lambda each: -each.matches)
