"""Reads of drafts of invoices: the one of a form, and the list of all."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, func, select

from services.customers.tables import customer
from services.errors import NotFound
from services.invoices.draft import Draft, DraftContent, details_from_json
from services.invoices.tables import invoice_draft


class NoDraft(NotFound):
    """There is no such draft."""


def draft(conn: Connection, draft_id: int) -> Draft:
    """The draft; raises `NoDraft`."""
    row = conn.execute(select(invoice_draft).where(invoice_draft.c.id == draft_id)).one_or_none()
    if row is None:
        raise NoDraft("There is no such draft any more: it was issued or deleted.")
    return _draft(row)


def draft_of_form(conn: Connection, nonce: str) -> Draft | None:
    """What is kept of the form with this nonce, if anything is."""
    row = conn.execute(select(invoice_draft).where(invoice_draft.c.nonce == nonce)).one_or_none()
    return _draft(row) if row is not None else None


def drafts(conn: Connection, *, limit: int = 50) -> list[tuple[Draft, str]]:
    """The drafts last saved, newest first, each with its customer's name."""
    c = invoice_draft.c
    wanted = select(invoice_draft, customer.c.name.label("customer")).join_from(invoice_draft, customer)
    rows = conn.execute(wanted.order_by(c.saved_at.desc(), c.id.desc()).limit(limit))
    return [(_draft(row), row.customer) for row in rows]


def drafts_kept(conn: Connection) -> int:
    """How many drafts there are."""
    return int(conn.execute(select(func.count()).select_from(invoice_draft)).scalar_one())


def _draft(row: Row[Any]) -> Draft:
    details = details_from_json(row.details)
    content = DraftContent(
        row.customer_id, row.currency, row.amount, details, row.due_on, row.po_number, bool(row.send)
    )
    return Draft(row.id, row.nonce, content, row.version, row.owner, row.begun_at, row.saved_at, row.saved_by)
