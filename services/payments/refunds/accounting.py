"""Money that goes back: it leaves the receipts that wait to be matched and is owed to its payer until the bank pays."""

from __future__ import annotations

from datetime import date

from services.ledger.model import Account, Draft, Kind, Leg, Purpose
from services.money import Money

SOURCE = "receipt_refund"


def refunded(*, refund_id: int, amount: Money, base_micros: int, on: date, memo: str) -> Draft:
    """Dr unallocated / Cr receipts to be paid back, at the worth the receipt was booked with.

    The bank line that pays it is sorted later: Dr receipts to be paid back / Cr suspense.
    """
    legs = (
        Leg(Account(Purpose.UNALLOCATED, amount.currency), amount.micros, base_micros),
        Leg(Account(Purpose.PAY_BACK, amount.currency), -amount.micros, -base_micros),
    )
    return Draft(
        kind=Kind.RECEIPT_REFUNDED,
        source=SOURCE,
        key=str(refund_id),
        effective_on=on,
        legs=legs,
        source_id=refund_id,
        memo=memo[:200],
    )
