"""What the rest of a month will bring: weekdays as they were, at the level of late; with a band from its own errors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from math import sqrt
from statistics import pstdev

from services.money import divide
from services.periods import Period

WEEKS = 12  # whose weekdays are averaged: long enough to be calm, short enough to follow growth
BAND = 1.5  # by the back-test over the demo's histories, eight months in ten end inside
_TRUST_DAYS = 20  # so many average days stand against the days known of the month, so that two good days decide nothing


@dataclass(frozen=True, slots=True)
class Forecast:
    """A month's total as expected, and the band it most likely ends in; micros, the actual days included."""

    expected: int
    low: int
    high: int
    actual: int


@dataclass(frozen=True, slots=True)
class _Pace:
    """What the days to come are expected to bring: each weekday's share, and how much whole weeks differed."""

    weekdays: Mapping[int, Fraction]
    spread: float

    def of(self, days: Period) -> int:
        """Micros expected in days to come."""
        return round(sum((self.weekdays[day.weekday()] for day in _days(days)), Fraction(0)))

    def band(self, days: int) -> int:
        """Half the width of the band around so many days to come."""
        return round(BAND * self.spread * _width(days / 7))


def month_total(daily: Mapping[date, int], month: Period, *, known_before: date, percent: int = 100) -> Forecast:
    """The month's total: days before `known_before` as they were, the rest by weekday and level.

    Each day to come is what its weekday brought on average over the twelve weeks known, times how the known days of
    this month compare with what those weekdays would have brought. The band comes from how much whole weeks differed.
    `daily` holds micros a day; a day it does not name brought nothing. What if the days to come brought `percent` of
    that? An estimate is never posted.
    """
    known = _known(month, known_before)
    return _total(daily, month, known, _pace(daily, known, percent))


def months_ahead(
    daily: Mapping[date, int], months: Sequence[Period], *, known_before: date, percent: int = 100
) -> list[Forecast]:
    """The totals of months that follow each other, over, running or to come; `percent` as for `month_total`.

    Those to come are at the level of the month that runs on `known_before`, or of the days before the first.
    """
    begun = [month for month in months if month.starts_on < known_before]
    first = begun[-1] if begun else months[0]
    known = _known(first, known_before) if begun else Period(known_before, known_before)
    pace = _pace(daily, known, percent)
    return [_total(daily, month, _known(month, known_before), pace) for month in months]


def bands_ahead(daily: Mapping[date, int], days: Sequence[int], *, known_before: date, percent: int = 100) -> list[int]:
    """For each number of days from `known_before` on, how far their sum may lie from what is expected, in micros."""
    pace = _pace(daily, Period(known_before, known_before), percent)
    return [pace.band(each) for each in days]


def _known(month: Period, known_before: date) -> Period:
    return Period(month.starts_on, min(max(known_before, month.starts_on), month.ends_before))


def _total(daily: Mapping[date, int], month: Period, known: Period, pace: _Pace) -> Forecast:
    actual = sum(daily.get(day, 0) for day in _days(known))
    left = Period(known.ends_before, month.ends_before)
    expected, spread = actual + pace.of(left), pace.band(left.days)
    return Forecast(expected, max(expected - spread, actual), expected + spread, actual)


def _pace(daily: Mapping[date, int], known: Period, percent: int) -> _Pace:
    """The pace of the days after `known`, the days of a month that are over."""
    past = _days(Period(known.ends_before - timedelta(weeks=WEEKS), known.ends_before))
    usual = {
        day.weekday(): Fraction(sum(daily.get(each, 0) for each in past[start::7]), WEEKS)
        for start, day in enumerate(past[:7])
    }
    standing = _TRUST_DAYS * sum(usual.values(), Fraction(0)) / 7
    would_be = sum((usual[day.weekday()] for day in _days(known)), Fraction(0)) + standing
    actual = sum(daily.get(day, 0) for day in _days(known))
    level = (actual + standing) / would_be * percent / 100 if would_be > 0 else Fraction(percent, 100)
    weeks = [sum(daily.get(day, 0) for day in past[start : start + 7]) for start in range(0, len(past), 7)]
    return _Pace({weekday: level * mean for weekday, mean in usual.items()}, pstdev(weeks) * percent / 100)


def straight_line(daily: Mapping[date, int], month: Period, *, known_before: date) -> int:
    """The naive estimate a forecast has to beat: the average day so far, for every day of the month."""
    known = Period(month.starts_on, known_before)
    actual = sum(daily.get(day, 0) for day in _days(known))
    return divide(actual * month.days, known.days) if known.days else 0


def _days(period: Period) -> list[date]:
    return [period.starts_on + timedelta(days=each) for each in range(period.days)]


def _width(weeks_left: float) -> float:
    """How errors of single weeks add up over those left: each for itself, and that of their common mean."""
    return sqrt(weeks_left + weeks_left * weeks_left / WEEKS)
