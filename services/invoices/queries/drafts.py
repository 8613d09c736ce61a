"""Reads of drafts of invoices: the one of a form, and the list of all."""

from __future__ import annotations

from typing import Any

import pandas as pd
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


def drafts(conn: Connection, *, limit: int = 50) -> pd.DataFrame:
    """The drafts last saved, newest first; `amount` is as typed.

    Columns: id, nonce, customer_id, customer (its name), currency, amount, owner, begun_at, saved_at.
    """
    c = invoice_draft.c
    names = (c.id, c.nonce, c.customer_id, customer.c.name.label("customer"), c.currency, c.amount, c.owner)
    wanted = select(*names, c.begun_at, c.saved_at).join_from(invoice_draft, customer)
    found = conn.execute(wanted.order_by(c.saved_at.desc(), c.id.desc()).limit(limit))
    return pd.DataFrame(found.all(), columns=list(found.keys()))


def drafts_kept(conn: Connection) -> int:
    """How many drafts there are."""
    return int(conn.execute(select(func.count()).select_from(invoice_draft)).scalar_one())


def _draft(row: Row[Any]) -> Draft:
    content = DraftContent(
        row.customer_id, row.currency, row.amount, details_from_json(row.details), row.due_on, row.po_number
    )
    return Draft(row.id, row.nonce, content, row.version, row.owner, row.begun_at, row.saved_at, row.saved_by)
