"""What the rental of a month still costs each customer: one query however many numbers there are."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import BigInteger, Connection, Select, and_, cast, func, or_, select

from services.numbers.queries.listing import price_in
from services.numbers.tables import dedicated_number, number_rental
from services.periods import month_of
from services.pricing.shares import MonthShares


def due_by_customer(conn: Connection, *, month: date, customer_id: int | None = None) -> Select[Any]:
    """What of a month's rental is not charged yet, by customer (or of one): customer_id, currency, numbers, micros.

    A select, so that others can add to it; it works out what `DedicatedNumber.rental_for` does, to the coin.
    """
    every = due_by_number(conn, month=month)
    each = (every if customer_id is None else every.where(dedicated_number.c.customer_id == customer_id)).subquery()
    total = cast(func.sum(each.c.micros), BigInteger)
    return (
        select(each.c.customer_id, each.c.currency, func.count().label("numbers"), total.label("micros"))
        .group_by(each.c.customer_id, each.c.currency)
        .having(total > 0)
    )


def due_by_number(conn: Connection, *, month: date) -> Select[Any]:
    """The same number by number, those among them that round to nothing: customer_id, currency, micros."""
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
    amount = MonthShares(conn, month).of(
        price_in(month), starts_on=c.activated_on, ends_before=c.cancels_on, currency=c.currency
    )
    return select(c.customer_id, c.currency, amount.label("micros")).where(rented, ~charged)
