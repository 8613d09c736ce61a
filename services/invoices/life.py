"""The guarded ends of an invoice: which status leads to which by an act, and why an act is not possible now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from services.errors import Refused
from services.invoices.model import Invoice, InvoiceKind, InvoiceStatus


class NotNow(Refused):
    """The invoice does not stand where the act begins."""


class Act(StrEnum):
    """What a person or the calendar can do to an invoice besides paying it."""

    EXPIRE = "expire"
    VOID = "void"
    REINSTATE = "reinstate"
    WRITE_OFF = "write off"


@dataclass(frozen=True, slots=True)
class Move:
    """Where an act begins and where it ends; `debts_from` is where it begins as well for an invoice in arrears."""

    begins: InvoiceStatus
    ends: InvoiceStatus
    debts_from: InvoiceStatus | None = None

    def can_begin(self, invoice: Invoice) -> bool:
        """Whether the invoice stands where the act begins."""
        return invoice.status is self.begins or (
            invoice.kind is InvoiceKind.ARREARS and invoice.status is self.debts_from
        )


MOVES = {
    Act.EXPIRE: Move(InvoiceStatus.ISSUED, InvoiceStatus.EXPIRED),
    Act.VOID: Move(InvoiceStatus.ISSUED, InvoiceStatus.VOID),
    Act.REINSTATE: Move(InvoiceStatus.EXPIRED, InvoiceStatus.ISSUED),
    Act.WRITE_OFF: Move(InvoiceStatus.PART_PAID, InvoiceStatus.WRITTEN_OFF, debts_from=InvoiceStatus.ISSUED),
}


def refusal(act: Act, invoice: Invoice, on: date) -> str | None:
    """The sentence that says why the act is not possible on a day; None when it is."""
    if not MOVES[act].can_begin(invoice):
        return f"{invoice.number} is {invoice.status}, so {_ADVICE[act]}."
    if act in {Act.EXPIRE, Act.VOID} and invoice.credited:
        return f"{invoice.number} has a credit note, so credit the rest of it instead."
    if act is Act.EXPIRE and invoice.kind is InvoiceKind.ARREARS:
        return f"{invoice.number} asks for what was used, so it stays owed after its last day."
    if act is Act.EXPIRE and on <= invoice.due_on:
        return f"{invoice.number} can be paid until {invoice.due_on}; it expires after that day."
    return None


def allowed(invoice: Invoice, on: date) -> list[Act]:
    """The acts that are possible on a day, in the order a screen offers them."""
    return [act for act in Act if refusal(act, invoice, on) is None]


_ADVICE = {
    Act.EXPIRE: "it cannot expire; only one that nobody paid anything on does",
    Act.VOID: "it cannot be voided; credit it, or take its receipts back first",
    Act.REINSTATE: "there is nothing to bring back; issue a new one if the customer needs it",
    Act.WRITE_OFF: "nothing is written off; an unpaid one expires or is voided, a paid one asks for nothing",
}
