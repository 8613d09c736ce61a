"""What an adjustment does to the books (ledger.md, b.5; decision record 0013)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from services.adjustments.model import AdjustmentKind, Wanted
from services.ledger.model import BASE_CURRENCY, CARRIED, PLUG, Account, Draft, Kind, Leg, Purpose

_KINDS = {
    AdjustmentKind.GOODWILL: (Kind.GOODWILL, Purpose.GOODWILL),
    AdjustmentKind.UNDELIVERED: (Kind.USAGE_REFUND, Purpose.PRICE_ADJUST),
    AdjustmentKind.CORRECTION: (Kind.CREDIT_CORRECTION, Purpose.PRICE_ADJUST),
}


def adjusted(adjustment_id: int, wanted: Wanted, *, rate: Decimal, on: date) -> Draft:
    """Dr goodwill, price adjustment or promotional credit / Cr credit; the opposite where credit is taken away.

    What undelivered messages had cost in promotional credit becomes promotional again: Dr promotional / Cr discount.
    `rate` is AUD for one unit on the day; credit taken away, or owed, goes at what it is carried at.
    """
    code, micros = wanted.amount.currency, wanted.amount.micros
    credit = Account(Purpose.CREDIT, code, wanted.customer_id)
    given = Account(Purpose.PROMO_DEFERRED, code, wanted.customer_id)
    if wanted.kind is AdjustmentKind.PROMOTION:
        kind, other = Kind.PROMO_GRANT, given
    else:
        kind, purpose = _KINDS[wanted.kind]
        other = Account(purpose, code)
    legs = [Leg(credit, -micros, CARRIED), Leg(other, micros, PLUG)]
    if wanted.promotional:
        discount = Account(Purpose.PROMO_DISCOUNT, code)
        legs += [Leg(given, wanted.promotional), Leg(discount, -wanted.promotional)]
    memo = f"{wanted.reason} (ticket {wanted.ticket_id})"
    return _draft(kind, str(adjustment_id), legs, wanted, rate=rate, on=on, memo=memo, source_id=adjustment_id)


def expired(adjustment_id: int, wanted: Wanted, *, left: int, rate: Decimal, on: date) -> Draft:
    """Dr credit / Cr promotional credit what is left of a grant, in micros; carried AUD that differs is exchange."""
    code = wanted.amount.currency
    legs = [
        Leg(Account(Purpose.PROMO_DEFERRED, code, wanted.customer_id), -left, CARRIED),
        Leg(Account(Purpose.CREDIT, code, wanted.customer_id), left, CARRIED),
    ]
    if code != BASE_CURRENCY:
        legs.append(Leg(Account(Purpose.FX_GAIN, code), 0, PLUG))  # dropped by the ledger where there is none
    memo = f"Promotional credit expired (ticket {wanted.ticket_id})"
    key = f"{adjustment_id}:expired"
    return _draft(Kind.PROMO_EXPIRED, key, legs, wanted, rate=rate, on=on, memo=memo, source_id=adjustment_id)


def _draft(
    kind: Kind, key: str, legs: list[Leg], wanted: Wanted, *, rate: Decimal, on: date, memo: str, source_id: int
) -> Draft:
    return Draft(
        kind=kind,
        source="adjustment",
        key=key,
        effective_on=on,
        legs=tuple(legs),
        customer_id=wanted.customer_id,
        rate=None if wanted.amount.currency == BASE_CURRENCY else rate,
        source_id=source_id,
        memo=memo,
    )
