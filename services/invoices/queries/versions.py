"""Reads of paper versions: those of a paper with their files, and what a change of details would reach."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, select

from services.customers.model import InvoiceDetails
from services.errors import NotFound
from services.invoices.credit_note_document import NoteDocument
from services.invoices.document import Document
from services.invoices.model import InvoiceStatus
from services.invoices.presentation import Paper, PaperKind, PaperVersion, Printed, Reached, refusal
from services.invoices.queries.credit_notes import from_row as note_from_row
from services.invoices.queries.credit_notes import note_document
from services.invoices.queries.papers import document
from services.invoices.rows import details_of, from_row, invoices_now, notes_now
from services.invoices.tables import credit_note, invoice, kept_paper, paper_version
from services.invoices.treatment import treatment_of_top_up
from services.ledger.tables import accounting_period
from services.periods import accounting_period as period_of
from services.pricing.queries import tax_treatment

_PAID = frozenset({InvoiceStatus.PAID, InvoiceStatus.SETTLED_SHORT})


class NoSuchCopy(NotFound):
    """There is no such version of a paper, or its file was never kept."""


def versions_of(conn: Connection, paper: Paper) -> list[PaperVersion]:
    """The versions of a paper, oldest first; none where it was never changed: it is as it was issued."""
    found = conn.execute(select(paper_version).where(_of(paper)).order_by(paper_version.c.version))
    return [_version(row) for row in found]


def copy_of(conn: Connection, sha256: str) -> bytes:
    """The file that was given out, byte by byte; raises `NoSuchCopy`."""
    content = conn.execute(select(kept_paper.c.content).where(kept_paper.c.sha256 == sha256)).scalar()
    if content is None:
        raise NoSuchCopy("This copy is not kept; open the paper anew.")
    return bytes(content)


def paper_document(conn: Connection, paper: Paper, version: int | None = None) -> Document | NoteDocument:
    """What the newest or an earlier version prints, to be drawn.

    Raises `NoInvoice`, `NoSuchCreditNote`, and `NoSuchCopy` for a version it never had.
    """
    newest = _document(conn, paper)
    if version is None or version == newest.version:
        return newest
    row = conn.execute(select(paper_version).where(_of(paper), paper_version.c.version == version)).one_or_none()
    if row is None:
        raise NoSuchCopy(f"There is no version {version} of this paper.")
    return _shown(newest, row)


def reached(
    conn: Connection, *, customer_id: int, details: InvoiceDetails | None, po_number: str | None = None
) -> list[Reached]:
    """The customer's invoices and credit notes that show anything else than these details, newest first.

    `po_number` is one all invoices would get; None leaves each its own, as it does for `details`. Those that may not
    change say why.
    """
    found = [*_invoices(conn, customer_id, details, po_number)]
    if details is not None:  # a credit note prints no order number
        found += _notes(conn, customer_id, details)
    closed = set(conn.execute(_closed_months()).scalars())
    found = [replace(each, in_closed_month=period_of(each.issued_on) in closed) for each in found]
    differing = [each for each in found if each.changes]
    return sorted(differing, key=lambda each: (each.issued_on, each.number), reverse=True)


def next_document(conn: Connection, wanted: Reached, *, on: date) -> Document | NoteDocument:
    """The paper with its next version's details, issued `on`; number, dates, amounts and tax stay as they are."""
    newest = _document(conn, wanted.paper)
    details = wanted.after.details
    copies: dict[str, Any] = {
        "buyer": details,
        "language": details.language,
        "version": newest.version + 1,
        "version_on": on,
        "replaces_on": newest.version_on or newest.issued_on,
    }
    if isinstance(newest, NoteDocument):
        return replace(newest, **copies)
    copies["po_number"] = wanted.after.po_number
    if details.language != newest.language:
        rule = tax_treatment if newest.in_arrears else treatment_of_top_up
        treatment = rule(conn, newest.country, newest.issued_on)
        copies |= {"title": treatment.title(details.language), "tax_note": treatment.note(details.language)}
    return replace(newest, **copies)


def _document(conn: Connection, paper: Paper) -> Document | NoteDocument:
    return note_document(conn, paper.id) if paper.kind is PaperKind.NOTE else document(conn, paper.id)


def _shown(newest: Document | NoteDocument, row: Row[Any]) -> Document | NoteDocument:
    copies: dict[str, Any] = {
        "buyer": details_of(row),
        "language": row.language,
        "version": row.version,
        "version_on": row.issued_on if row.version > 1 else None,
        "replaces_on": row.replaces_on,
    }
    if isinstance(newest, NoteDocument):
        return replace(newest, **copies)
    return replace(newest, **copies, title=row.tax_title, tax_note=row.tax_note, po_number=row.po_number)


def _of(paper: Paper) -> Any:
    column = paper_version.c.invoice_id if paper.kind is PaperKind.INVOICE else paper_version.c.credit_note_id
    return column == paper.id


def _version(row: Row[Any]) -> PaperVersion:
    return PaperVersion(
        version=row.version,
        printed=Printed(details_of(row), row.po_number),
        issued_on=row.issued_on,
        issued_at=row.issued_at,
        issued_by=row.issued_by,
        reason=row.reason,
        template=row.template,
        sha256=row.sha256,
    )


def _closed_months() -> Any:
    return select(accounting_period.c.period).where(accounting_period.c.status == "closed")


def _shown_before(conn: Connection, customer_id: int, kind: PaperKind) -> dict[int, list[InvoiceDetails]]:
    """What each paper of a customer showed in any version that is kept."""
    of, column = (
        (invoice, paper_version.c.invoice_id)
        if kind is PaperKind.INVOICE
        else (credit_note, paper_version.c.credit_note_id)
    )
    rows = conn.execute(
        select(paper_version, column.label("paper_id"))
        .join(of, of.c.id == column)
        .where(of.c.customer_id == customer_id)
    )
    shown: defaultdict[int, list[InvoiceDetails]] = defaultdict(list)
    for row in rows:
        shown[row.paper_id].append(details_of(row))
    return shown


def _invoices(
    conn: Connection, customer_id: int, details: InvoiceDetails | None, po_number: str | None
) -> Iterator[Reached]:
    shown = _shown_before(conn, customer_id, PaperKind.INVOICE)
    for row in conn.execute(invoices_now().where(invoice.c.customer_id == customer_id)):
        made = from_row(row)
        becomes, known = details or made.details, [made.details, *shown.get(made.id, [])]
        yield Reached(
            paper=Paper(PaperKind.INVOICE, made.id),
            invoice_id=made.id,
            number=made.number,
            issued_on=made.issued_on,
            gross=made.gross,
            status=made.status.value,
            is_paid=made.status in _PAID,
            version=made.version,
            before=Printed(made.details, made.po_number),
            after=Printed(becomes, made.po_number if po_number is None else po_number),
            refusal=refusal(row.country, becomes, before=known) if details else "",
        )


def _notes(conn: Connection, customer_id: int, details: InvoiceDetails) -> Iterator[Reached]:
    shown = _shown_before(conn, customer_id, PaperKind.NOTE)
    rows = conn.execute(
        notes_now()
        .add_columns(invoice.c.country)
        .join(invoice, invoice.c.id == credit_note.c.invoice_id)
        .where(credit_note.c.customer_id == customer_id)
    )
    for row in rows:
        note = note_from_row(row)
        yield Reached(
            paper=Paper(PaperKind.NOTE, note.id),
            invoice_id=note.invoice_id,
            number=note.number,
            issued_on=note.issued_on,
            gross=note.gross,
            status=f"{note.kind.value} note",
            is_paid=False,
            version=note.version,
            before=Printed(note.buyer),
            after=Printed(details),
            refusal=refusal(row.country, details, before=[note.buyer, *shown.get(note.id, [])]),
        )
