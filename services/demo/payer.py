"""How a customer pays one invoice: when, how much arrives, and what the bank's statement says about it."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, timedelta

from services.demo.story import Payer, Story
from services.invoices.model import Invoice
from services.money import MICROS, Money, divide

_STRANGERS = ("J R HOLDINGS", "M SANTOS", "BLUE DOOR TRUST", "K AND L PARTNERS", "NORTH PIER NOMINEES")
_DAYS = {
    Payer.PROMPT: (1, 6),
    Payer.SLOW: (9, 27),
    Payer.GENEROUS: (2, 9),
    Payer.NAMELESS: (2, 12),
    Payer.FORGETFUL: (5, 20),
}
_UNPAID = {Payer.FORGETFUL: 0.5, Payer.SLOW: 0.05}
_HALF = 0.015  # how often somebody pays half first, and forgets the rest
_SOMETIMES = 0.35  # how often a generous or nameless payer is just that


@dataclass(frozen=True, slots=True)
class Receipt:
    """Money on its way to one of our accounts; `invoice_id` is what it is meant for, which the bank does not say.

    `named` is false where nothing on the statement tells who paid for what.
    """

    booked_on: date
    amount: Money
    counterparty: str
    remittance: str
    bank_reference: str
    invoice_id: int | None
    named: bool = True


def payment_of(seed: int, story: Story, invoice: Invoice) -> Receipt | None:
    """The payment of an invoice; None when this one is never paid. Depends on the seed and the invoice only."""
    rng = random.Random(f"{seed}:pays:{story.index}:{invoice.number}")  # noqa: S311 - fiction, not secrets
    if rng.random() < _UNPAID.get(story.payer, 0):
        return None
    booked_on = invoice.issued_on + timedelta(days=rng.randint(*_DAYS[story.payer]))
    amount, name = invoice.gross, story.who.name.upper()[:35]
    said = _remittance(rng, invoice, name)
    if story.bank_fee:
        amount = amount - Money(story.bank_fee, amount.currency)
    if story.payer is Payer.GENEROUS and rng.random() < _SOMETIMES:
        amount = amount + Money(rng.choice((10, 25, 50)) * MICROS, amount.currency)
    if rng.random() < _HALF:
        amount = Money(divide(amount.micros, 2 * MICROS) * MICROS, amount.currency)
    nameless = story.payer is Payer.NAMELESS and rng.random() < _SOMETIMES
    if nameless:
        name, said = rng.choice(_STRANGERS), rng.choice(("TRANSFER", "ONLINE PAYMENT", "MESSAGING CREDIT"))
    return Receipt(booked_on, amount, name, said, f"TR{booked_on:%y%m%d}{invoice.id:06d}", invoice.id, not nameless)


def _remittance(rng: random.Random, invoice: Invoice, name: str) -> str:
    """What payers write: the reference as printed, spaced, with the invoice number, or the number alone."""
    spaced = " ".join((invoice.reference[:2], invoice.reference[2:6], invoice.reference[6:]))
    ways = (
        invoice.reference,
        f"{invoice.reference} {name}",
        f"Invoice {invoice.number} {invoice.reference}",
        spaced,
        invoice.number,
    )
    return rng.choices(ways, (45, 20, 18, 12, 5))[0]


def running_costs(seed: int, month: date, currency: str, received: Money) -> list[Receipt]:
    """What leaves our accounts in a month: the bank's fee everywhere, the carriers' bill at home."""
    rng = random.Random(f"{seed}:costs:{currency}:{month:%Y%m}")  # noqa: S311 - fiction, not secrets
    fee = Receipt(month.replace(day=28), Money(-10 * MICROS, currency), "", "ACCOUNT FEE", f"FEE{month:%Y%m}", None)
    if currency != "AUD":
        return [fee]
    bill = Money(-max(received.micros // 100 * rng.randint(35, 55) // MICROS, 100) * MICROS, currency)
    paid_on = month.replace(day=rng.randint(18, 26))
    return [
        Receipt(
            paid_on, bill, "EXAMPLE CARRIER PTY LTD", f"CARRIER SETTLEMENT {month:%b %Y}", f"CAR{month:%Y%m}", None
        ),
        fee,
    ]
