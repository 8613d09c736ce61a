"""Issuing credit notes: at once where nothing is given back or little, by two people from 500 AUD on."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import insert, select

from services.access.approvals import Payload, request_approval
from services.access.audit import record
from services.access.model import Principal, require
from services.company.queries import company
from services.db.engine import Transaction
from services.db.keys import next_id
from services.db.turns import wait_for_turn
from services.errors import InvalidForm
from services.invoices.accounting import credited, forgiven
from services.invoices.asking import AlreadyAsked, subject_of, waiting
from services.invoices.credit_note import (
    APPROVAL_FROM,
    Cause,
    CreditNote,
    NotCreditable,
    Parts,
    kind_of,
    parts_of,
    refusal,
)
from services.invoices.document import Seller
from services.invoices.mailing import queue_note
from services.invoices.model import APPROVE_CREDIT_NOTE, CREDIT_INVOICE, Invoice, InvoiceKind
from services.invoices.numbering import credit_note_series, number_in, take_next
from services.invoices.operations import NonceReused, cover, lock
from services.invoices.queries import invoice as invoice_by_id
from services.invoices.queries.credit_notes import credit_note as note_by_id
from services.invoices.queries.credit_notes import returnable_now, returned_of
from services.invoices.tables import credit_note as note_table
from services.invoices.treatment import tax_in_credit
from services.ledger.model import Kind, Purpose
from services.ledger.operations import post
from services.money import Money, multiply
from services.texts import checked_reason

CREDIT_NOTE_ACT = "invoices.credit_note"


@dataclass(frozen=True, slots=True)
class Fact:
    """Money that went back before the note: the day, and the kind of movement it is in the customer's credit."""

    on: date
    kind: Kind


def credit_invoice(
    tx: Transaction,
    *,
    by: Principal,
    nonce: str,
    invoice_id: int,
    gross: Money,
    cause: Cause,
    reason: str,
    send: bool = False,
) -> CreditNote | int:
    """Issue a credit note of `gross` (tax included) on an invoice; or ask for it, and give the request's id.

    What is open is taken back first, the rest is owed back to the customer out of unused credit; from 500 AUD owed
    back a second person decides. `send` has it e-mailed to the address it prints. `nonce` names the form:
    sent again it gives the note it made, or the request. Raises `InvalidForm` (amount, reason), `NonceReused`,
    `AlreadyAsked` and the ledger's `PeriodClosed`.
    """
    require(by, CREDIT_INVOICE)
    reason = checked_reason(reason, ask="Say why the invoice is credited; the paper says it too.")
    asked = note_hash(invoice_id, gross, cause, reason)
    if made := note_of_form(tx, nonce, asked):
        return made
    lock(tx, invoice_id)
    found = invoice_by_id(tx.conn, invoice_id)
    parts = _parts(tx, found, gross)
    worth = multiply(parts.returned.gross.micros, found.rate)
    if worth < APPROVAL_FROM.micros:
        return issue_note(tx, by, found, parts, nonce=nonce, asked=asked, cause=cause, reason=reason, send=send)
    for request in waiting(tx.conn, invoice_id=invoice_id, act=CREDIT_NOTE_ACT):
        if request.nonce == nonce:
            return request.id
        raise AlreadyAsked(found.number, "credit note")
    return _ask(tx, by, found, parts, nonce=nonce, cause=cause, reason=reason, send=send)


def _ask(
    tx: Transaction,
    by: Principal,
    found: Invoice,
    parts: Parts,
    *,
    nonce: str,
    cause: Cause,
    reason: str,
    send: bool,
) -> int:
    gross = parts.open.gross + parts.returned.gross
    comes_to = found.gross - found.credited - returned_of(tx.conn, found).gross
    present = {"the invoice comes to": comes_to.text(), "still open": found.open.text(), "owed back": "nothing"}
    changes = {
        "the invoice comes to": (comes_to - gross).text(),
        "still open": (found.open - parts.open.gross).text(),
        "owed back": f"{parts.returned.gross.text()}, {parts.returned.tax.text()} of it tax",
        "cause": cause.value,
    }
    return request_approval(
        tx,
        by=by,
        act=CREDIT_NOTE_ACT,
        subject=subject_of(found.id),
        payload={
            "invoice_id": found.id,
            "gross_micros": gross.micros,
            "currency": gross.currency,
            "cause": cause.value,
            "reason": reason,
            "nonce": nonce,
            "send": send,
            "present": present,
            "changes": changes,
        },
        summary=f"Credit {gross.text()} of {found.number}, {parts.returned.gross.text()} of it owed back",
        reason=reason,
        amount=parts.returned.gross,
    )


def issue_approved(tx: Transaction, *, by: Principal, payload: Payload) -> CreditNote:
    """Issue the credit note an approval is about; what it gives back may have been used since: `InvalidForm` then."""
    require(by, APPROVE_CREDIT_NOTE)
    invoice_id, cause, reason = int(payload["invoice_id"]), Cause(payload["cause"]), str(payload["reason"])
    gross = Money(int(payload["gross_micros"]), str(payload["currency"]))
    asked = note_hash(invoice_id, gross, cause, reason)
    if made := note_of_form(tx, str(payload["nonce"]), asked):
        return made
    lock(tx, invoice_id)
    found = invoice_by_id(tx.conn, invoice_id)
    parts, nonce, send = _parts(tx, found, gross), str(payload["nonce"]), bool(payload.get("send"))
    return issue_note(tx, by, found, parts, nonce=nonce, asked=asked, cause=cause, reason=reason, send=send)


def _parts(tx: Transaction, found: Invoice, gross: Money) -> Parts:
    if wrong := refusal(found, gross, most_returned=returnable_now(tx.conn, found)):
        raise NotCreditable(wrong) if found.status.has_ended else InvalidForm({"amount": wrong})
    return parts_of(found, gross, returned=returned_of(tx.conn, found))


def issue_note(
    tx: Transaction,
    by: Principal,
    found: Invoice,
    parts: Parts,
    *,
    nonce: str,
    asked: bytes,
    cause: Cause,
    reason: str,
    send: bool,
    fact: Fact | None = None,
) -> CreditNote:
    """Post, number and keep a note that was judged; `fact` says that the money has gone back already, and how."""
    note_id, on = next_id(tx, note_table), fact.on if fact else tx.today
    tax = tax_in_credit(tx.conn, found, parts.returned.net, on)
    draft = credited(found, parts.open, parts.returned, note_id=note_id, on=on, tax=tax)
    if fact:
        draft = replace(draft, kind=fact.kind, guarded=False)
    entry_id = post(tx, draft, by=by).entry_id
    if parts.open.net and found.kind is InvoiceKind.ARREARS and cause is not Cause.WRONG_DETAILS:
        # wrong details are invoiced anew: only then is the use still owed
        given = forgiven(
            found, parts.open.net, expense=Purpose.PRICE_ADJUST, source="credit_note", source_id=note_id, on=tx.today
        )
        post(tx, given, by=by)
    if parts.open.gross:
        is_short = cause is Cause.SHORT_PAYMENT
        covered = replace(
            found.covered,
            credited=found.credited + parts.open.gross,
            short=found.short + parts.open.gross if is_short else found.short,
            net=found.cleared_net + parts.open.net,
        )
        cover(tx, found, covered)
    said = {"id": note_id, "nonce": nonce, "request_hash": asked, "cause": cause.value, "reason": reason}
    _number_and_keep(tx, found, said | _frozen(tx, found, parts, on) | {"issued_by": by.name, "entry_id": entry_id})
    made = note_by_id(tx.conn, note_id)
    facts = {"number": made.number, "invoice": found.number, "gross": made.gross.text()}
    facts |= {"returned": made.returned.text(), "cause": cause.value}
    if send:
        facts["sent to"] = made.buyer.email
        queue_note(tx, by=by, invoice=found, note=made)
    record(tx, by=by, act=CREDIT_INVOICE.name, subject="credit_note", subject_id=made.id, after=facts, reason=reason)
    return made


def _frozen(tx: Transaction, found: Invoice, parts: Parts, on: date) -> dict[str, Any]:
    """What the note says for ever of the invoice as it stood before."""
    before = found.gross - found.credited - returned_of(tx.conn, found).gross
    return {
        "kind": kind_of(found).value,
        "invoice_id": found.id,
        "customer_id": found.customer_id,
        "currency": found.currency,
        "gross_micros": (parts.open.gross + parts.returned.gross).micros,
        "net_micros": parts.net.micros,
        "tax_micros": parts.tax.micros,
        "returned_micros": parts.returned.gross.micros,
        "returned_net_micros": parts.returned.net.micros,
        "before_micros": before.micros,
        "issued_on": on,
        "issued_at": tx.at,
        "language": found.language,
        "buyer": json.dumps(asdict(found.details), ensure_ascii=False, sort_keys=True),
        "seller": Seller.of(company(tx.conn, on=on)).to_json(),
    }


def _number_and_keep(tx: Transaction, found: Invoice, row: dict[str, Any]) -> None:
    series = credit_note_series(kind_of(found), row["issued_on"])
    serial = take_next(tx, series)
    names = {"series": series, "serial_no": serial, "number": number_in(series, serial)}
    tx.conn.execute(insert(note_table), row | names)


def note_of_form(tx: Transaction, nonce: str, asked: bytes) -> CreditNote | None:
    """What the form of this nonce issued, if it did; raises `NonceReused` when it asked for something else."""
    # two browsers sending one form at the same moment: the second waits and then finds the first one's note
    wait_for_turn(tx, nonce)
    row = tx.conn.execute(select(note_table).where(note_table.c.nonce == nonce)).one_or_none()
    if row is None:
        return None
    if bytes(row.request_hash) != asked:
        raise NonceReused(f"This form already issued {row.number} with other content; open a new form for another.")
    return note_by_id(tx.conn, row.id)


def note_hash(invoice_id: int, gross: Money, cause: Cause, reason: str) -> bytes:
    """SHA-256 of what a form asks for."""
    asked = [invoice_id, gross.micros, gross.currency, cause.value, reason]
    return hashlib.sha256(json.dumps(asked).encode()).digest()
