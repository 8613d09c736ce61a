"""A credit note: how much of an invoice it takes back, of that what is owed back, and what it is called."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from services.customers.model import InvoiceDetails
from services.errors import NotFound, Refused
from services.invoices.document import Seller
from services.invoices.model import Invoice
from services.money import Money, divide, minor_unit
from services.pricing.model import TaxSplit

APPROVAL_FROM = Money.of(500, "AUD")  # money given back, in AUD equivalent, needs a second person (product.md)


class NoSuchCreditNote(NotFound):
    """No credit note has this id."""


class NotCreditable(Refused):
    """A credit note asks for more than the invoice, or the customer's unused credit, can give back."""


class NoteKind(StrEnum):
    """What the paper is called: of a taxed Australian invoice an adjustment note (F2022L01272), else a credit note."""

    CREDIT = "credit"
    ADJUSTMENT = "adjustment"


class Cause(StrEnum):
    """Why an invoice is taken back, whole or in part."""

    SHORT_PAYMENT = "short payment"
    CANCELLED = "cancelled"
    WRONG_DETAILS = "wrong details"
    PRICE = "price"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class CreditNote:
    """An issued credit note; nothing of it ever changes but `buyer` and `language`, by a new version of its paper.

    `returned` is the part of the gross that had been paid and is owed back, `before` what the invoice came to before
    the note: the paper says both, so that old and new price can be read (F2022L01272).
    """

    id: int
    number: str
    kind: NoteKind
    invoice_id: int
    customer_id: int
    gross: Money
    net: Money
    tax: Money
    returned: Money
    returned_net: Money
    before: Money
    cause: Cause
    reason: str
    issued_on: date
    issued_at: datetime
    issued_by: str
    language: str
    buyer: InvoiceDetails
    seller: Seller
    entry_id: int
    version: int = 1
    version_on: date | None = None
    replaces_on: date | None = None

    @property
    def after(self) -> Money:
        """What the invoice comes to with this note."""
        return self.before - self.gross


@dataclass(frozen=True, slots=True)
class Parts:
    """How a credit note falls on an invoice: on what nobody paid yet, and on what was paid and goes back."""

    open: TaxSplit
    returned: TaxSplit

    @property
    def net(self) -> Money:
        """The net of both."""
        return self.open.net + self.returned.net

    @property
    def tax(self) -> Money:
        """The tax of both."""
        return self.open.tax + self.returned.tax


def kind_of(invoice: Invoice) -> NoteKind:
    """What a note on this invoice is called."""
    return NoteKind.ADJUSTMENT if invoice.is_taxed else NoteKind.CREDIT


def returnable(invoice: Invoice, *, unused: Money, returned: TaxSplit) -> Money:
    """The most that can be given back of what was paid: min(paid, unused credit x gross / net), in whole coins.

    `unused` is the customer's paid credit, without promotional credit; `returned` what notes gave back of this invoice
    before (product.md, rule 30 and decisions taken).
    """
    coin = minor_unit(invoice.currency)
    paid = invoice.received - returned.gross
    worth = max(unused.micros, 0) * invoice.gross.micros // (invoice.net.micros * coin) * coin
    return Money(max(min(paid.micros, worth), 0), invoice.currency)


def parts_of(invoice: Invoice, gross: Money, *, returned: TaxSplit) -> Parts:
    """Divide a credit note: the open amount first, the rest is given back of what was paid.

    `returned` is what earlier notes gave back. Net and tax of each part follow the parts before it, so that all parts
    of an invoice together have exactly its net.
    """
    nothing = Money(0, invoice.currency)
    if invoice.open < gross:
        first, second = invoice.open, gross - invoice.open
    else:
        first, second = gross, nothing
    open_net = invoice.share(first) if first else nothing
    opened = TaxSplit(gross=first, net=open_net, tax=first - open_net)
    return Parts(open=opened, returned=part_returned(invoice, second, returned=returned))


def part_returned(invoice: Invoice, gross: Money, *, returned: TaxSplit) -> TaxSplit:
    """What is given back of what was paid, with its net and tax, after earlier notes gave back `returned`."""
    before = returned.gross.micros + gross.micros
    coin = minor_unit(invoice.currency)
    due = divide(invoice.net.micros * before, invoice.gross.micros * coin) * coin
    net = Money(min(max(due - returned.net.micros, 0), gross.micros), invoice.currency)
    return TaxSplit(gross=gross, net=net, tax=gross - net)


def refusal(invoice: Invoice, gross: Money, *, most_returned: Money) -> str | None:
    """The sentence that says why so much cannot be credited; None when it can."""
    coin = minor_unit(invoice.currency)
    if invoice.status.has_ended:
        return f"{invoice.number} is {invoice.status}; there is nothing left of it to credit."
    if gross.currency != invoice.currency:
        return f"{invoice.number} is in {invoice.currency}; give the amount in it."
    if gross.micros <= 0 or gross.micros % coin:
        return "Enter an amount above zero in whole coins."
    most = invoice.open + most_returned
    if most < gross:
        if not most:
            return f"Nothing of {invoice.number} can be credited: it is paid and its credit is used."
        return f"At most {most.text()} of {invoice.number} can be credited: what is open, and credit not used yet."
    return None
