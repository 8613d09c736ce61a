"""Money held: it leaves the receipts that wait to be matched for suspense, the bank account never moves again."""

from __future__ import annotations

from datetime import date

from services.ledger.model import Account, Draft, Kind, Leg, Purpose
from services.money import Money

SOURCE = "held_receipt"


def held(*, held_id: int, amount: Money, base_micros: int, on: date, memo: str) -> Draft:
    """Dr unallocated / Cr suspense, at the worth the receipt was booked with."""
    legs = (
        Leg(Account(Purpose.UNALLOCATED, amount.currency), amount.micros, base_micros),
        Leg(Account(Purpose.SUSPENSE, amount.currency), -amount.micros, -base_micros),
    )
    return Draft(
        kind=Kind.RECEIPT_HELD,
        source=SOURCE,
        key=str(held_id),
        effective_on=on,
        legs=legs,
        source_id=held_id,
        memo=memo[:200],
    )
