"""What the rental of a month still costs each customer: one query however many numbers there are."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Connection, Select, and_, case, cast, extract, func, or_, select

from services.money import minor_unit
from services.numbers.queries.listing import price_in
from services.numbers.tables import dedicated_number, number_rental
from services.periods import month_of
from services.pricing.queries import currencies


def due_by_customer(conn: Connection, *, month: date, customer_id: int | None = None) -> Select[Any]:
    """What of a month's rental is not charged yet, by customer (or of one): customer_id, currency, numbers, micros.

    A select, so that others can add to it; it works out what `DedicatedNumber.rental_for` does, to the coin.
    """
    days, c = month_of(month), dedicated_number.c
    charged = (
        select(number_rental.c.id)
        .where(number_rental.c.number_id == c.id, number_rental.c.month == days.starts_on)
        .exists()
    )
    rented = and_(
        c.activated_on < days.ends_before,
        or_(c.cancels_on.is_(None), and_(c.cancels_on > days.starts_on, c.cancels_on > c.activated_on)),
    )
    begins = case((c.activated_on > days.starts_on, _day(c.activated_on)), else_=1)
    ends = case((c.cancels_on < days.ends_before, _day(c.cancels_on)), else_=days.days + 1)
    coin = case({code: minor_unit(code) for code in _codes(conn)}, value=c.currency, else_=minor_unit("AUD"))
    # money.divide in SQL: halves away from zero, all amounts positive
    exact = cast(price_in(month), BigInteger) * (ends - begins)
    amount = (2 * exact + days.days * coin) // (2 * days.days * coin) * coin
    every = select(c.customer_id, c.currency, amount.label("micros")).where(rented, ~charged)
    each = (every if customer_id is None else every.where(c.customer_id == customer_id)).subquery()
    total = cast(func.sum(each.c.micros), BigInteger)
    return (
        select(each.c.customer_id, each.c.currency, func.count().label("numbers"), total.label("micros"))
        .group_by(each.c.customer_id, each.c.currency)
        .having(total > 0)
    )


def _day(column: ColumnElement[Any]) -> ColumnElement[int]:
    return cast(extract("day", column), BigInteger)


def _codes(conn: Connection) -> list[str]:
    return [each.code for each in currencies(conn)]
