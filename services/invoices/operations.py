"""Issuing an invoice once, and recording on it what payments bring; the only writes an invoice knows."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import bindparam, delete, insert, select, update

from services.access.audit import record
from services.access.model import Principal, require
from services.customers.model import InvoiceDetails
from services.db.engine import Transaction
from services.db.keys import next_id
from services.db.turns import wait_for_turn
from services.errors import Refused
from services.invoices.accounting import issued
from services.invoices.debts import follow
from services.invoices.document import PayTo, Seller, tax_label
from services.invoices.drafting import refuse_stale
from services.invoices.life import NotNow
from services.invoices.mailing import queue_invoice, withdraw_reminders
from services.invoices.model import ISSUE_INVOICE, Covered, Invoice, InvoiceKind, InvoiceStatus, settling_fee, status_of
from services.invoices.numbering import REFERENCE_SERIES, invoice_series, number_in, take_next
from services.invoices.preparation import Prepared, prepare, request_hash
from services.invoices.queries import invoice as invoice_by_id
from services.invoices.queries.credit_notes import returned_of
from services.invoices.queries.drafts import draft_of_form
from services.invoices.reference import reference_for
from services.invoices.tables import invoice as invoice_table
from services.invoices.tables import invoice_draft
from services.ledger.operations import post
from services.money import Money

_MADE = (invoice_table.c.id, invoice_table.c.number, invoice_table.c.request_hash)
_BY_ID = update(invoice_table).where(invoice_table.c.id == bindparam("wanted"))
_BY_NONCE = select(*_MADE).where(invoice_table.c.nonce == bindparam("wanted"))


class NonceReused(Refused):
    """A form was sent a second time with other content than the first time."""


def issue_invoice(
    tx: Transaction,
    *,
    by: Principal,
    nonce: str,
    customer_id: int,
    gross: Money,
    details: InvoiceDetails,
    language: str | None = None,
    due_on: date | None = None,
    po_number: str = "",
    send: bool = False,
    draft_version: int | None = None,
) -> Invoice:
    """Issue a bank-transfer invoice for credit; `gross` includes tax, `language` defaults to the details' own.

    It can be paid until `due_on`, 30 days from today unless given. A draft of the same `nonce` has served and goes;
    `draft_version` is the one the form knows of (0: none), so that nobody issues over what another person typed.
    `send` has it e-mailed to the address it prints: the message goes into the outbox with it.

    `nonce` names the form that was filled in: sent again (a double click, a reload, a second browser) it returns the
    invoice it made. Raises `InvalidForm` (see `prepare`), `NonceReused`, `Stale` and the ledger's `PeriodClosed`.
    """
    require(by, ISSUE_INVOICE)
    wait_for_turn(tx, nonce)
    asked = request_hash(customer_id, gross, details, language=language, due_on=due_on, po_number=po_number)
    if made := made_with(tx, nonce, asked):
        return made
    refuse_stale(draft_of_form(tx.conn, nonce), draft_version)
    ready = prepare(
        tx.conn,
        customer_id=customer_id,
        gross=gross,
        details=details,
        language=language,
        on=tx.today,
        due_on=due_on,
        po_number=po_number,
    )
    memo = f"Prepaid account credit, {ready.details.company_name}"
    made = issue_prepared(tx, by, ready, nonce=nonce, asked=asked, memo=memo, send=send)
    tx.conn.execute(delete(invoice_draft).where(invoice_draft.c.nonce == nonce))
    return made


def issue_prepared(
    tx: Transaction,
    by: Principal,
    ready: Prepared,
    *,
    nonce: str,
    asked: bytes,
    memo: str,
    send: bool,
    kind: InvoiceKind = InvoiceKind.TOP_UP,
) -> Invoice:
    """Post, number and keep an invoice that was looked up and judged, and `send` it: the last step of every issuing."""
    invoice_id = next_id(tx, invoice_table)
    draft = issued(
        invoice_id=invoice_id,
        customer_id=ready.customer.id,
        split=ready.split,
        rate=ready.minimum.rate,
        on=ready.issued_on,
        memo=memo,
        gst_on_receipt=ready.company.gst_on_receipt,
    )
    posted = post(tx, draft, by=by)
    frozen = _frozen(ready) | {"id": invoice_id, "nonce": nonce, "request_hash": asked, "entry_id": posted.entry_id}
    frozen |= {"kind": kind.value, "issued_at": tx.at, "issued_by": by.name}
    made = _number_and_keep(tx, frozen, ready)
    facts = {"number": made.number, "reference": made.reference, "gross": made.gross.text(), "customer": made.username}
    if send:
        facts["sent to"] = made.details.email
        queue_invoice(tx, by=by, invoice=made)
    record(tx, by=by, act=ISSUE_INVOICE.name, subject="invoice", subject_id=made.id, after=facts)
    return made


def record_payment(tx: Transaction, *, invoice_id: int, paid: Money, fee: Money, net: Money) -> Invoice:
    """Take note that `paid` arrived, which bought `net`, and that the payer's bank kept `fee`; called by payments.

    On a taxed invoice the fee stays open until an adjustment note. Raises `AllocationDoesNotFit`, and `NotNow` for one
    that has ended.
    """
    return _move(tx, invoice_id, paid, fee, net)


def undo_payment(tx: Transaction, *, invoice_id: int, paid: Money, fee: Money, net: Money) -> Invoice:
    """The exact opposite of `record_payment` with the same amounts. Raises `AllocationDoesNotFit`."""
    return _move(tx, invoice_id, -paid, -fee, -net)


def _move(tx: Transaction, invoice_id: int, paid: Money, fee: Money, net: Money) -> Invoice:
    lock(tx, invoice_id)
    found = invoice_by_id(tx.conn, invoice_id)
    if found.status.has_ended:
        raise NotNow(f"{found.number} is {found.status}: no receipt can be given to it or taken back from it.")
    kept = settling_fee(found.tax, fee)
    covered = replace(
        found.covered,
        allocated=found.allocated + paid,
        fee=found.fee + kept,
        net=found.cleared_net + net + kept,
    )
    if found.absorbed and paid.micros < 0:
        raise NotNow(f"We bear {found.absorbed.text()} of {found.number}; take that back before its receipt.")
    if paid.micros < 0 and covered.allocated < returned_of(tx.conn, found).gross:
        raise NotNow(f"A credit note gave back what was paid on {found.number}, so its receipt cannot be taken back.")
    return cover(tx, found, covered)


def cover(tx: Transaction, found: Invoice, covered: Covered, *, absorbed: Money | None = None) -> Invoice:
    """Keep what now covers a locked invoice, and the status that follows; a step of payments and credit notes.

    `absorbed` is what of the allocated we bear, where that changes.
    """
    now = status_of(found.gross, covered)
    amounts: dict[str, Any] = {
        "allocated": covered.allocated,
        "fee": covered.fee,
        "credited": covered.credited,
        "short": covered.short,
        "cleared_net": covered.net,
        "absorbed": found.absorbed if absorbed is None else absorbed,
    }
    changes = {"status": now.value} | {f"{name}_micros": amount.micros for name, amount in amounts.items()}
    tx.conn.execute(_BY_ID, changes | {"wanted": found.id})
    follow(tx, found, now)
    if not now.is_open:
        withdraw_reminders(tx, found, why=f"{found.number} is {now} by now")
    return replace(found, status=now, **amounts)


def lock(tx: Transaction, invoice_id: int) -> None:
    """Take one invoice for this unit of work."""
    if tx.dialect == "postgresql":  # two receipts for one invoice at once; SQLite has one writer anyway
        tx.conn.execute(select(invoice_table.c.id).where(invoice_table.c.id == invoice_id).with_for_update())


def made_with(tx: Transaction, nonce: str, asked: bytes) -> Invoice | None:
    """What the form of this nonce issued, if it did; raises `NonceReused` when it asked for something else."""
    row = tx.conn.execute(_BY_NONCE, {"wanted": nonce}).first()
    if row is None:
        return None
    if bytes(row.request_hash) != asked:
        raise NonceReused(
            f"This form already issued {row.number} with other content; open a new form for another invoice."
        )
    return invoice_by_id(tx.conn, row.id)


def _number_and_keep(tx: Transaction, frozen: dict[str, Any], ready: Prepared) -> Invoice:
    series = invoice_series(ready.issued_on)
    serial = take_next(tx, series)
    names = {
        "series": series,
        "serial_no": serial,
        "number": number_in(series, serial),
        "reference": reference_for(take_next(tx, REFERENCE_SERIES)),
    }
    tx.conn.execute(insert(invoice_table), frozen | names)
    return invoice_by_id(tx.conn, frozen["id"])


def _frozen(ready: Prepared) -> dict[str, Any]:
    buyer, details, split = ready.customer, ready.details, ready.split
    return {
        "customer_id": buyer.id,
        "account_id": buyer.account_id,
        "username": buyer.username,
        "country": buyer.country,
        "currency": split.gross.currency,
        "gross_micros": split.gross.micros,
        "net_micros": split.net.micros,
        "tax_micros": split.tax.micros,
        "issued_on": ready.issued_on,
        "due_on": ready.due_on,
        "status": InvoiceStatus.ISSUED.value,
        "allocated_micros": 0,
        "fee_micros": 0,
        "language": ready.language,
        "company_name": details.company_name,
        "address": details.address,
        "business_id": details.business_id,
        "email": details.email,
        "contact_name": details.contact_name,
        "contact_phone": details.contact_phone,
        "po_number": ready.po_number,
        "seller": Seller.of(ready.company).to_json(),
        "bank_account": ready.bank.code if ready.bank else "",
        "bank_lines": PayTo.of(ready.bank).to_json(),
        "tax_code": ready.treatment.code,
        "tax_title": ready.treatment.title(ready.language),
        "tax_note": ready.treatment.note(ready.language),
        "tax_label": tax_label(ready.treatment),
        "shows_tax": ready.treatment.shows_tax,
        "gst_on_receipt": ready.company.gst_on_receipt,
        "minimum_micros": ready.minimum.minimum.micros,
        "paid_by": ready.paid_by.to_json() if ready.paid_by else "",
        "used_days": ready.used.interval if ready.used else "",
        "rate": str(ready.minimum.rate),
        "rate_on": ready.minimum.rate_on,
        "rate_source": ready.minimum.source,
        "aud_equivalent_micros": ready.aud_equivalent.micros,
    }
