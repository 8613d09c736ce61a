"""The share of a month's price as a column, so that one query works it out for everybody."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Connection, case, cast, extract

from services.money import minor_unit
from services.periods import month_of
from services.pricing.model import BASE
from services.pricing.queries import currencies


class MonthShares:
    """What days of one month cost: what `proration.pro_rata` does, to the coin, on columns."""

    def __init__(self, conn: Connection, month: date) -> None:
        """Of the month around a day, with the coins of the currencies known now."""
        self._month = month_of(month)
        self._coins = {each.code: minor_unit(each.code) for each in currencies(conn)}

    def of(
        self,
        price: ColumnElement[int],
        *,
        starts_on: ColumnElement[date],
        ends_before: ColumnElement[date],
        currency: ColumnElement[str],
    ) -> ColumnElement[int]:
        """The share of a monthly price in micros for the days that lie in the month; null never ends.

        Only for rows that have a day in the month, and prices that are not negative.
        """
        days = self._month
        begins = case((starts_on > days.starts_on, _day(starts_on)), else_=1)
        ends = case((ends_before < days.ends_before, _day(ends_before)), else_=days.days + 1)
        coin = case(self._coins, value=currency, else_=minor_unit(BASE))
        # money.divide in SQL: halves away from zero, all amounts positive
        exact = cast(price, BigInteger) * (ends - begins)
        return (2 * exact + days.days * coin) // (2 * days.days * coin) * coin


def _day(column: ColumnElement[Any]) -> ColumnElement[int]:
    return cast(extract("day", column), BigInteger)
