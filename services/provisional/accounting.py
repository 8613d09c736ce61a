"""Credit ahead of a transfer in the books: given against what is expected, taken back when it came or did not come."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from services.ledger.model import BASE_CURRENCY, CARRIED, PLUG, Account, Draft, Kind, Leg, Purpose
from services.money import Money

SOURCE = "provisional"


def expected(customer_id: int, currency: str) -> Account:
    """What a customer's transfers are expected to bring."""
    return Account(Purpose.PROVISIONAL, currency, detail=str(customer_id))


def given(*, provisional_id: int, customer_id: int, amount: Money, rate: Decimal, on: date, memo: str) -> Draft:
    """Dr expected transfers / Cr credit, at the rate of the day (AUD for one unit)."""
    legs = (
        Leg(expected(customer_id, amount.currency), amount.micros),
        Leg(Account(Purpose.CREDIT, amount.currency, customer_id), -amount.micros),
    )
    return _draft(f"{provisional_id}:given", provisional_id, customer_id, legs, on=on, memo=memo, rate=rate)


def taken(
    *, taking_id: int, provisional_id: int, customer_id: int, amount: Money, base_micros: int, on: date, memo: str,
    guarded: bool,
) -> Draft:  # fmt: skip
    """Dr credit / Cr expected transfers: `base_micros` is the part's worth when it was given.

    `guarded` unless a receipt gives at least as much in the same transaction.
    """
    code = amount.currency
    at_home = code == BASE_CURRENCY
    legs = [
        Leg(Account(Purpose.CREDIT, code, customer_id), amount.micros, None if at_home else CARRIED),
        Leg(expected(customer_id, code), -amount.micros, -base_micros),
    ]
    if not at_home:
        legs.append(Leg(Account(Purpose.FX_GAIN, code), 0, PLUG))
    key = f"{provisional_id}:taken:{taking_id}"
    return _draft(key, provisional_id, customer_id, tuple(legs), on=on, memo=memo, rate=None, guarded=guarded)


def _draft(
    key: str, provisional_id: int, customer_id: int, legs: tuple[Leg, ...], *, on: date, memo: str,
    rate: Decimal | None, guarded: bool | None = None,
) -> Draft:  # fmt: skip
    if legs[0].account.currency == BASE_CURRENCY:
        rate = None
    return Draft(
        kind=Kind.PROVISIONAL_CREDIT,
        source=SOURCE,
        key=key,
        effective_on=on,
        legs=legs,
        customer_id=customer_id,
        rate=rate,
        source_id=provisional_id,
        memo=memo,
        guarded=guarded,
    )
