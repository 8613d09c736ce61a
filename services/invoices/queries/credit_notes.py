"""Reads of credit notes: one, those of an invoice, a page of them, and what they gave back."""

from __future__ import annotations

import json
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any

import pandas as pd
from sqlalchemy import BigInteger, Connection, Row, Select, bindparam, cast, func, select

from services.company.logo import logo
from services.customers.model import InvoiceDetails
from services.frames import typed
from services.invoices.credit_note import Cause, CreditNote, NoSuchCreditNote, NoteKind, returnable
from services.invoices.credit_note_document import NoteDocument
from services.invoices.document import Seller, tax_in_aud
from services.invoices.model import Invoice
from services.invoices.rows import COMPANY_NAME, INVOICES, details_of, notes_now
from services.invoices.tables import credit_note as note_table
from services.invoices.tables import invoice as invoice_table
from services.ledger.queries import credit_balance, promotional_credit
from services.money import Money
from services.periods import Period
from services.pricing.model import TaxSplit


@dataclass(frozen=True)
class CreditNotesPage:
    """One page of credit notes, newest first, how many fit, and their sums by currency.

    `rows`: id, number, kind, invoice_id, invoice_number, customer_id, company_name, currency, gross_micros, net_micros,
    tax_micros, returned_micros, cause, reason, issued_on, issued_by. `sums`: currency, count, gross_micros, tax_micros.
    """

    rows: pd.DataFrame
    total: int
    sums: pd.DataFrame


def credit_note(conn: Connection, note_id: int) -> CreditNote:
    """The credit note; raises `NoSuchCreditNote`."""
    row = conn.execute(notes_now().where(note_table.c.id == note_id)).one_or_none()
    if row is None:
        raise NoSuchCreditNote(f"There is no credit note with id {note_id}; look at its invoice.")
    return from_row(row)


def note_document(conn: Connection, note_id: int) -> NoteDocument:
    """The newest paper of a credit note, from what was copied and nothing else; raises `NoSuchCreditNote`."""
    note = credit_note(conn, note_id)
    of = conn.execute(select(invoice_table).where(invoice_table.c.id == note.invoice_id)).one()
    return NoteDocument(
        kind=note.kind,
        number=note.number,
        invoice_number=of.number,
        invoice_issued_on=of.issued_on,
        issued_on=note.issued_on,
        seller=note.seller,
        logo=logo(conn, note.seller.logo),
        buyer=note.buyer,
        country=of.country,
        account_id=of.account_id,
        username=of.username,
        language=note.language,
        before=note.before,
        gross=note.gross,
        net=note.net,
        tax=note.tax,
        after=note.after,
        returned=note.returned,
        reason=note.reason,
        tax_label=of.tax_label,
        tax_aud=tax_in_aud(note.tax, Decimal(of.rate)),
        version=note.version,
        version_on=note.version_on,
        replaces_on=note.replaces_on,
    )


def credit_notes_of(conn: Connection, invoice_id: int) -> list[CreditNote]:
    """Every credit note on an invoice, oldest first."""
    return [from_row(row) for row in conn.execute(_of_invoice(), {"of_invoice": invoice_id})]


@cache
def _of_invoice() -> Select[Any]:
    """Built once: every receipt that is matched asks."""
    return notes_now().where(note_table.c.invoice_id == bindparam("of_invoice")).order_by(note_table.c.id)


def returned_of(conn: Connection, invoice: Invoice) -> TaxSplit:
    """What credit notes gave back of what was paid on an invoice, with its net and tax."""
    notes = [note for note in credit_notes_of(conn, invoice.id) if note.returned]
    gross = sum(note.returned.micros for note in notes)
    net = sum(note.returned_net.micros for note in notes)
    code = invoice.currency
    return TaxSplit(gross=Money(gross, code), net=Money(net, code), tax=Money(gross - net, code))


def returnable_now(conn: Connection, invoice: Invoice) -> Money:
    """The most of what was paid on an invoice that can be given back now, out of the customer's unused paid credit."""
    if invoice.status.has_ended:
        return Money(0, invoice.currency)
    whose = (invoice.customer_id, invoice.currency)
    unused = credit_balance(conn, *whose) - promotional_credit(conn, *whose)
    return returnable(invoice, unused=unused, returned=returned_of(conn, invoice))


def page(conn: Connection, *, period: Period | None = None, page: int = 1, size: int = 50) -> CreditNotesPage:
    """One page (the first is 1) of the credit notes issued in a period."""
    c = note_table.c
    fits = [c.issued_on >= period.starts_on, c.issued_on < period.ends_before] if period else []
    names = [
        "id",
        "number",
        "kind",
        "invoice_id",
        "customer_id",
        "currency",
        "gross_micros",
        "net_micros",
        "tax_micros",
    ]
    columns = [c[name] for name in [*names, "returned_micros", "cause", "reason", "issued_on", "issued_by"]]
    of = invoice_table.c
    found = conn.execute(
        select(*columns, of.number.label("invoice_number"), COMPANY_NAME)
        .select_from(INVOICES.join(note_table, of.id == c.invoice_id))
        .where(*fits)
        .order_by(c.issued_on.desc(), c.id.desc())
        .limit(size)
        .offset((page - 1) * size)
    )
    whole = ["id", "invoice_id", "customer_id", "gross_micros", "net_micros", "tax_micros", "returned_micros"]
    rows = typed(pd.DataFrame(found.all(), columns=list(found.keys())), dict.fromkeys(whole, "int64"))
    sums = _sums(conn, fits)
    return CreditNotesPage(rows, int(sums["count"].sum()), sums)


def _sums(conn: Connection, fits: list[Any]) -> pd.DataFrame:
    c = note_table.c
    added = [cast(func.sum(c[name]), BigInteger).label(name) for name in ("gross_micros", "tax_micros")]
    wanted = select(c.currency, func.count().label("count"), *added).where(*fits).group_by(c.currency)
    found = conn.execute(wanted.order_by(c.currency))
    frame = pd.DataFrame(found.all(), columns=list(found.keys()))
    return typed(frame, {"count": "int64", "gross_micros": "int64", "tax_micros": "int64"})


def from_row(row: Row[Any]) -> CreditNote:
    """The credit note a row of `notes_now` holds."""
    changed = row.version > 1

    def money(micros: int) -> Money:
        return Money(micros, row.currency)

    return CreditNote(
        id=row.id,
        number=row.number,
        kind=NoteKind(row.kind),
        invoice_id=row.invoice_id,
        customer_id=row.customer_id,
        gross=money(row.gross_micros),
        net=money(row.net_micros),
        tax=money(row.tax_micros),
        returned=money(row.returned_micros),
        returned_net=money(row.returned_net_micros),
        before=money(row.before_micros),
        cause=Cause(row.cause),
        reason=row.reason,
        issued_on=row.issued_on,
        issued_at=row.issued_at,
        issued_by=row.issued_by,
        language=row.now_language if changed else row.language,
        buyer=details_of(row, "now_") if changed else InvoiceDetails(**json.loads(row.buyer)),
        seller=Seller.from_json(row.seller),
        entry_id=row.entry_id,
        version=row.version,
        version_on=row.version_on if changed else None,
        replaces_on=row.replaces_on,
    )
