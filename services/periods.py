"""Half-open calendar periods and month arithmetic; the grammar of a period in an address bar."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from services.errors import Refused

MONTHS_A_YEAR = 12
LAST_MONTH_OF_FINANCIAL_YEAR = 6  # an Australian financial year ends on 30 June


class NotAPeriod(Refused):
    """A text names no period."""


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """Days from `starts_on` up to, not including, `ends_before`."""

    starts_on: date
    ends_before: date

    def __post_init__(self) -> None:
        """Refuse a period that ends before it starts."""
        if self.ends_before < self.starts_on:
            raise NotAPeriod(f"A period cannot end on {self.ends_before} before it starts on {self.starts_on}.")

    def __contains__(self, day: date) -> bool:
        """Whether the day lies in the period."""
        return self.starts_on <= day < self.ends_before

    @property
    def last_day(self) -> date:
        """The last day inside the period."""
        return self.ends_before - timedelta(days=1)

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.ends_before - self.starts_on).days

    @property
    def interval(self) -> str:
        """Its first and last day as ISO 8601 writes them: 2026-11-01/2026-11-30."""
        return f"{self.starts_on}/{self.last_day}"

    @classmethod
    def of_interval(cls, written: str) -> Period:
        """Back from `interval`."""
        first, last = map(date.fromisoformat, written.split("/"))
        return cls(first, last + timedelta(days=1))

    def before(self) -> Period:
        """The period of equal length just before; of whole months, the same number of months."""
        if self.starts_on.day == 1 and self.ends_before.day == 1:
            length = months_between(self.starts_on, self.ends_before)
            return Period(add_months(self.starts_on, -length), self.starts_on)
        return Period(self.starts_on - timedelta(days=self.days), self.starts_on)

    def a_year_before(self) -> Period:
        """The same days one year earlier."""
        return Period(add_months(self.starts_on, -MONTHS_A_YEAR), add_months(self.ends_before, -MONTHS_A_YEAR))

    def months(self) -> Iterator[date]:
        """The first day of every month that has a day in the period."""
        first = self.starts_on.replace(day=1)
        while first < self.ends_before:
            yield first
            first = add_months(first, 1)


def add_months(day: date, months: int) -> date:
    """The same day `months` later, or the month's last day where it is shorter."""
    index = day.year * MONTHS_A_YEAR + day.month - 1 + months
    year, month = divmod(index, MONTHS_A_YEAR)
    for last in (day.day, 30, 29, 28):
        if last <= day.day:
            try:
                return date(year, month + 1, last)
            except ValueError:
                continue
    raise NotAPeriod(f"No month lies {months} months from {day}.")


def months_between(start: date, end: date) -> int:
    """Calendar months from the month of `start` to the month of `end`."""
    return (end.year - start.year) * MONTHS_A_YEAR + end.month - start.month


def month_of(day: date) -> Period:
    """The calendar month around a day."""
    first = day.replace(day=1)
    return Period(first, add_months(first, 1))


def accounting_period(day: date) -> int:
    """The month as the ledger writes it: 202611."""
    return day.year * 100 + day.month


def month_from_accounting_period(period: int) -> Period:
    """The calendar month of 202611; raises `NotAPeriod`."""
    year, month = divmod(period, 100)
    if not 1 <= month <= MONTHS_A_YEAR or not date.min.year <= year < date.max.year:
        raise NotAPeriod(f"{period} is not a month; write it like 202611.")
    return month_of(date(year, month, 1))


def financial_year(day: date) -> Period:
    """The Australian financial year (1 July to 30 June) around a day."""
    year = day.year + (day.month > LAST_MONTH_OF_FINANCIAL_YEAR)
    return Period(date(year - 1, LAST_MONTH_OF_FINANCIAL_YEAR + 1, 1), date(year, LAST_MONTH_OF_FINANCIAL_YEAR + 1, 1))


_RANGE = re.compile(r"(\d{4}-\d{2}-\d{2})\.\.(\d{4}-\d{2}-\d{2})")
_QUARTER = re.compile(r"(\d{4})-Q([1-4])")
_MONTH = re.compile(r"(\d{4})-(\d{2})")
_YEAR = re.compile(r"(FY)?(\d{4})")


def parse_period(text: str, *, today: date) -> Period:
    """Read "2026-11", "2026-Q4", "2026", "FY2027", "2026-11-01..2026-11-22", "this-month", "last-month", "ytd"...

    A range names its last day inclusively, as people do. Raises `NotAPeriod`.
    """
    word = text.strip()
    this = month_of(today)
    named = {
        "this-month": this,
        "last-month": this.before(),
        "last-12-months": Period(add_months(this.starts_on, -11), this.ends_before),
        "ytd": Period(date(today.year, 1, 1), today + timedelta(days=1)),
        "financial-year": financial_year(today),
    }
    if word in named:
        return named[word]
    try:
        return _parse_dated(word)
    except ValueError as error:
        raise NotAPeriod(
            f"“{word}” is not a period; try 2026-11, 2026-Q4, FY2027 or 2026-11-01..2026-11-22."
        ) from error


def _parse_dated(word: str) -> Period:
    if found := _RANGE.fullmatch(word):
        first, last = (date.fromisoformat(part) for part in found.groups())
        return Period(first, last + timedelta(days=1))
    if found := _QUARTER.fullmatch(word):
        first = date(int(found[1]), 3 * int(found[2]) - 2, 1)
        return Period(first, add_months(first, 3))
    if found := _MONTH.fullmatch(word):
        return month_of(date(int(found[1]), int(found[2]), 1))
    if found := _YEAR.fullmatch(word):
        first = date(int(found[2]), 1, 1)
        return financial_year(first) if found[1] else Period(first, add_months(first, MONTHS_A_YEAR))
    raise ValueError(word)
