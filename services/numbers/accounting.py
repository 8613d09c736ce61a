"""What rental does to the books: posted on its first day in advance, even where credit does not suffice (rule 17)."""

from __future__ import annotations

from decimal import Decimal

from services.ledger.model import BASE_CURRENCY, CARRIED, PLUG, Account, Draft, Kind, Leg, Purpose
from services.money import Money
from services.numbers.model import DedicatedNumber
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
