"""Giving a receipt to an invoice, and taking it back: each with its journal entries, in one transaction."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from sqlalchemy import insert, update

from services.access.audit import record
from services.access.model import Principal, require
from services.banking.fingerprint import account_key
from services.banking.model import BankLine
from services.banking.operations import record_allocation, release_allocation
from services.banking.queries import line as line_by_id
from services.db.engine import Transaction
from services.db.keys import next_id
from services.db.turns import wait_for_turn
from services.errors import Refused, Stale
from services.invoices.mailing import Received, queue_receipt
from services.invoices.model import Invoice, InvoiceKind, InvoiceStatus
from services.invoices.operations import record_payment, undo_payment
from services.invoices.queries import invoice as invoice_by_id
from services.invoices.treatment import tax_in_credit
from services.ledger.operations import CreditTooSmall, post, reverse
from services.ledger.queries import credit_balance
from services.mail.model import About
from services.mail.outbox import withdraw
from services.money import Money
from services.payments.accounting import settled_short, topped_up
from services.payments.allocation import Sides, Split, split
from services.payments.model import ALLOCATE, BY_HAND, UNDO_ALLOCATION, Allocation, Evidence, Short
from services.payments.parts import worth_of
from services.payments.queries import allocation as allocation_by_id
from services.payments.queries import allocation_by_nonce
from services.payments.short.queries.decisions import standing_settled
from services.payments.tables import allocation as allocation_table
from services.provisional.settling import settle_with_receipt, unsettle
from services.texts import checked_reason


class NonceReused(Refused):
    """A form was sent a second time with other content than the first time."""


class AlreadyUndone(Stale):
    """Somebody took the receipt back before."""


class InvoiceEnded(Refused):
    """A receipt was to be given to an invoice that asks for nothing any more."""


_INSTEAD = {
    InvoiceStatus.EXPIRED: "bring it back first, then give it the receipt",
    InvoiceStatus.VOID: "choose another invoice, or issue one for this receipt",
    InvoiceStatus.WRITTEN_OFF: "choose another invoice, or issue one for this receipt",
}


class SettledSince(Refused):
    """A receipt was to be taken back from an invoice that a person settled short because of it."""


class CreditSpent(Refused):
    """The credit a receipt bought has been used, so it cannot be taken away any more."""


def allocate(
    tx: Transaction,
    *,
    by: Principal,
    bank_line_id: int,
    invoice_id: int,
    nonce: str,
    amount: Money | None = None,
    short: Short | str = Short.PART,
    evidence: Evidence = BY_HAND,
) -> Allocation:
    """Give a receipt, or `amount` of it, to an invoice; the customer is credited with what was received, less tax.

    Without `amount` all that fits; what is over stays unallocated. `short` says what a smaller receipt means: "part"
    leaves the rest open, "fee" settles an untaxed invoice with it (a taxed one stays part-paid until its adjustment
    note). `nonce` names the form: sent again it returns the allocation it made. Raises `DoesNotFit`, `FeeTooLarge`,
    `RestLeftOnReceipt`, `InvoiceEnded`, `NonceReused`, and the ledger's `PeriodClosed`.
    """
    require(by, ALLOCATE)
    wait_for_turn(tx, f"allocation:{nonce}", f"bank_line:{bank_line_id}", f"invoice:{invoice_id}")
    if made := allocation_by_nonce(tx.conn, nonce):
        return _repeated(made, bank_line_id, invoice_id, amount)
    line, invoice = line_by_id(tx.conn, bank_line_id), invoice_by_id(tx.conn, invoice_id)
    if invoice.status.has_ended:
        raise InvoiceEnded(f"{invoice.number} is {invoice.status}; {_INSTEAD[invoice.status]}.")
    taken = split(sides_of(line, invoice), amount, Short(short))
    row: dict[str, Any] = {
        "id": next_id(tx, allocation_table),
        "nonce": nonce,
        "bank_line_id": line.id,
        "invoice_id": invoice.id,
        "customer_id": invoice.customer_id,
        "currency": invoice.currency,
        "paid_micros": taken.paid.micros,
        "fee_micros": taken.fee.micros,
        "net_micros": invoice.share(taken.paid).micros,
        "base_micros": worth_of(tx, line, taken.paid),
        "short": Short(short).value,
        "allocated_on": tx.today,
        "allocated_at": tx.at,
        "allocated_by": by.name,
        "payer_account": account_key(line.counterparty_account),
    }
    row |= asdict(evidence) | {"reasons": json.dumps(evidence.reasons, ensure_ascii=False)}
    row |= _post(tx, row, invoice, line, taken, by=by)
    tx.conn.execute(insert(allocation_table).values(**row))
    record_allocation(tx, line_id=line.id, amount=taken.paid)
    net = Money(row["net_micros"], invoice.currency)
    paid = record_payment(tx, invoice_id=invoice.id, paid=taken.paid, fee=taken.fee, net=net)
    settle_with_receipt(tx, by=by, invoice_id=invoice.id, allocation_id=row["id"], net=net)
    queue_receipt(tx, by=by, invoice=paid, received=Received(row["id"], taken.paid, taken.fee, net))
    made = allocation_by_id(tx.conn, row["id"])
    record(tx, by=by, act=ALLOCATE.name, subject="allocation", subject_id=made.id, after=_said(made, invoice))
    return made


def _said(made: Allocation, invoice: Invoice) -> dict[str, Any]:
    facts = {"receipt": made.bank_line_id, "invoice": invoice.number, "paid": made.paid.text(), "fee": made.fee.text()}
    return facts | {"rule": made.evidence.rule, "score": made.evidence.score}


def undo_allocation(tx: Transaction, *, by: Principal, allocation_id: int, reason: str) -> Allocation:
    """Take a receipt back from its invoice: both entries are reversed today and the invoice asks for the money again.

    Raises `InvalidForm` without a reason, `AlreadyUndone`, `SettledSince`, and `CreditSpent` when the credit was used.
    """
    require(by, UNDO_ALLOCATION)
    reason = checked_reason(reason, ask="Say why the receipt is taken back from its invoice.")
    found = allocation_by_id(tx.conn, allocation_id)
    wait_for_turn(tx, f"bank_line:{found.bank_line_id}", f"invoice:{found.invoice_id}")
    found = allocation_by_id(tx.conn, allocation_id)
    if not found.counts:
        raise AlreadyUndone(f"{found.undone_by} undid this already; look at the receipt again.")
    if settled := standing_settled(tx.conn, invoice_id=found.invoice_id):
        raise SettledSince(f"{settled.decided_by} settled the invoice short after this receipt; take that back first.")
    unsettle(tx, by=by, allocation_id=allocation_id, reason=reason)
    changes = {"undone_at": tx.at, "undone_by": by.name, "undone_reason": reason}
    tx.conn.execute(
        update(allocation_table)
        .where(allocation_table.c.id == allocation_id, allocation_table.c.undone_at.is_(None))
        .values(**changes, **_reverse(tx, found, reason, by=by))
    )
    release_allocation(tx, line_id=found.bank_line_id, amount=found.paid)
    undo_payment(tx, invoice_id=found.invoice_id, paid=found.paid, fee=found.fee, net=found.net)
    withdraw(tx, by=by, about=About.ALLOCATION, about_id=allocation_id, why="the receipt was taken back")
    facts = {"receipt": found.bank_line_id, "invoice": found.invoice_id, "paid": found.paid.text()}
    record(
        tx,
        by=by,
        act=UNDO_ALLOCATION.name,
        subject="allocation",
        subject_id=allocation_id,
        before=facts,
        reason=reason,
    )
    return allocation_by_id(tx.conn, allocation_id)


def sides_of(line: BankLine, invoice: Invoice) -> Sides:
    """What a receipt and an invoice have before one is given to the other."""
    sent = line.instructed if line.instructed and line.instructed.currency == line.amount.currency else line.amount
    kept = sent - line.amount
    known_fee = kept if kept.micros > 0 else None
    return Sides(line.unallocated, invoice.open, invoice.gross, invoice.tax, invoice.rate, known_fee)


def _post(
    tx: Transaction, row: dict[str, Any], invoice: Invoice, line: BankLine, taken: Split, *, by: Principal
) -> dict[str, int]:
    net = Money(row["net_micros"], invoice.currency)
    memo = f"{invoice.number}, received from {line.counterparty or 'an unnamed payer'}"
    topped = topped_up(
        allocation_id=row["id"],
        invoice=invoice,
        paid=taken.paid,
        net=net,
        base_micros=row["base_micros"],
        owing=credit_balance(tx.conn, invoice.customer_id, net.currency).micros < 0,
        on=tx.today,
        memo=memo,
        tax=tax_in_credit(tx.conn, invoice, net, tx.today),
    )
    entries = {"entry_id": post(tx, topped, by=by).entry_id}
    if taken.fee:
        memo = f"{invoice.number}, settled short by a bank fee"
        short = settled_short(allocation_id=row["id"], invoice=invoice, fee=taken.fee, on=tx.today, memo=memo)
        entries["short_entry_id"] = post(tx, short, by=by).entry_id
    return entries


def _reverse(tx: Transaction, found: Allocation, reason: str, *, by: Principal) -> dict[str, int]:
    entries = {}
    if found.short_entry_id is not None:
        undone = reverse(tx, by=by, entry_id=found.short_entry_id, on=tx.today, reason=reason)
        entries["short_reversal_entry_id"] = undone.entry_id
    left = credit_balance(tx.conn, found.customer_id, found.net.currency)
    # what paid an invoice in arrears bought nothing that could be spent: taken back, the use is owed again
    guarded = False if invoice_by_id(tx.conn, found.invoice_id).kind is InvoiceKind.ARREARS else None
    try:
        undone = reverse(tx, by=by, entry_id=found.entry_id, on=tx.today, reason=reason, guarded=guarded)
    except CreditTooSmall as error:
        raise CreditSpent(
            f"This receipt bought {found.net.text()} of credit and only {left.text()} is left, so it cannot be undone; "
            "decide with the customer what is owed."
        ) from error
    return entries | {"reversal_entry_id": undone.entry_id}


def _repeated(made: Allocation, bank_line_id: int, invoice_id: int, amount: Money | None) -> Allocation:
    same = (made.bank_line_id, made.invoice_id) == (bank_line_id, invoice_id) and amount in (None, made.paid)
    if not same:
        raise NonceReused("This form was already sent with other content; open the receipt again.")
    return made
