"""What numbers do to the books: rental in advance even beyond the credit (rule 17), set-up, and refunds."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from services.ledger.model import BASE_CURRENCY, CARRIED, PLUG, Account, Draft, Kind, Leg, Purpose
from services.money import Money
from services.numbers.model import DedicatedNumber, Overcharge
from services.periods import Period, accounting_period


def rental_draft(number: DedicatedNumber, days: Period, amount: Money, *, rate: Decimal | None) -> Draft:
    """One number's rental of one month: Dr credit / Cr rental; its own revenue, never mixed with messages.

    Outside AUD credit leaves at what it is carried at; `rate` (AUD for one unit) values what goes beyond it.
    """
    at_home = amount.currency == BASE_CURRENCY
    credit = Account(Purpose.CREDIT, amount.currency, customer_id=number.customer_id)
    rental = Account(Purpose.RENTAL, amount.currency)
    return Draft(
        kind=Kind.RENTAL,
        source="rental",
        key=f"{number.id}:{accounting_period(days.starts_on)}",
        effective_on=days.starts_on,
        legs=(
            Leg(credit, amount.micros, None if at_home else CARRIED),
            Leg(rental, -amount.micros, None if at_home else PLUG),
        ),
        customer_id=number.customer_id,
        rate=None if at_home else rate,
        source_id=number.id,
        memo=number.e164,
    )


def setup_draft(number: DedicatedNumber, amount: Money, *, on: date, rate: Decimal | None) -> Draft:
    """The price of setting a number up, once, on the day it is added: Dr credit / Cr rental, an entry of its own.

    It is of the rental class: it secures the number and is no sending.
    """
    at_home = amount.currency == BASE_CURRENCY
    credit = Account(Purpose.CREDIT, amount.currency, customer_id=number.customer_id)
    return Draft(
        kind=Kind.RENTAL,
        source="number-setup",
        key=str(number.id),
        effective_on=on,
        legs=(
            Leg(credit, amount.micros, None if at_home else CARRIED),
            Leg(Account(Purpose.RENTAL, amount.currency), -amount.micros, None if at_home else PLUG),
        ),
        customer_id=number.customer_id,
        rate=None if at_home else rate,
        source_id=number.id,
        memo=f"{number.e164} set-up",
    )


def refund_draft(one: Overcharge, *, on: date, rate: Decimal | None) -> Draft:
    """Rental for days after the end, given back: Dr rental / Cr credit, once a rental.

    Outside AUD credit comes back at `rate`, what the rental took it out at; credit below zero is made good at what it
    is carried at.
    """
    at_home = one.refund.currency == BASE_CURRENCY
    credit = Account(Purpose.CREDIT, one.refund.currency, customer_id=one.customer_id)
    return Draft(
        kind=Kind.RENTAL_REFUND,
        source="rental-refund",
        key=str(one.rental_id),
        effective_on=on,
        legs=(
            Leg(Account(Purpose.RENTAL, one.refund.currency), one.refund.micros, None if at_home else PLUG),
            Leg(credit, -one.refund.micros, None if at_home else CARRIED),
        ),
        customer_id=one.customer_id,
        rate=None if at_home else rate,
        source_id=one.number_id,
        memo=f"{one.e164}, after its end",
    )
