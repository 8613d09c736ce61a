"""New versions of papers: drawn while the books stay open for others, then kept whole in one short transaction.

A change of details is either kept with every chosen paper or not at all; a number, day, amount or tax never changes.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import date
from typing import Any

from sqlalchemy import Connection, insert, select

from services.access.audit import record
from services.access.model import Principal, require
from services.customers.model import CHANGE_DETAILS, InvoiceDetails, tidy
from services.customers.operations import change_invoice_details
from services.customers.queries import customer
from services.db.engine import Transaction
from services.errors import InvalidForm, Refused, Stale
from services.invoices.credit_note_document import NoteDocument
from services.invoices.credit_note_pdf import note_pdf
from services.invoices.document import Document
from services.invoices.judging import detail_faults, po_number_fault
from services.invoices.keeping import keep_paper
from services.invoices.mailing import queue_invoice, queue_note
from services.invoices.operations import lock
from services.invoices.pdf import invoice_pdf
from services.invoices.presentation import (
    TEMPLATE,
    Changed,
    DetailsChange,
    Paper,
    PaperKind,
    Reached,
    Redrawn,
)
from services.invoices.queries import invoice as invoice_by_id
from services.invoices.queries.credit_notes import credit_note as credit_note_by_id
from services.invoices.queries.versions import next_document, paper_document, reached
from services.invoices.rows import DETAILS
from services.invoices.tables import credit_note, invoice, paper_version
from services.texts import checked_reason

MOST_PAPERS = 2_000  # in one change: their files are held until they are kept

Progress = Callable[[int, int, str], None]


class NotThisPaper(Refused):
    """A chosen paper may not show the new details, or shows them already."""


def check_details(
    conn: Connection, *, customer_id: int, details: InvoiceDetails | None, po_number: str | None = None
) -> None:
    """Judge every field as an invoice's own form does; raises `InvalidForm` with a sentence a field."""
    buyer = customer(conn, customer_id)
    wrong = detail_faults(details, buyer, details.language) if details else {}
    if po_number and (fault := po_number_fault(po_number)):
        wrong["po_number"] = fault
    if wrong:
        raise InvalidForm(wrong)


def draw_change(
    conn: Connection,
    *,
    customer_id: int,
    details: InvoiceDetails | None,
    expected_version: int | None,
    papers: Collection[Paper],
    on: date,
    for_customer: bool = True,
    po_number: str | None = None,
    progress: Progress | None = None,
) -> DetailsChange:
    """Draw the next version of the chosen papers, issued `on`; nothing is written and nobody waits.

    `for_customer` also changes what is printed from now on; without it only these papers change. Without details each
    paper keeps its own, and only `po_number` changes. Raises `InvalidForm` (fields of the details, po_number),
    `NotThisPaper`.
    """
    wanted, order = details.tidied() if details else None, None if po_number is None else tidy(po_number)
    check_details(conn, customer_id=customer_id, details=wanted, po_number=order)
    found = {each.paper: each for each in reached(conn, customer_id=customer_id, details=wanted, po_number=order)}
    chosen = [_allowed(found, paper) for paper in sorted(set(papers))]
    if len(chosen) > MOST_PAPERS:
        raise NotThisPaper(f"At most {MOST_PAPERS:,} papers change at once; choose some of the {len(chosen):,} now.")
    drawn = []
    for done, each in enumerate(chosen):
        if progress:
            progress(done, len(chosen), f"drawing {each.number}")
        drawn.append(_redrawn(conn, each, on))
    return DetailsChange(customer_id, on, wanted if for_customer else None, expected_version, tuple(drawn))


def change_details(
    tx: Transaction,
    *,
    by: Principal,
    change: DetailsChange,
    reason: str,
    send: bool = False,
    progress: Progress | None = None,
) -> Changed:
    """Keep a drawn change: the customer's details from now on, and the new version of each paper with both files.

    `send` puts each corrected copy in the outbox, to the address it prints. One audit event tells of all. Raises
    `InvalidForm` (reason), and `Stale` when the details or one of the papers changed since they were looked at, or the
    day has ended on which they were drawn.
    """
    require(by, CHANGE_DETAILS)
    reason = checked_reason(
        reason, ask="Say why the details change: it is kept with every version." * bool(change.papers)
    )
    if change.papers and change.on != tx.today:
        raise Stale("A new day has begun since these papers were drawn; look at the change again and repeat it.")
    _wait_for_turn(tx, change)
    for done, each in enumerate(change.papers):
        if progress:
            progress(done, len(change.papers), f"keeping {each.reached.number}")
        _keep(tx, by, each, reason)
        if send:
            _send(tx, by, each.reached)
    papers = {each.reached.number: each.document.version for each in change.papers}
    facts = {"papers": [f"{number}, version {version}" for number, version in papers.items()]} if papers else None
    if change.details is None:
        if facts:
            record(
                tx, by=by, act=CHANGE_DETAILS.name, subject="customer", subject_id=change.customer_id, after=facts,
                reason=reason,
            )  # fmt: skip
        return Changed(0, papers)
    version = change_invoice_details(
        tx,
        by=by,
        customer_id=change.customer_id,
        details=change.details,
        reason=reason,
        expected_version=change.expected_version,
        also=facts,
    )
    return Changed(version, papers)


def file_of(document: Document | NoteDocument) -> bytes:
    """The PDF of either paper."""
    return note_pdf(document) if isinstance(document, NoteDocument) else invoice_pdf(document)


def _allowed(found: dict[Paper, Reached], paper: Paper) -> Reached:
    if paper not in found:
        raise NotThisPaper("A chosen paper shows these details already; look at the change again.")
    if found[paper].refusal:
        raise NotThisPaper(f"{found[paper].number}: {found[paper].refusal} Credit it and issue it anew.")
    return found[paper]


def _redrawn(conn: Connection, wanted: Reached, on: date) -> Redrawn:
    document = next_document(conn, wanted, on=on)
    old = file_of(paper_document(conn, wanted.paper)) if wanted.version == 1 else None
    return Redrawn(wanted, document, old, file_of(document))


def _wait_for_turn(tx: Transaction, change: DetailsChange) -> None:
    """Take every paper in one order, so that two changes of one paper come one after the other."""
    for invoice_id in sorted({each.reached.invoice_id for each in change.papers}):
        lock(tx, invoice_id)


def _keep(tx: Transaction, by: Principal, drawn: Redrawn, reason: str) -> None:
    paper, seen = drawn.reached.paper, drawn.reached
    now = paper_document(tx.conn, paper)
    shown = (now.version, now.buyer, now.language, getattr(now, "po_number", ""))
    if shown != (seen.version, seen.before.details, seen.before.details.language, seen.before.po_number):
        raise Stale(f"{seen.number} was changed meanwhile; look at the change again and repeat it.")
    if drawn.old is not None:
        first = _issued(tx, paper)
        _insert(tx, paper, now, drawn.old, first | {"issued_on": now.issued_on, "reason": "as issued"})
    made = {"issued_at": tx.at, "issued_by_id": by.person_id, "issued_by": by.name, "reason": reason}
    _insert(tx, paper, drawn.document, drawn.new, made | {"issued_on": tx.today})


def _send(tx: Transaction, by: Principal, of: Reached) -> None:
    """Queue the new copy; a step of keeping it."""
    found = invoice_by_id(tx.conn, of.invoice_id)
    if of.paper.kind is PaperKind.NOTE:
        queue_note(tx, by=by, invoice=found, note=credit_note_by_id(tx.conn, of.paper.id))
    else:
        queue_invoice(tx, by=by, invoice=found, version=found.version)


def _issued(tx: Transaction, paper: Paper) -> dict[str, Any]:
    of = invoice if paper.kind is PaperKind.INVOICE else credit_note
    row = tx.conn.execute(select(of.c.issued_at, of.c.issued_by).where(of.c.id == paper.id)).one()
    return {"issued_at": row.issued_at, "issued_by_id": None, "issued_by": row.issued_by}


def _insert(
    tx: Transaction, paper: Paper, shown: Document | NoteDocument, content: bytes, issued: dict[str, Any]
) -> None:
    digest = keep_paper(tx, content)
    is_invoice = isinstance(shown, Document)
    row = {name: getattr(shown.buyer, name) for name in DETAILS} | {
        "invoice_id": paper.id if is_invoice else None,
        "credit_note_id": None if is_invoice else paper.id,
        "version": shown.version,
        "language": shown.language,
        "po_number": shown.po_number if isinstance(shown, Document) else "",
        "tax_title": shown.title if isinstance(shown, Document) else "",
        "tax_note": shown.tax_note if isinstance(shown, Document) else "",
        "replaces_on": shown.replaces_on,
        "template": TEMPLATE,
        "sha256": digest,
    }
    tx.conn.execute(insert(paper_version), row | issued)
