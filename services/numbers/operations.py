"""Adding numbers, and changing their prices and registration."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from sqlalchemy import func, insert, select

from services.access.model import Principal, require
from services.customers.countries import COUNTRIES
from services.customers.queries import customer
from services.customers.stopping import refuse_stopped
from services.db.engine import Transaction
from services.errors import InvalidForm, Stale
from services.ledger.model import BASE_CURRENCY
from services.ledger.operations import post
from services.money import Money
from services.numbers.accounting import setup_draft
from services.numbers.cancelling import (
    cancel_number,
    keep_number,
    record_cancellation,
    release_number,
    release_unpaid,
    warn_customer,
)
from services.numbers.charging import due_rentals, post_rentals
from services.numbers.model import (
    CHANGE_NUMBERS,
    Capability,
    DedicatedNumber,
    NumberStatus,
    NumberTaken,
    NumberType,
    WrongRentalPrice,
    check_e164,
)
from services.numbers.queries import number
from services.numbers.refunding import apply_rental_refund, refund_after_end
from services.numbers.registration import Registration, check_step
from services.numbers.tables import dedicated_number, number_price, number_registration, number_rental, number_setup
from services.numbers.writing import locked, record, write
from services.pricing.queries import rate_on
from services.texts import checked_reason

__all__ = [
    "add_number",
    "apply_rental_refund",
    "cancel_number",
    "change_price",
    "change_registration",
    "keep_number",
    "record_cancellation",
    "refund_after_end",
    "release_number",
    "release_unpaid",
    "warn_customer",
]


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
    setup_price: Money | None = None,
    capabilities: Collection[Capability] = (Capability.SMS,),
    registration: Registration = Registration.REQUESTED,
) -> DedicatedNumber:
    """Rent a number to a customer from a day (today unless said) and charge the first month pro rata at once (rule 29).

    A set-up price is charged once, today, by an entry of its own. A first day after this month is charged by the run of
    its own month. Raises `NotANumber`, `NumberTaken`, `WrongRentalPrice`, `Stopped`, `InvalidForm` (country,
    capabilities) and what `customers.queries.customer` raises.
    """
    require(by, CHANGE_NUMBERS)
    plain, owner = check_e164(e164), customer(tx.conn, customer_id)
    setup = setup_price or Money(0, owner.currency)
    if {monthly_price.currency, setup.currency} != {owner.currency} or monthly_price.micros <= 0 or setup.micros < 0:
        raise WrongRentalPrice(
            f"{owner.name} is billed in {owner.currency}; give a monthly price above 0 in it, and a set-up price of 0 "
            "or more."
        )
    refuse_stopped(tx.conn, owner, wanted="No new number")
    _check_facts(country, capabilities)
    _check_free(tx, plain)
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
        "setup_micros": setup.micros,
        "registration": registration.value,
        **{each.column: each in capabilities for each in Capability},
    }
    number_id = tx.conn.execute(insert(dedicated_number).values(values).returning(dedicated_number.c.id)).scalar_one()
    _note_registration(tx, number_id, registration, by=by, reason="added")
    added = number(tx.conn, number_id)
    _charge_setup(tx, added, setup, by=by)
    post_rentals(tx, by=by, due=due_rentals(tx.conn, month=tx.today, number_ids=[number_id]))
    after = {"e164": plain, "customer_id": customer_id, "monthly_price": monthly_price.text(), "from": starts_on}
    record(tx, by, number_id, after | {"setup_price": setup.text(), "registration": registration})
    return added


def _check_free(tx: Transaction, plain: str) -> None:
    taken = (dedicated_number.c.e164 == plain, dedicated_number.c.status != NumberStatus.CANCELLED.value)
    if tx.conn.execute(select(dedicated_number.c.id).where(*taken)).first():
        raise NumberTaken(f"{plain} is rented already; choose another number or release it first.")


def change_price(
    tx: Transaction, *, by: Principal, number_id: int, monthly_price: Money, month: date, reason: str
) -> DedicatedNumber:
    """Set the monthly price from the month around a day on; what was charged before stays as it was.

    Raises `NoSuchNumber`, `InvalidForm` without a reason, and `WrongRentalPrice` for a price that is not above 0 in the
    number's currency or is the present one, for a past month, one already charged, or one after the number's end.
    """
    require(by, CHANGE_NUMBERS)
    reason = checked_reason(reason, ask="Say why the price changes: it is kept with the price.")
    found, first = locked(tx, number_id), month.replace(day=1)
    currency = found.monthly_price.currency
    if monthly_price.currency != currency or monthly_price.micros <= 0:
        raise WrongRentalPrice(f"{found.e164} is charged in {currency}; give a monthly price above 0 in it.")
    charged = select(func.max(number_rental.c.month)).where(number_rental.c.number_id == number_id)
    last = tx.conn.execute(charged).scalar()
    if first < tx.today.replace(day=1) or (last and first <= last):
        raise WrongRentalPrice(f"{first:%B %Y} is past or charged already; choose a later month.")
    if found.cancels_on and found.cancels_on <= first:
        raise WrongRentalPrice(f"{found.e164} ends on {found.cancels_on}; it is not rented in {first:%B %Y}.")
    before = found.price_in(first)
    if before == monthly_price:
        raise WrongRentalPrice(f"{before.text()} is the price of {first:%B %Y} already; give another one.")
    row = {"number_id": number_id, "month": first, "micros": monthly_price.micros, "reason": reason}
    tx.conn.execute(insert(number_price).values(row | {"set_at": tx.at, "set_by": by.name}))
    after = {"monthly_price": monthly_price.text(), "from": first}
    record(tx, by, number_id, after, before={"monthly_price": before.text()}, reason=reason)
    return number(tx.conn, number_id)


def change_registration(
    tx: Transaction, *, by: Principal, number_id: int, expected: Registration, to: Registration, reason: str
) -> DedicatedNumber:
    """Move a number's registration on from the state the person saw; every state is kept with who, when and why.

    Raises `NoSuchNumber`, `InvalidForm` without a reason, `Stale` when somebody moved it meanwhile, and
    `CannotRegister` for a step that is none.
    """
    require(by, CHANGE_NUMBERS)
    reason = checked_reason(reason, ask="Say what happened: what was sent, asked for or decided.")
    found = locked(tx, number_id)
    if found.registration is not expected:
        raise Stale(f"The registration of {found.e164} is “{found.registration}” by now; look at it again.")
    check_step(expected, to)
    write(tx, number_id, registration=to.value)
    _note_registration(tx, number_id, to, by=by, reason=reason)
    record(tx, by, number_id, {"registration": to}, before={"registration": expected}, reason=reason)
    return number(tx.conn, number_id)


def _charge_setup(tx: Transaction, added: DedicatedNumber, setup: Money, *, by: Principal) -> None:
    if not setup:
        return
    rate = None if setup.currency == BASE_CURRENCY else rate_on(tx.conn, setup.currency, tx.today).aud_per_unit
    posted = post(tx, setup_draft(added, setup, on=tx.today, rate=rate), by=by)
    row = {"number_id": added.id, "charged_on": tx.today, "micros": setup.micros, "currency": setup.currency}
    tx.conn.execute(insert(number_setup).values(row | {"entry_id": posted.entry_id}))


def _check_facts(country: str, capabilities: Collection[Capability]) -> None:
    faults = {} if country in COUNTRIES else {"country": f"“{country[:20]}” is no country; choose one of the list."}
    if not set(capabilities) - {Capability.TWO_WAY}:
        faults["capabilities"] = "Choose what the number carries: SMS, MMS, voice or fax."
    if faults:
        raise InvalidForm(faults)


def _note_registration(tx: Transaction, number_id: int, state: Registration, *, by: Principal, reason: str) -> None:
    row = {"number_id": number_id, "state": state.value, "changed_at": tx.at, "changed_by": by.name, "reason": reason}
    tx.conn.execute(insert(number_registration).values(row))
