"""What card money does to the books: the processor holds it, keeps its fee, and exchanges what it settles otherwise."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from services.invoices.accounting import paid_off
from services.invoices.model import Invoice
from services.ledger.model import BASE_CURRENCY, CARRIED, PLUG, Account, Draft, Kind, Leg, Purpose
from services.money import Money

SOURCE = "card_payment"


def clearing(currency: str) -> Account:
    """What the processor holds for us in a currency."""
    return Account(Purpose.CARD_CLEARING, currency)


def held_disputes(currency: str) -> Account:
    """What banks drew back for disputes that are not decided."""
    return Account(Purpose.HELD_DISPUTES, currency)


def captured(
    *,
    payment_id: int,
    key: str,
    invoice: Invoice,
    paid: Money,
    net: Money,
    base_micros: int,
    owing: bool,
    on: date,
    memo: str,
) -> Draft:
    """Dr card clearing / Cr receivable what a charge paid of an invoice; Dr credit unpaid / Cr credit its net share.

    `key` is the processor's charge and what happened to it. As for a receipt otherwise (`paid_off`).
    """
    legs = paid_off(invoice, out_of=clearing(paid.currency), paid=paid, net=net, base_micros=base_micros, owing=owing)
    rate = Decimal(base_micros) / Decimal(paid.micros)
    return _draft(Kind.CARD_TOP_UP, legs, key, payment_id, customer_id=invoice.customer_id, on=on, rate=rate, memo=memo)


def owed_back(*, payment_id: int, key: str, customer_id: int, rest: Money, base_micros: int, on: date) -> Draft:
    """Dr card clearing / Cr refund payable: what a customer who pays afterwards paid by card beyond what it owes."""
    legs = [
        Leg(clearing(rest.currency), rest.micros, base_micros),
        Leg(Account(Purpose.REFUND_PAYABLE, rest.currency, customer_id), -rest.micros, -base_micros),
    ]
    rate = Decimal(base_micros) / Decimal(rest.micros)
    return _draft(Kind.CARD_OWED_BACK, legs, key, payment_id, customer_id=customer_id, on=on, rate=rate, memo="")


def fee_kept(*, payment_id: int, key: str, fee: Money, rate: Decimal, on: date) -> Draft:
    """Dr processor fee / Cr card clearing, in the currency the processor settles in; `rate` is AUD for one unit."""
    legs = [
        Leg(Account(Purpose.PROCESSOR_FEE, fee.currency), fee.micros, PLUG),
        Leg(clearing(fee.currency), -fee.micros),
    ]
    return _draft(Kind.CARD_FEE, legs, key, payment_id, customer_id=None, on=on, rate=rate, memo="")


def refunded(
    *, payment_id: int, key: str, customer_id: int, back: Money, base_micros: int, on: date, memo: str
) -> Draft:
    """Dr refund payable / Cr card clearing: what is owed back went to the card, worth what the charge was booked at."""
    legs = _off_what_is_owed(clearing(back.currency), customer_id, back, base_micros)
    return _draft(Kind.CARD_REFUNDED, legs, key, payment_id, customer_id=customer_id, on=on, rate=None, memo=memo)


def dispute_held(
    *, payment_id: int, key: str, customer_id: int, drawn: Money, base_micros: int, on: date, memo: str
) -> Draft:
    """Dr held disputes / Cr card clearing: what a bank drew back until it is decided; credit is not touched."""
    legs = [
        Leg(held_disputes(drawn.currency), drawn.micros, base_micros),
        Leg(clearing(drawn.currency), -drawn.micros, -base_micros),
    ]
    return _draft(Kind.CARD_DISPUTED, legs, key, payment_id, customer_id=customer_id, on=on, rate=None, memo=memo)


def dispute_taken(
    *, payment_id: int, key: str, customer_id: int, gone: Money, base_micros: int, on: date, memo: str
) -> Draft:
    """Dr refund payable / Cr held disputes: what a lost dispute owed back is gone, worth what was held for it."""
    legs = _off_what_is_owed(held_disputes(gone.currency), customer_id, gone, base_micros)
    return _draft(Kind.CARD_DISPUTED, legs, key, payment_id, customer_id=customer_id, on=on, rate=None, memo=memo)


def _off_what_is_owed(out_of: Account, customer_id: int, back: Money, base_micros: int) -> list[Leg]:
    at_home = back.currency == BASE_CURRENCY
    owed = Account(Purpose.REFUND_PAYABLE, back.currency, customer_id)
    legs = [Leg(owed, back.micros, None if at_home else CARRIED), Leg(out_of, -back.micros, -base_micros)]
    if not at_home:
        legs.append(Leg(Account(Purpose.FX_GAIN, back.currency), 0, PLUG))  # dropped where there is no difference
    return legs


def exchanged(
    *, payment_id: int, key: str, gross: Money, base_micros: int, into: Money, into_base_micros: int, on: date
) -> Draft:
    """Cr card clearing what was charged, Dr card clearing what the processor made of it in its settlement currency.

    `base_micros` is what the charge stands in the books at, `into_base_micros` what it became, both in AUD: the
    difference is an exchange difference. Card exchange holds the other side of both, whose AUD sum to zero.
    """
    legs = [
        Leg(clearing(gross.currency), -gross.micros, -base_micros),
        Leg(Account(Purpose.CARD_EXCHANGE, gross.currency), gross.micros, into_base_micros),
        Leg(clearing(into.currency), into.micros, into_base_micros),
        Leg(Account(Purpose.CARD_EXCHANGE, into.currency), -into.micros, -into_base_micros),
        Leg(Account(Purpose.FX_GAIN, gross.currency), 0, PLUG),
    ]
    return _draft(Kind.CARD_EXCHANGED, legs, key, payment_id, customer_id=None, on=on, rate=None, memo="")


def _draft(
    kind: Kind,
    legs: list[Leg],
    key: str,
    payment_id: int,
    *,
    customer_id: int | None,
    on: date,
    rate: Decimal | None,
    memo: str,
) -> Draft:
    return Draft(
        kind=kind,
        source=SOURCE,
        key=key,
        effective_on=on,
        legs=tuple(legs),
        customer_id=customer_id,
        rate=rate,
        source_id=payment_id,
        memo=memo,
    )
