"""Reads of one invoice, and of its paper or that of a preview."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import Connection, Row, Select, bindparam, select

from services.company.logo import logo
from services.customers.model import InvoiceDetails
from services.errors import NotFound
from services.invoices.document import Document, PayTo, PrintedLine, Seller, tax_in_aud
from services.invoices.model import Invoice, InvoiceKind, InvoiceLine
from services.invoices.paid_by import PaidByCard
from services.invoices.preparation import draft_of, prepare
from services.invoices.rows import from_row, invoices_now
from services.invoices.tables import invoice as invoice_table
from services.invoices.tables import invoice_line as line_table
from services.money import Money
from services.periods import Period


class NoInvoice(NotFound):
    """There is no such invoice."""


def invoice(conn: Connection, invoice_id: int) -> Invoice:
    """The invoice; raises `NoInvoice`."""
    return from_row(_row(conn, invoice_id))


def invoice_by_number(conn: Connection, number: str) -> Invoice:
    """The invoice with that number; raises `NoInvoice`."""
    row = conn.execute(invoices_now().where(invoice_table.c.number == number)).one_or_none()
    if row is None:
        raise NoInvoice(f"There is no invoice {number}; look it up in the list of invoices.")
    return from_row(row)


def issued_by_form(conn: Connection, nonce: str) -> Invoice | None:
    """What the form with this nonce issued, if it did."""
    row = conn.execute(invoices_now().where(invoice_table.c.nonce == nonce)).one_or_none()
    return from_row(row) if row is not None else None


def document(conn: Connection, invoice_id: int) -> Document:
    """The newest paper of an issued invoice, from what was copied and nothing else; raises `NoInvoice`."""
    row = _row(conn, invoice_id)
    made = from_row(row)
    seller = Seller.from_json(row.seller)
    return Document(
        title=row.tax_title,
        number=made.number,
        reference=made.reference,
        issued_on=made.issued_on,
        due_on=made.due_on,
        seller=seller,
        logo=logo(conn, seller.logo),
        buyer=made.details,
        country=row.country,
        account_id=made.account_id,
        username=made.username,
        language=made.language,
        net=made.net,
        tax=made.tax,
        gross=made.gross,
        shows_tax=bool(row.shows_tax),
        tax_label=row.tax_label,
        tax_note=row.tax_note,
        pay_to=PayTo.from_json(row.bank_lines),
        rate=row.rate,
        rate_on=row.rate_on,
        rate_source=row.rate_source,
        tax_aud=tax_in_aud(made.tax, made.rate),
        po_number=made.po_number,
        in_arrears=made.kind is InvoiceKind.ARREARS,
        lines=tuple(_printed(line) for line in lines_of(conn, made)),
        paid_by=PaidByCard.from_json(row.paid_by),
        used=Period.of_interval(row.used_days) if row.used_days else None,
        version=row.version,
        version_on=row.version_on if row.version > 1 else None,
        replaces_on=row.replaces_on,
    )


def _printed(line: InvoiceLine) -> PrintedLine:
    return PrintedLine(line.words, str(line.quantity or ""), line.net)


def lines_of(conn: Connection, made: Invoice) -> list[InvoiceLine]:
    """What the net of an invoice in arrears is made of, in printing order; none of one for credit."""
    if made.kind is InvoiceKind.TOP_UP:
        return []
    c = line_table.c
    rows = conn.execute(select(line_table).where(c.invoice_id == made.id).order_by(c.place))
    return [InvoiceLine(row.label, row.detail, row.quantity, Money(row.net_micros, made.currency)) for row in rows]


def preview_document(
    conn: Connection,
    *,
    customer_id: int,
    gross: Money,
    details: InvoiceDetails,
    on: date,
    language: str | None = None,
    due_on: date | None = None,
    po_number: str = "",
) -> Document:
    """The same paper as a draft, before anything is issued; raises `InvalidForm` as issuing would."""
    ready = prepare(
        conn,
        customer_id=customer_id,
        gross=gross,
        details=details,
        language=language,
        on=on,
        due_on=due_on,
        po_number=po_number,
    )
    return draft_of(ready)


@cache
def _by_id() -> Select[Any]:
    """Built once: every receipt that is matched reads its invoice several times."""
    return invoices_now().where(invoice_table.c.id == bindparam("invoice_id"))


def _row(conn: Connection, invoice_id: int) -> Row[Any]:
    row = conn.execute(_by_id(), {"invoice_id": invoice_id}).one_or_none()
    if row is None:
        raise NoInvoice(f"There is no invoice with id {invoice_id}; look it up in the list of invoices.")
    return row
