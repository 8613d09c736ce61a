"""Adding, cancelling and releasing numbers."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import func, insert, select, update

from services.access import audit
from services.access.model import Principal, require
from services.customers.queries import customer
from services.db.engine import Transaction
from services.money import Money
from services.numbers.charging import due_rentals, post_rentals
from services.numbers.model import (
    CHANGE_NUMBERS,
    CannotCancel,
    DedicatedNumber,
    NumberStatus,
    NumberTaken,
    NumberType,
    WrongRentalPrice,
    check_e164,
)
from services.numbers.queries import number
from services.numbers.tables import dedicated_number, number_rental


def add_number(
    tx: Transaction,
    *,
    by: Principal,
    e164: str,
    customer_id: int,
    country: str,
    type: NumberType,  # noqa: A002 - the word of the domain
    monthly_price: Money,
    activated_on: date | None = None,
) -> DedicatedNumber:
    """Rent a number to a customer from a day (today unless said) and charge the first month pro rata at once (rule 29).

    Raises `NotANumber`, `NumberTaken`, `WrongRentalPrice` and what `customers.queries.customer` raises. A first day
    after this month is charged by the run of its own month.
    """
    require(by, CHANGE_NUMBERS)
    plain, owner = check_e164(e164), customer(tx.conn, customer_id)
    if monthly_price.currency != owner.currency or monthly_price.micros <= 0:
        raise WrongRentalPrice(f"{owner.name} is billed in {owner.currency}; give a monthly price above 0 in it.")
    taken = (dedicated_number.c.e164 == plain, dedicated_number.c.status != NumberStatus.CANCELLED.value)
    if tx.conn.execute(select(dedicated_number.c.id).where(*taken)).first():
        raise NumberTaken(f"{plain} is rented already; choose another number or release it first.")
    starts_on = activated_on or tx.today
    values = {
        "e164": plain,
        "customer_id": customer_id,
        "country": country,
        "type": type.value,
        "monthly_price_micros": monthly_price.micros,
        "currency": monthly_price.currency,
        "status": NumberStatus.ACTIVE.value,
        "activated_on": starts_on,
        "added_at": tx.at,
        "added_by": by.name,
    }
    number_id = tx.conn.execute(insert(dedicated_number).values(values).returning(dedicated_number.c.id)).scalar_one()
    added = number(tx.conn, number_id)
    post_rentals(tx, by=by, due=due_rentals(tx.conn, month=tx.today, number_ids=[number_id]))
    after = {"e164": plain, "customer_id": customer_id, "monthly_price": monthly_price.text(), "from": starts_on}
    _record(tx, by, number_id, after)
    return added


def cancel_number(
    tx: Transaction, *, by: Principal, number_id: int, effective_on: date | None = None
) -> DedicatedNumber:
    """Stop the rental from a day on: by default the first day that is not charged yet (rule 18).

    Raises `NoSuchNumber`, and `CannotCancel` for a day in the past, a day already charged, or a second request.
    """
    require(by, CHANGE_NUMBERS)
    tx.conn.execute(select(dedicated_number.c.id).where(dedicated_number.c.id == number_id).with_for_update())
    found = number(tx.conn, number_id)
    if found.status is not NumberStatus.ACTIVE:
        raise CannotCancel(f"{found.e164} is being cancelled already; see its dates.")
    charged = select(func.max(number_rental.c.ends_before)).where(number_rental.c.number_id == number_id)
    earliest = max(tx.today, found.activated_on, tx.conn.execute(charged).scalar() or tx.today)
    cancels_on = effective_on or earliest
    if cancels_on < earliest:
        raise CannotCancel(f"The rental of {found.e164} is charged up to {earliest}; cancel it from that day or later.")
    status = NumberStatus.CANCELLING.value
    _update(tx, number_id, status=status, cancellation_requested_on=tx.today, cancels_on=cancels_on)
    _record(tx, by, number_id, {"status": status, "cancels_on": cancels_on})
    return number(tx.conn, number_id)


def release_number(tx: Transaction, *, by: Principal, number_id: int) -> DedicatedNumber:
    """Say that a cancelled number was given back, so that it can be rented again; always a person's act (rule 17).

    Raises `NoSuchNumber`, and `CannotCancel` before the day it is cancelled from.
    """
    require(by, CHANGE_NUMBERS)
    tx.conn.execute(select(dedicated_number.c.id).where(dedicated_number.c.id == number_id).with_for_update())
    found = number(tx.conn, number_id)
    if found.status is not NumberStatus.CANCELLING or found.cancels_on is None or tx.today < found.cancels_on:
        raise CannotCancel(f"{found.e164} is still rented; cancel it first and release it from the day it ends.")
    _update(tx, number_id, status=NumberStatus.CANCELLED.value, cancelled_on=tx.today)
    _record(tx, by, number_id, {"status": NumberStatus.CANCELLED, "cancelled_on": tx.today})
    return number(tx.conn, number_id)


def _record(tx: Transaction, by: Principal, number_id: int, after: dict[str, Any]) -> None:
    audit.record(tx, by=by, act=CHANGE_NUMBERS.name, subject="number", subject_id=number_id, after=after)


def _update(tx: Transaction, number_id: int, **values: Any) -> None:
    tx.conn.execute(update(dedicated_number).where(dedicated_number.c.id == number_id).values(values))
