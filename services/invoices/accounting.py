"""What issuing an invoice does to the books: money owed against credit not yet paid, and GST (ledger.md, b.5)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from services.ledger.model import PLUG, Account, Draft, Kind, Leg, Purpose
from services.pricing.model import TaxSplit


def issued(*, invoice_id: int, customer_id: int, split: TaxSplit, rate: Decimal, on: date, memo: str) -> Draft:
    """Dr receivable gross / Cr credit unpaid net, Cr GST payable tax; `rate` is AUD for one unit.

    Accrual basis. The untaxed part takes what rounding leaves of the AUD amounts.
    """
    currency = split.gross.currency
    legs = [
        Leg(Account(Purpose.RECEIVABLE, currency, customer_id), split.gross.micros),
        Leg(Account(Purpose.CREDIT_UNPAID, currency, customer_id), -split.net.micros, PLUG),
    ]
    if split.tax:
        legs.append(Leg(Account(Purpose.GST_PAYABLE, currency), -split.tax.micros))
    return Draft(
        kind=Kind.INVOICE_ISSUED,
        source="invoice",
        key=f"{invoice_id}:issued",
        effective_on=on,
        legs=tuple(legs),
        customer_id=customer_id,
        rate=rate,
        source_id=invoice_id,
        memo=memo,
    )
