"""Invoices as their rows hold them, each with the newest version of what its paper shows."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sqlalchemy import FromClause, Row, Select, and_, func, select

from services.customers.model import InvoiceDetails
from services.invoices.model import Invoice, InvoiceKind, InvoiceStatus
from services.invoices.paid_by import PaidByCard
from services.invoices.tables import credit_note, invoice, paper_version
from services.money import Money

DETAILS = ("company_name", "address", "business_id", "email", "contact_name", "contact_phone", "language")
_SHOWN = frozenset({*DETAILS, "po_number", "tax_title", "tax_note"})

_later = paper_version.alias("later")
of_invoice = paper_version.alias("of_invoice")
of_note = paper_version.alias("of_note")


def _newest_of_invoice() -> FromClause:
    # the key (invoice_id, version) finds the newest at once, and most invoices have none
    newest = select(func.max(_later.c.version)).where(_later.c.invoice_id == invoice.c.id).scalar_subquery()
    return invoice.outerjoin(of_invoice, and_(of_invoice.c.invoice_id == invoice.c.id, of_invoice.c.version == newest))


def _newest_of_note() -> FromClause:
    newest = select(func.max(_later.c.version)).where(_later.c.credit_note_id == credit_note.c.id).scalar_subquery()
    return credit_note.outerjoin(
        of_note, and_(of_note.c.credit_note_id == credit_note.c.id, of_note.c.version == newest)
    )


INVOICES = _newest_of_invoice()
NOTES = _newest_of_note()
COMPANY_NAME = func.coalesce(of_invoice.c.company_name, invoice.c.company_name).label("company_name")
VERSION = func.coalesce(of_invoice.c.version, 1).label("version")


def invoices_now() -> Select[Any]:
    """Every invoice, with what the newest version of its paper shows in place of what the first did."""
    columns = [
        func.coalesce(of_invoice.c[column.name], column).label(column.name) if column.name in _SHOWN else column
        for column in invoice.c
    ]
    copies = (of_invoice.c.issued_on.label("version_on"), of_invoice.c.replaces_on)
    return select(*columns, VERSION, *copies).select_from(INVOICES)


def notes_now() -> Select[Any]:
    """Every credit note, and beside it what the newest version of its paper shows, where there are several."""
    shown = [of_note.c[name].label(f"now_{name}") for name in DETAILS]
    copies = (of_note.c.issued_on.label("version_on"), of_note.c.replaces_on)
    version = func.coalesce(of_note.c.version, 1).label("version")
    return select(credit_note, version, *copies, *shown).select_from(NOTES)


def from_row(row: Row[Any]) -> Invoice:
    """The invoice a row of `invoices_now` holds."""

    def money(micros: int) -> Money:
        return Money(micros, row.currency)

    return Invoice(
        id=row.id,
        number=row.number,
        reference=row.reference,
        customer_id=row.customer_id,
        account_id=row.account_id,
        username=row.username,
        gross=money(row.gross_micros),
        net=money(row.net_micros),
        tax=money(row.tax_micros),
        issued_on=row.issued_on,
        due_on=row.due_on,
        status=InvoiceStatus(row.status),
        allocated=money(row.allocated_micros),
        fee=money(row.fee_micros),
        credited=money(row.credited_micros),
        short=money(row.short_micros),
        cleared_net=money(row.cleared_net_micros),
        absorbed=money(row.absorbed_micros),
        details=details_of(row),
        language=row.language,
        tax_code=row.tax_code,
        minimum=money(row.minimum_micros),
        rate=Decimal(row.rate),
        rate_on=row.rate_on,
        rate_source=row.rate_source,
        aud_equivalent=Money(row.aud_equivalent_micros, "AUD"),
        bank_account=row.bank_account,
        entry_id=row.entry_id,
        po_number=row.po_number,
        kind=InvoiceKind(row.kind),
        gst_on_receipt=bool(row.gst_on_receipt),
        version=row.version,
        paid_by=PaidByCard.from_json(row.paid_by),
    )


def details_of(row: Row[Any], prefix: str = "") -> InvoiceDetails:
    """The buyer as a row shows it."""
    held = row._mapping  # noqa: SLF001 - SQLAlchemy's public name for the row by its columns
    return InvoiceDetails(**{name: held[f"{prefix}{name}"] for name in DETAILS})
