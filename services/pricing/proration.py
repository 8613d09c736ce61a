"""The share of a month's price for some of its days."""

from __future__ import annotations

from services.money import Money, divide, minor_unit
from services.periods import Period, month_of


def pro_rata(monthly: Money, days: Period) -> Money:
    """The share of a month's price for days inside that one month, rounded once to the coin (rule 29)."""
    coin = minor_unit(monthly.currency)
    whole = month_of(days.starts_on).days
    return Money(divide(monthly.micros * days.days, whole * coin) * coin, monthly.currency)
