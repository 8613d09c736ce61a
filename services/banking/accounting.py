"""A bank line or an opening balance becomes a journal entry; matching comes later and never moves the bank account."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from services.ledger.model import BASE_CURRENCY, Account, Draft, Kind, Leg, Purpose
from services.money import Money, multiply

LINE = "bank_line"
STATEMENT = "bank_statement"


def worth(amount: Money, rate: Decimal) -> int:
    """AUD micros of an amount at its day's rate (AUD per unit), rounded once."""
    return multiply(amount.micros, rate)


def booked(
    *, line_id: int, key: str, bank_account: str, on: date, amount: Money, base_micros: int, rate: Decimal, memo: str
) -> Draft:
    """Money in: Dr bank, Cr unallocated. Money out: Dr suspense, Cr bank. Always first, so bank = statement."""
    incoming = amount.micros > 0
    contra = Account(Purpose.UNALLOCATED if incoming else Purpose.SUSPENSE, amount.currency)
    return Draft(
        kind=Kind.BANK_RECEIPT if incoming else Kind.BANK_PAYMENT,
        source=LINE,
        key=key,
        effective_on=on,
        legs=_legs(bank_account, contra, amount, base_micros),
        rate=_stated(amount.currency, rate),
        source_id=line_id,
        memo=memo,
    )


def opening(*, statement_id: int, key: str, bank_account: str, on: date, balance: Money, rate: Decimal) -> Draft:
    """What the account held before its first statement: Dr bank, Cr opening balances (reversed when overdrawn)."""
    contra = Account(Purpose.OPENING, balance.currency)
    return Draft(
        kind=Kind.BANK_OPENING,
        source=STATEMENT,
        key=key,
        effective_on=on,
        legs=_legs(bank_account, contra, balance, worth(balance, rate)),
        rate=_stated(balance.currency, rate),
        source_id=statement_id,
        memo=f"Opening balance of {bank_account}",
    )


def mirrored(draft: Draft, *, entry_id: int, reason: str) -> Draft:
    """The reversal of a posted draft whose legs state their bases: every leg with the other sign."""
    legs = tuple(
        Leg(leg.account, -leg.micros, -leg.base_micros if isinstance(leg.base_micros, int) else leg.base_micros)
        for leg in draft.legs
    )
    return replace(
        draft, source="reversal", key=str(entry_id), legs=legs, rate=None, memo=reason, reversal_of_id=entry_id
    )


def _legs(bank_account: str, contra: Account, amount: Money, base: int) -> tuple[Leg, Leg]:
    bank = Account(Purpose.BANK, amount.currency, detail=bank_account)
    return Leg(bank, amount.micros, base), Leg(contra, -amount.micros, -base)


def _stated(currency: str, rate: Decimal) -> Decimal | None:
    return None if currency == BASE_CURRENCY else rate
