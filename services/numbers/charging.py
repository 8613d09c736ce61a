"""Charging a month's rental: what is due, and each number once, for all of them or a batch."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, exists, func, insert, or_, select

from services.access.model import Principal, require
from services.customers.tables import customer
from services.db.engine import Transaction
from services.ledger.lateness import first_open_day
from services.ledger.model import BASE_CURRENCY, Draft
from services.ledger.operations import post_many
from services.money import Money
from services.numbers.accounting import rental_draft
from services.numbers.model import CHARGE_RENTAL, DedicatedNumber
from services.numbers.queries import priced
from services.numbers.tables import dedicated_number, number_rental
from services.periods import Period, month_of
from services.pricing.queries import rate_on


@dataclass(frozen=True, slots=True)
class DueRental:
    """The rental of one number for its days of one month, not charged yet, and the customer who will pay it."""

    number: DedicatedNumber
    days: Period
    amount: Money
    username: str
    customer: str


def due_rentals(conn: Connection, *, month: date, number_ids: Collection[int] | None = None) -> list[DueRental]:
    """What charging the month around a day would charge now, in the order numbers were added; of some, if named.

    A number is due from the month it was entered in: one entered today as rented for years owes nothing for them.
    """
    days, c = month_of(month), dedicated_number.c
    charged = exists().where(number_rental.c.number_id == c.id, number_rental.c.month == days.starts_on)
    rows = conn.execute(
        select(dedicated_number, customer.c.username, customer.c.name)
        .join(customer, customer.c.id == c.customer_id)
        .where(*_rented(days, number_ids), ~charged)
        .order_by(c.id)
    ).all()
    asked = [(row, one, one.rental_for(month)) for row, one in zip(rows, priced(conn, rows), strict=True)]
    # a day of a cheap number can round to nothing
    return [DueRental(one, *due, row.username, row.name) for row, one, due in asked if due and due[1]]


def entered_since(conn: Connection) -> date | None:
    """The day (UTC) the first number was entered, from which on rental can be due; None before there is one."""
    first = conn.execute(select(func.min(dedicated_number.c.added_at))).scalar()
    return first.date() if first else None


def charge_rental(tx: Transaction, *, by: Principal, month: date, number_ids: Collection[int] | None = None) -> int:
    """Charge what is due of the month around a day, each number once; gives how many were charged now.

    Meant for the 1st, in advance; run again it charges nobody twice, and after days of downtime it catches up. With
    `number_ids` only those of them that are due. Posts even where the credit does not suffice (rule 17); a month that
    is closed is posted on the first open day. Raises what `ledger.post_many` raises.
    """
    require(by, CHARGE_RENTAL)
    c = dedicated_number.c
    # locked first and read for charges after: two runs at once take turns
    tx.conn.execute(select(c.id).where(*_rented(month_of(month), number_ids)).order_by(c.id).with_for_update()).all()
    return post_rentals(tx, by=by, due=due_rentals(tx.conn, month=month, number_ids=number_ids))


def post_rentals(tx: Transaction, *, by: Principal, due: Sequence[DueRental]) -> int:
    """Post these rentals and remember their days, so that they are never charged again; gives how many they are."""
    if not due:
        return 0
    open_from = first_open_day(tx)
    ids = post_many(tx, [_draft(tx, one, max(one.days.starts_on, open_from)) for one in due], by=by)
    rows: list[dict[str, Any]] = [
        {
            "number_id": one.number.id,
            "month": month_of(one.days.starts_on).starts_on,
            "starts_on": one.days.starts_on,
            "ends_before": one.days.ends_before,
            "micros": one.amount.micros,
            "currency": one.amount.currency,
            "entry_id": entry_id,
        }
        for one, entry_id in zip(due, ids, strict=True)
    ]
    tx.conn.execute(insert(number_rental), rows)
    return len(rows)


def _rented(days: Period, number_ids: Collection[int] | None) -> list[ColumnElement[bool]]:
    c = dedicated_number.c
    # a day more, because months end later in the west than in UTC
    entered = c.added_at < datetime.combine(days.ends_before + timedelta(days=1), time(), UTC)
    found = [c.activated_on < days.ends_before, or_(c.cancels_on.is_(None), c.cancels_on > days.starts_on), entered]
    return found if number_ids is None else [*found, c.id.in_(number_ids)]


def _draft(tx: Transaction, one: DueRental, on: date) -> Draft:
    home = one.amount.currency == BASE_CURRENCY
    rate = None if home else rate_on(tx.conn, one.amount.currency, on).aud_per_unit
    return replace(rental_draft(one.number, one.days, one.amount, rate=rate), effective_on=on)
