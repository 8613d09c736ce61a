"""What the rest of a month will bring: weekdays as they were, at the level of late; with a band from its own errors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
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


def month_total(daily: Mapping[date, int], month: Period, *, known_before: date) -> Forecast:
    """The month's total: days before `known_before` as they were, the rest by weekday and level.

    Each day to come is what its weekday brought on average over the twelve weeks known, times how the known days of
    this month compare with what those weekdays would have brought. The band comes from how much whole weeks differed.
    `daily` holds micros a day; a day it does not name brought nothing. An estimate is never posted.
    """
    known = Period(month.starts_on, min(max(known_before, month.starts_on), month.ends_before))
    actual = sum(daily.get(day, 0) for day in _days(known))
    past = _days(Period(known.ends_before - timedelta(weeks=WEEKS), known.ends_before))
    weekdays = [sum(daily.get(day, 0) for day in past[start::7]) / WEEKS for start in range(7)]
    usual = {day.weekday(): mean for day, mean in zip(past[:7], weekdays, strict=True)}
    average = sum(weekdays) / len(weekdays)
    left = _days(Period(known.ends_before, month.ends_before))
    standing = _TRUST_DAYS * average
    would_be = sum(usual[day.weekday()] for day in _days(known)) + standing
    level = (actual + standing) / would_be if would_be > 0 else 1.0
    expected = actual + round(level * sum(usual[day.weekday()] for day in left))
    weeks = [sum(daily.get(day, 0) for day in past[start : start + 7]) for start in range(0, len(past), 7)]
    spread = round(BAND * pstdev(weeks) * _width(len(left) / 7))
    return Forecast(expected, max(expected - spread, actual), expected + spread, actual)


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
