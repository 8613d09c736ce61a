"""How a customer pays one invoice: when, how much arrives, and what the bank's statement says about it."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, timedelta

from services.demo.story import Payer, Story
from services.invoices.model import Invoice
from services.money import MICROS, Money, divide, minor_unit

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
_ROUNDS, _EXCHANGES, _SENDS_PART = 0.02, 0.05, 0.08  # bounds of how seldom a payment is short otherwise
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
    account: str = ""


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
    amount = _short(seed, story, invoice, amount)
    nameless = story.payer is Payer.NAMELESS and rng.random() < _SOMETIMES
    if nameless:
        name, said = rng.choice(_STRANGERS), rng.choice(("TRANSFER", "ONLINE PAYMENT", "MESSAGING CREDIT"))
    return Receipt(
        booked_on, amount, name, said, f"TR{booked_on:%y%m%d}{invoice.id:06d}", invoice.id, not nameless,
        "" if nameless else _account(seed, story),
    )  # fmt: skip


def _short(seed: int, story: Story, invoice: Invoice, amount: Money) -> Money:
    """What is left of a payment now and then: small change is dropped, a bank exchanges it, a part comes first."""
    rng = random.Random(f"{seed}:short:{invoice.number}")  # noqa: S311 - fiction, not secrets
    drawn, whole = rng.random(), minor_unit(amount.currency) * 100
    if drawn < _ROUNDS:
        return amount - Money(whole * 2 // 5, amount.currency)
    if drawn < _EXCHANGES and story.who.country != "AU":
        return amount - Money(divide(amount.micros * 29, 1000 * whole) * whole, amount.currency)
    if _EXCHANGES < drawn < _SENDS_PART:
        return Money(divide(amount.micros * rng.choice((50, 60, 75)), 100 * whole) * whole, amount.currency)
    return amount


def _account(seed: int, story: Story) -> str:
    """The account a payer abroad sends from; at home statements do not name it."""
    banks = {"NZ": ("01", "12", "38"), "GB": ("NWBK", "BARC"), "FR": ("3000", "2004"), "DE": ("3704", "1001")}
    if story.who.country not in banks:
        return ""
    rng = random.Random(f"{seed}:account:{story.index}")  # noqa: S311 - fiction, not secrets
    bank, rest = rng.choice(banks[story.who.country]), rng.randint(10**12, 10**13 - 1)
    return f"{bank}{rest}" if story.who.country == "NZ" else f"{story.who.country}{rng.randint(10, 98)}{bank}0{rest}"


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
