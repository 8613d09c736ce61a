"""Keeping drafts of invoices on the server: saved as somebody types, taken up by anybody in accounting, deleted."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, insert, update

from services.access.audit import record
from services.access.model import Principal, require
from services.customers.queries import customer
from services.db.engine import Transaction
from services.db.turns import wait_for_turn
from services.errors import InvalidForm, Refused, Stale
from services.invoices.draft import Draft, DraftContent, details_to_json
from services.invoices.model import DRAFT_INVOICE
from services.invoices.queries import issued_by_form
from services.invoices.queries.drafts import draft, draft_of_form
from services.invoices.tables import invoice_draft


class AlreadyIssued(Refused):
    """The form has issued its invoice, so there is nothing to keep any more."""


def save_draft(
    tx: Transaction, *, by: Principal, nonce: str, content: DraftContent, expected_version: int | None = None
) -> Draft:
    """Keep what stands in a form; `nonce` is the form's, and the owner who saved it first.

    The same content again changes nothing. Raises `AlreadyIssued`, `InvalidForm` for texts too long to keep,
    `NoCustomer`, and `Stale` when another version than the expected one (0: none) is kept, or it was deleted.
    """
    require(by, DRAFT_INVOICE)
    wait_for_turn(tx, nonce)
    if made := issued_by_form(tx.conn, nonce):
        raise AlreadyIssued(f"This form has issued {made.number} already; open a new form for another invoice.")
    if wrong := content.faults():
        raise InvalidForm(wrong)
    customer(tx.conn, content.customer_id)
    kept = draft_of_form(tx.conn, nonce)
    if kept is not None and kept.content == content:
        return kept
    refuse_stale(kept, expected_version)
    now = _values(content) | {"saved_at": tx.at, "saved_by": by.name}
    if kept is None:
        first = {"nonce": nonce, "version": 1, "owner_id": by.person_id, "owner": by.name, "begun_at": tx.at}
        tx.conn.execute(insert(invoice_draft).values(now | first))
    else:
        tx.conn.execute(
            update(invoice_draft).where(invoice_draft.c.id == kept.id).values(now | {"version": kept.version + 1})
        )
    saved = draft_of_form(tx.conn, nonce)
    assert saved is not None  # noqa: S101 - written above
    return saved


def delete_draft(tx: Transaction, *, by: Principal, draft_id: int) -> None:
    """Delete a draft, whoever began it. Raises `NoDraft` when it was issued or deleted already."""
    require(by, DRAFT_INVOICE)
    kept = draft(tx.conn, draft_id)
    tx.conn.execute(delete(invoice_draft).where(invoice_draft.c.id == draft_id))
    said = {"owner": kept.owner, "amount": f"{kept.content.amount} {kept.content.currency}".strip()}
    said |= {"company_name": kept.content.details.company_name}
    record(tx, by=by, act=DRAFT_INVOICE.name, subject="invoice draft", subject_id=draft_id, before=said)


def refuse_stale(kept: Draft | None, expected_version: int | None) -> None:
    """Raise `Stale` where another version than the expected one (0: none; None: any) is kept."""
    if expected_version is None or expected_version == (kept.version if kept else 0):
        return
    if kept is None:
        raise Stale("Somebody deleted this draft meanwhile; open a new form, or find the invoice in the list.")
    raise Stale(f"{kept.saved_by} changed this draft meanwhile; nothing you type here is kept. Load it again to go on.")


def _values(content: DraftContent) -> dict[str, Any]:
    return {
        "customer_id": content.customer_id,
        "currency": content.currency,
        "amount": content.amount,
        "details": details_to_json(content.details),
        "due_on": content.due_on,
        "po_number": content.po_number,
        "send": content.send,
    }
