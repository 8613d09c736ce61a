"""What a commitment does to the books: the true-up is a debit of the same balance that use is deducted from."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from services.ledger.model import BASE_CURRENCY, CARRIED, PLUG, Account, Draft, Kind, Leg, Purpose
from services.ledger.redeeming import gst_on_use
from services.money import Money
from services.periods import accounting_period


def trued_up(
    *, commitment_id: int, customer_id: int, month: date, amount: Money, rate: Decimal | None, on: date, memo: str
) -> Draft:
    """Dr credit / Cr shortfall: what the month, or at its end the term, lacks of the minimum.

    The balance of a postpaid customer is below zero by what is owed, billed or not; the monthly invoice asks for it.
    Outside AUD it is owed at the day's `rate` (AUD for one unit). A signed contract makes it due: no guard stops it.
    """
    at_home = amount.currency == BASE_CURRENCY
    return Draft(
        kind=Kind.TRUE_UP,
        source="commitment",
        key=f"{commitment_id}:{accounting_period(month)}",
        effective_on=on,
        legs=(
            Leg(Account(Purpose.CREDIT, amount.currency, customer_id), amount.micros, None if at_home else CARRIED),
            Leg(Account(Purpose.SHORTFALL, amount.currency), -amount.micros, None if at_home else PLUG),
        ),
        customer_id=customer_id,
        rate=rate,
        source_id=commitment_id,
        memo=memo,
    )


def tax_turned(
    *, commitment_id: int, customer_id: int, tax: Money, rate: Decimal | None, on: date, begins: bool
) -> Draft:
    """Dr credit / Cr GST the tax in credit that is before tax from now on; the opposite of debt, and when it ends.

    `tax` is negative for the opposite. It follows from the contract, so that no guard stops it.
    """
    at_home = tax.currency == BASE_CURRENCY
    return Draft(
        kind=Kind.TAX_TURNED,
        source="commitment",
        key=f"{commitment_id}:tax:{'begins' if begins else 'ends'}",
        effective_on=on,
        legs=(
            Leg(Account(Purpose.CREDIT, tax.currency, customer_id), tax.micros, None if at_home else CARRIED),
            Leg(gst_on_use(tax.currency), -tax.micros, None if at_home else PLUG),
        ),
        customer_id=customer_id,
        rate=rate,
        source_id=commitment_id,
        memo="Credit and debt are before tax from now on" if begins else "Credit and debt include tax from now on",
        guarded=False,
    )
