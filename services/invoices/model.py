"""What an invoice is: its frozen core, what is still open, and the one rule that gives its status."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from services.access.model import EVERYONE, Permission, Role
from services.customers.model import InvoiceDetails
from services.errors import BrokenInvariant
from services.invoices.paid_by import PaidByCard
from services.money import Money, minor_unit, next_share

_TWO_PEOPLE = frozenset({Role.ACCOUNTING, Role.MANAGER})
ISSUE_INVOICE = Permission("invoices.issue", "issue an invoice", frozenset({Role.ACCOUNTING}))
DRAFT_INVOICE = Permission("invoices.draft", "prepare an invoice", frozenset({Role.ACCOUNTING}))
SEE_INVOICES = Permission("invoices.see", "see invoices", EVERYONE)

VOID_INVOICE = Permission("invoices.void", "void an invoice or bring an expired one back", frozenset({Role.ACCOUNTING}))
CREDIT_INVOICE = Permission("invoices.credit", "issue a credit note", frozenset({Role.ACCOUNTING}))
WRITE_OFF = Permission(
    "invoices.write_off", "ask to write off what is open of an invoice", frozenset({Role.ACCOUNTING})
)
APPROVE_CREDIT_NOTE = Permission(
    "invoices.approve_credit_note", "approve a credit note that gives money back", _TWO_PEOPLE
)
APPROVE_WRITE_OFF = Permission("invoices.approve_write_off", "approve a write-off", _TWO_PEOPLE)
EXPIRE_INVOICES = Permission("invoices.expire", "let unpaid invoices expire", frozenset({Role.ACCOUNTING}))

TERM = timedelta(days=30)  # unpaid credit invoices expire after this long (product.md, decisions taken)


class InvoiceKind(StrEnum):
    """What an invoice asks money for: credit to be used, which is never a debt, or what a postpaid customer used."""

    TOP_UP = "top-up"
    ARREARS = "arrears"


@dataclass(frozen=True, slots=True)
class InvoiceLine:
    """One line of what an invoice in arrears is made of; `quantity` counts messages, None where nothing is counted."""

    label: str
    detail: str
    quantity: int | None
    net: Money

    @property
    def words(self) -> str:
        """As printed: what it is, and of which sub-account or minimum."""
        return f"{self.label}, {self.detail}" if self.detail else self.label


class InvoiceStatus(StrEnum):
    """Where an issued invoice stands.

    Void was a mistake of ours before any money came; expired was never paid; credited was taken back whole by credit
    notes; written off is what of a part-paid one, or of a debt, nobody expects any more.
    """

    ISSUED = "issued"
    PART_PAID = "part-paid"
    PAID = "paid"
    SETTLED_SHORT = "settled short"
    CREDITED = "credited"
    EXPIRED = "expired"
    VOID = "void"
    WRITTEN_OFF = "written off"

    @property
    def is_open(self) -> bool:
        """Whether money is still expected."""
        return self in {InvoiceStatus.ISSUED, InvoiceStatus.PART_PAID}

    @property
    def has_ended(self) -> bool:
        """Whether it stopped asking for money by an act, so that no payment moves it any more."""
        return self in {InvoiceStatus.EXPIRED, InvoiceStatus.VOID, InvoiceStatus.WRITTEN_OFF}


class AllocationDoesNotFit(BrokenInvariant):
    """More would be paid on an invoice, or taken back, than it ever asked for: the caller checks before."""


@dataclass(frozen=True, slots=True)
class Covered:
    """What stands against an invoice's gross: received, kept by the payer's bank, and taken back by credit notes.

    `short` is the part of `credited` that adjusts a taxed invoice to what arrived; `net` the share of all of it in the
    invoice's net, kept so that all parts together take exactly the net.
    """

    allocated: Money
    fee: Money
    credited: Money
    short: Money
    net: Money

    @property
    def total(self) -> Money:
        """All of it."""
        return self.allocated + self.fee + self.credited


def status_of(gross: Money, covered: Covered) -> InvoiceStatus:
    """The status that follows from the amounts; raises `AllocationDoesNotFit` when they cannot stand together."""
    parts = (covered.allocated, covered.fee, covered.credited - covered.short, covered.short)
    if min(part.micros for part in parts) < 0 or gross < covered.total:
        raise AllocationDoesNotFit(f"{[part.text() for part in parts]} on an invoice of {gross.text()}")
    if covered.credited and covered.credited == gross:
        return InvoiceStatus.CREDITED
    if covered.total == gross:
        return InvoiceStatus.SETTLED_SHORT if covered.fee or covered.short else InvoiceStatus.PAID
    return InvoiceStatus.PART_PAID if covered.allocated or covered.fee else InvoiceStatus.ISSUED


def settling_fee(tax: Money, fee: Money) -> Money:
    """The part of a bank fee the invoice stops asking for: all of it untaxed, none of it before an adjustment note.

    Reducing a taxed Australian invoice changes the GST owed, which only an adjustment note may do (ledger.md, b.5).
    """
    return Money(0, fee.currency) if tax else fee


@dataclass(frozen=True, slots=True)
class Invoice:
    """An issued invoice as it stands. Everything but status, allocated, fee and credited is frozen at issue.

    `absorbed` is what of the allocated we bear because a bank kept it; `gst_on_receipt` the company's basis when it was
    issued. Only `details`, `language` and `po_number` are those of the newest `version` of its paper. `paid_by` is the
    card that paid it at once, where one did.
    """

    id: int
    number: str
    reference: str
    customer_id: int
    account_id: str
    username: str
    gross: Money
    net: Money
    tax: Money
    issued_on: date
    due_on: date
    status: InvoiceStatus
    allocated: Money
    fee: Money
    credited: Money
    short: Money
    cleared_net: Money
    absorbed: Money
    details: InvoiceDetails
    language: str
    tax_code: str
    minimum: Money
    rate: Decimal
    rate_on: date
    rate_source: str
    aud_equivalent: Money
    bank_account: str
    entry_id: int
    po_number: str = ""
    kind: InvoiceKind = InvoiceKind.TOP_UP
    gst_on_receipt: bool = False
    version: int = 1
    paid_by: PaidByCard | None = None

    @property
    def received(self) -> Money:
        """What arrived: the allocated less what we bear of it."""
        return self.allocated - self.absorbed

    @property
    def currency(self) -> str:
        """The currency of every amount but the AUD equivalent."""
        return self.gross.currency

    @property
    def covered(self) -> Covered:
        """What stands against the gross."""
        return Covered(self.allocated, self.fee, self.credited, self.short, self.cleared_net)

    @property
    def open(self) -> Money:
        """What is still expected: the gross less what covers it; nothing once it has ended."""
        return Money(0, self.currency) if self.status.has_ended else self.gross - self.covered.total

    def share(self, part: Money) -> Money:
        """The net in a further part of the gross, so that the parts of an invoice together have exactly its net."""
        before, given, coin = self.covered.total.micros, self.cleared_net.micros, minor_unit(self.currency)
        net = next_share(self.net.micros, self.gross.micros, before=before, given=given, part=part.micros, unit=coin)
        return Money(net, self.currency)

    @property
    def is_taxed(self) -> bool:
        """Whether GST is in it, so that only an adjustment note may reduce it."""
        return bool(self.tax)


@dataclass(frozen=True, slots=True)
class Ended:
    """An act that ended an invoice, or brought it back: from which status to which, who, when, why, and its entry."""

    before: InvoiceStatus
    after: InvoiceStatus
    at: datetime
    by: str
    reason: str
    entry_id: int
