"""What a custom fee does to the books: a charge of its own class against the same credit, and revenue of its own."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from services.fees.model import Fee
from services.ledger.model import BASE_CURRENCY, CARRIED, PLUG, Account, Draft, Kind, Leg, Purpose
from services.money import Money
from services.periods import Period, accounting_period


def fee_draft(fee: Fee, days: Period, amount: Money, *, rate: Decimal | None, on: date, decided: bool) -> Draft:
    """One fee of one month, with effect `on` its first day or, where that is closed, later: Dr credit / Cr custom fee.

    Outside AUD credit leaves at what it is carried at; `rate` (AUD for one unit) values what goes beyond it. What falls
    due as agreed is a fact and posts even where credit does not suffice; what a person `decided` just now does not.
    """
    at_home = amount.currency == BASE_CURRENCY
    credit = Account(Purpose.CREDIT, amount.currency, customer_id=fee.customer_id)
    income = Account(Purpose.CUSTOM_FEE, amount.currency)
    return Draft(
        kind=Kind.CUSTOM_FEE,
        source="fee",
        key=f"{fee.id}:{accounting_period(days.starts_on)}",
        effective_on=on,
        legs=(
            Leg(credit, amount.micros, None if at_home else CARRIED),
            Leg(income, -amount.micros, None if at_home else PLUG),
        ),
        customer_id=fee.customer_id,
        rate=None if at_home else rate,
        source_id=fee.id,
        memo=fee.description,
        guarded=decided or None,
    )
