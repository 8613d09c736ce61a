"""What is e-mailed about an invoice: itself, a corrected copy, a credit note, a receipt or a reminder."""

from __future__ import annotations

from dataclasses import dataclass

from services.access.model import SYSTEM, Principal, require
from services.db.engine import Transaction
from services.invoices.credit_note import CreditNote
from services.invoices.life import NotNow
from services.invoices.model import Invoice, InvoiceKind, InvoiceStatus
from services.invoices.queries import document
from services.invoices.queries import invoice as invoice_by_id
from services.mail.asking import queue_by_hand
from services.mail.model import SEND_MAIL, About, MailKind, Wanted
from services.mail.operations import resend
from services.mail.outbox import queue, withdraw
from services.mail.queries import mail as mail_by_id
from services.mail.queries import mails_receipts
from services.money import Money
from services.papers.wording import date_text, money_text, say

_ASKING = {MailKind.INVOICE, MailKind.CORRECTED_COPY, MailKind.REMINDER}


@dataclass(frozen=True, slots=True)
class Received:
    """A receipt given to an invoice: what arrived, what a bank kept of it, and the credit it bought."""

    allocation_id: int
    paid: Money
    fee: Money
    net: Money


def send_invoice(tx: Transaction, *, by: Principal, invoice_id: int, to: str = "") -> int:
    """Have an invoice e-mailed by hand, to the address it prints or another; gives the message's id.

    Asked for twice with the same address it is one message. Raises `InvalidForm` (to), and `NotNow` for one that is
    void or has expired: a letter would ask for money that nobody expects.
    """
    require(by, SEND_MAIL)
    found = invoice_by_id(tx.conn, invoice_id)
    _refuse_ended(found)
    return queue_by_hand(tx, by=by, wanted=_copy(tx, found, to=to, version=found.version))


def send_again(tx: Transaction, *, by: Principal, mail_id: int, to: str, reason: str, nonce: str) -> int:
    """Send any message again, as `resend` does; a letter with an invoice says how the invoice stands by now.

    Raises what `resend` does, and `NotNow` for one that asks of an invoice what it no longer asks for.
    """
    require(by, SEND_MAIL)
    first, facts = mail_by_id(tx.conn, mail_id), None
    if first.about is About.INVOICE and first.kind in _ASKING:
        found = invoice_by_id(tx.conn, first.about_id)
        _refuse_ended(found)
        if first.kind is MailKind.REMINDER and not found.status.is_open:
            raise NotNow(f"{found.number} is {found.status}; there is nothing to remind of.")
        if first.kind is MailKind.INVOICE and first.language == found.language:
            facts = _copy(tx, found, to=to, version=first.version).facts
    return resend(tx, by=by, mail_id=mail_id, to=to, reason=reason, nonce=nonce, facts=facts)


def _refuse_ended(found: Invoice) -> None:
    if found.status in {InvoiceStatus.VOID, InvoiceStatus.EXPIRED}:
        raise NotNow(f"{found.number} is {found.status} and asks for nothing, so it is not e-mailed.")


def remind(tx: Transaction, *, by: Principal, invoice_id: int, to: str = "") -> int:
    """Remind of an invoice money is still expected for, once a day and address; gives the message's id.

    Raises `InvalidForm` (to) and `NotNow` for one that asks for nothing.
    """
    require(by, SEND_MAIL)
    found = invoice_by_id(tx.conn, invoice_id)
    if not found.status.is_open:
        raise NotNow(f"{found.number} is {found.status}; there is nothing to remind of.")
    facts = _facts(tx, found) | {"open": money_text(found.open, found.language)}
    if found.status is InvoiceStatus.ISSUED and found.kind is InvoiceKind.TOP_UP:
        facts["lapse"] = facts["due_on"]
    today = int(f"{tx.today:%Y%m%d}")
    wanted = _wanted(MailKind.REMINDER, found, facts, to=to or found.details.email, version=today)
    return queue_by_hand(tx, by=by, wanted=wanted)


def reminder_of(tx: Transaction, invoice: Invoice, *, facts: dict[str, str], version: int) -> Wanted:
    """The reminder of a debt by its stage, which `facts` names with what its letter says besides; not queued yet."""
    known = _facts(tx, invoice) | {"open": money_text(invoice.open, invoice.language)} | facts
    return _wanted(MailKind.REMINDER, invoice, known, to=invoice.details.email, version=version)


def ask_for_rest(tx: Transaction, *, by: Principal, invoice_id: int, to: str = "") -> int:
    """Tell the customer that less arrived than the invoice asks for, and ask for the rest; once a day and address.

    Gives the message's id. Raises `InvalidForm` (to), and `NotNow` for an invoice that is not part-paid.
    """
    require(by, SEND_MAIL)
    found = invoice_by_id(tx.conn, invoice_id)
    if found.status is not InvoiceStatus.PART_PAID:
        raise NotNow(f"{found.number} is {found.status}; there is no rest to ask for.")
    language = found.language
    facts = _facts(tx, found) | {
        "received": money_text(found.received, language),
        "credit": money_text(found.cleared_net, language),
        "fee": money_text(found.fee, language) if found.fee else "",
        "open": money_text(found.open, language),
    }
    wanted = _wanted(
        MailKind.SHORT_PAYMENT, found, facts, to=to or found.details.email, version=int(f"{tx.today:%Y%m%d}")
    )
    return queue_by_hand(tx, by=by, wanted=wanted)


def withdraw_reminders(tx: Transaction, invoice: Invoice, *, why: str) -> None:
    """Cancel the reminders of an invoice that wait still; a step of what ends what it asks for."""
    withdraw(tx, by=SYSTEM, about=About.INVOICE, about_id=invoice.id, why=why, kind=MailKind.REMINDER)


def queue_invoice(tx: Transaction, *, by: Principal, invoice: Invoice, to: str = "", version: int = 1) -> int:
    """Put an invoice in the outbox, a later version of its paper as a corrected copy; a step of issuing it."""
    return queue(tx, by=by, wanted=_copy(tx, invoice, to=to, version=version))


def queue_note(tx: Transaction, *, by: Principal, invoice: Invoice, note: CreditNote) -> int:
    """Put a credit note in the outbox; a step of issuing it."""
    language = note.language
    lowered = note.gross - note.returned
    facts = _facts(tx, invoice) | {
        "number": note.number,
        "invoice": invoice.number,
        "amount": money_text(note.gross, language),
        "why": note.reason,
        "lowered": money_text(lowered, language) if lowered else "",
        "returned": money_text(note.returned, language) if note.returned else "",
        "contact": note.buyer.contact_name,
    }
    wanted = Wanted(
        kind=MailKind.CREDIT_NOTE,
        about=About.CREDIT_NOTE,
        about_id=note.id,
        invoice_id=invoice.id,
        customer_id=invoice.customer_id,
        number=note.number,
        to=note.buyer.email,
        language=language,
        facts=facts,
        version=note.version,
    )
    return queue(tx, by=by, wanted=wanted)


def queue_receipt(tx: Transaction, *, by: Principal, invoice: Invoice, received: Received) -> int | None:
    """Where the company chose so, tell the customer what arrived and what is left; a step of giving a receipt."""
    if not mails_receipts(tx.conn):
        return None
    language = invoice.language
    short = invoice.status in {InvoiceStatus.PART_PAID, InvoiceStatus.SETTLED_SHORT}
    facts = _facts(tx, invoice) | {
        "received": money_text(received.paid, language),
        "credit": money_text(received.net, language),
        "fee": money_text(received.fee, language) if received.fee else "",
        "open": money_text(invoice.open, language) if invoice.open else "",
    }
    kind = MailKind.SHORT_PAYMENT if short else MailKind.PAYMENT_RECEIVED
    wanted = Wanted(
        kind=kind,
        about=About.ALLOCATION,
        about_id=received.allocation_id,
        invoice_id=invoice.id,
        customer_id=invoice.customer_id,
        number=invoice.number,
        to=invoice.details.email,
        language=language,
        facts=facts,
    )
    return queue(tx, by=by, wanted=wanted)


def _copy(tx: Transaction, invoice: Invoice, *, to: str, version: int) -> Wanted:
    """The invoice itself, or a corrected copy of it."""
    kind = MailKind.INVOICE if version == 1 else MailKind.CORRECTED_COPY
    facts = _facts(tx, invoice) | {"version": str(version)}
    if invoice.kind is InvoiceKind.ARREARS:
        facts["arrears"] = "yes"  # its letter speaks of use, not of credit
    if kind is MailKind.INVOICE and not invoice.status.is_open:
        facts["settled"] = "yes"  # a copy of what is paid asks for nothing
    elif kind is MailKind.INVOICE and invoice.open < invoice.gross:
        facts["amount"] = money_text(invoice.open, invoice.language)
    return _wanted(kind, invoice, facts, to=to, version=version)


def _wanted(kind: MailKind, invoice: Invoice, facts: dict[str, str], *, to: str, version: int = 1) -> Wanted:
    return Wanted(
        kind=kind,
        about=About.INVOICE,
        about_id=invoice.id,
        invoice_id=invoice.id,
        customer_id=invoice.customer_id,
        number=invoice.number,
        to=to or invoice.details.email,
        language=invoice.language,
        facts=facts,
        version=version,
    )


def _facts(tx: Transaction, invoice: Invoice) -> dict[str, str]:
    """What every letter about an invoice can name, in its language."""
    language = invoice.language
    from_abroad = document(tx.conn, invoice.id).from_abroad
    return {
        "number": invoice.number,
        "amount": money_text(invoice.gross, language),
        "due_on": date_text(invoice.due_on, language),
        "reference": invoice.reference,
        "account": f"{invoice.username} ({invoice.account_id})",
        "contact": invoice.details.contact_name,
        "fee_note": say("fee_note", language) if from_abroad else "",
    }
