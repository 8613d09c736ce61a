"""Adding, cancelling and releasing numbers, and charging a month's rental once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import func, insert, or_, select, update

from services.access import audit
from services.access.model import Principal, require
from services.customers.queries import customer
from services.db.engine import Transaction
from services.ledger.model import BASE_CURRENCY, Draft
from services.ledger.operations import post_many
from services.money import Money
from services.numbers.accounting import rental_draft
from services.numbers.model import (
    CHANGE_NUMBERS,
    CHARGE_RENTAL,
    CannotCancel,
    DedicatedNumber,
    NumberStatus,
    NumberTaken,
    NumberType,
    WrongRentalPrice,
    check_e164,
)
from services.numbers.queries import from_row, number
from services.numbers.tables import dedicated_number, number_rental
from services.periods import Period, month_of
from services.pricing.queries import rate_on

_Charge = tuple[DedicatedNumber, Period, Money]


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
    if found := added.rental_for(tx.today):
        _charge(tx, [(added, *found)], by=by)
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


def charge_rental(tx: Transaction, *, by: Principal, month: date) -> int:
    """Charge every number's rental of the month around a day, each once; gives how many were charged now.

    Meant for the 1st, in advance; run again it charges nobody twice, and after days of downtime it catches up. Posts
    even where the credit does not suffice (rule 17). Raises what `ledger.post_many` raises.
    """
    require(by, CHARGE_RENTAL)
    days, c = month_of(month), dedicated_number.c
    rented = (c.activated_on < days.ends_before, or_(c.cancels_on.is_(None), c.cancels_on > days.starts_on))
    # locked first and read for charges after: two runs at once take turns
    rows = tx.conn.execute(select(dedicated_number).where(*rented).order_by(c.id).with_for_update()).all()
    charged = set(
        tx.conn.execute(select(number_rental.c.number_id).where(number_rental.c.month == days.starts_on)).scalars()
    )
    due = [(one, *found) for one in map(from_row, rows) if one.id not in charged and (found := one.rental_for(month))]
    return _charge(tx, due, by=by)


def _charge(tx: Transaction, charges: Sequence[_Charge], *, by: Principal) -> int:
    due = [charge for charge in charges if charge[2]]  # a day of a cheap number can round to nothing
    if not due:
        return 0
    ids = post_many(tx, [_draft(tx, *charge) for charge in due], by=by)
    rows: list[dict[str, Any]] = [
        {
            "number_id": one.id,
            "month": days.starts_on.replace(day=1),
            "starts_on": days.starts_on,
            "ends_before": days.ends_before,
            "micros": amount.micros,
            "currency": amount.currency,
            "entry_id": entry_id,
        }
        for (one, days, amount), entry_id in zip(due, ids, strict=True)
    ]
    tx.conn.execute(insert(number_rental), rows)
    return len(rows)


def _draft(tx: Transaction, one: DedicatedNumber, days: Period, amount: Money) -> Draft:
    home = amount.currency == BASE_CURRENCY
    rate = None if home else rate_on(tx.conn, amount.currency, days.starts_on).aud_per_unit
    return rental_draft(one, days, amount, rate=rate)


def _record(tx: Transaction, by: Principal, number_id: int, after: dict[str, Any]) -> None:
    audit.record(tx, by=by, act=CHANGE_NUMBERS.name, subject="number", subject_id=number_id, after=after)


def _update(tx: Transaction, number_id: int, **values: Any) -> None:
    tx.conn.execute(update(dedicated_number).where(dedicated_number.c.id == number_id).values(values))
