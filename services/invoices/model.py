"""What an invoice is: its frozen core, what is still open, and the one rule that gives its status."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from services.access.model import EVERYONE, Permission, Role
from services.customers.model import InvoiceDetails
from services.errors import BrokenInvariant
from services.money import Money

ISSUE_INVOICE = Permission("invoices.issue", "issue an invoice", frozenset({Role.ACCOUNTING}))
SEE_INVOICES = Permission("invoices.see", "see invoices", EVERYONE)

TERM = timedelta(days=30)  # unpaid credit invoices expire after this long (product.md, decisions taken)


class InvoiceStatus(StrEnum):
    """Where an issued invoice stands."""

    ISSUED = "issued"
    PART_PAID = "part-paid"
    PAID = "paid"
    SETTLED_SHORT = "settled short"

    @property
    def is_open(self) -> bool:
        """Whether money is still expected."""
        return self in {InvoiceStatus.ISSUED, InvoiceStatus.PART_PAID}


class AllocationDoesNotFit(BrokenInvariant):
    """More would be paid on an invoice, or taken back, than it ever asked for: the caller checks before."""


def status_of(gross: Money, allocated: Money, fee: Money) -> InvoiceStatus:
    """The status that follows from the three amounts; raises `AllocationDoesNotFit` when they cannot stand together."""
    covered = allocated + fee
    if allocated.micros < 0 or fee.micros < 0 or gross < covered:
        raise AllocationDoesNotFit(f"{allocated.text()} and a fee of {fee.text()} on an invoice of {gross.text()}")
    if covered == gross:
        return InvoiceStatus.SETTLED_SHORT if fee else InvoiceStatus.PAID
    return InvoiceStatus.PART_PAID if covered else InvoiceStatus.ISSUED


def settling_fee(tax: Money, fee: Money) -> Money:
    """The part of a bank fee the invoice stops asking for: all of it untaxed, none of it before an adjustment note.

    Reducing a taxed Australian invoice changes the GST owed, which only an adjustment note may do (ledger.md, b.5).
    """
    return Money(0, fee.currency) if tax else fee


@dataclass(frozen=True, slots=True)
class Invoice:
    """An issued invoice as it stands. Everything but status, allocated and fee is frozen at issue."""

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

    @property
    def currency(self) -> str:
        """The currency of every amount but the AUD equivalent."""
        return self.gross.currency

    @property
    def open(self) -> Money:
        """What is still expected: the total less what was received and less the fee it settles short by."""
        return self.gross - self.allocated - self.fee

    @property
    def is_taxed(self) -> bool:
        """Whether GST is in it, so that only an adjustment note may reduce it."""
        return bool(self.tax)
