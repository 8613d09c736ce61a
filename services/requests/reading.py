"""Requests as values: each with what its invoice would print, what is missing on a day, and the invoice it became."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, Select, func, select

from services.customers.model import Customer, InvoiceDetails
from services.customers.queries import customer, invoice_details
from services.customers.tables import invoice_details as details_table
from services.errors import NotFound
from services.invoices.draft import details_from_json
from services.invoices.judging import Offer, faults, offer_in
from services.invoices.model import InvoiceStatus
from services.invoices.tables import invoice
from services.money import Money
from services.requests.model import Asked, Channel, InvoiceRequest, Outcome, Step, filled
from services.requests.tables import invoice_request, invoice_request_step

Kept = Mapping[int, InvoiceDetails]


class NoRequest(NotFound):
    """There is no such request."""


def request(conn: Connection, request_id: int, *, on: date) -> InvoiceRequest:
    """The request as it stands on a day; raises `NoRequest`."""
    found = _requests(conn, joined().where(invoice_request.c.id == request_id), on)
    if not found:
        raise NoRequest(f"There is no invoice request {request_id}; look it up in the list.")
    return found[0]


def request_of_form(conn: Connection, form: str, *, on: date) -> InvoiceRequest | None:
    """The request whose invoice the form with this nonce issues, or has issued."""
    found = _requests(conn, joined().where(invoice_request.c.form == form), on)
    return found[0] if found else None


def steps(conn: Connection, request_id: int) -> list[Step]:
    """The history of a request, oldest first."""
    c = invoice_request_step.c
    rows = conn.execute(select(invoice_request_step).where(c.request_id == request_id).order_by(c.id))
    return [Step(row.done_at, row.done_by, row.did, row.said) for row in rows]


def joined() -> Select[Any]:
    """Requests with the invoice each became, if it did; void and expired ones too."""
    made = (
        invoice.c.id.label("invoice_id"),
        invoice.c.number,
        invoice.c.status.label("invoice_status"),
        invoice.c.currency.label("invoice_currency"),
        invoice.c.gross_micros.label("invoice_micros"),
    )
    return select(invoice_request, *made).select_from(with_invoice())


def with_invoice() -> Any:
    """The join of requests and the invoices their forms issued."""
    return invoice_request.outerjoin(invoice, invoice.c.nonce == invoice_request.c.form)


def _requests(conn: Connection, wanted: Select[Any], on: date) -> list[InvoiceRequest]:
    rows = conn.execute(wanted).all()
    wrong = missing_of(conn, rows, on=on)
    return [_request(conn, row, wrong.get(row.id, {})) for row in rows]


def missing_of(conn: Connection, rows: Sequence[Row[Any]], *, on: date) -> dict[int, dict[str, str]]:
    """What the requests of these rows lack for an invoice on a day: a sentence a field by request id.

    Those that became an invoice or were cancelled lack nothing. Customers, their details and the offer of each
    currency are looked up once.
    """
    waiting = [row for row in rows if row.invoice_id is None and row.cancelled_at is None]
    buyers = {number: customer(conn, number) for number in {row.customer_id for row in waiting}}
    kept = _details_of(conn, list(buyers))
    offers: dict[str, Offer | str] = {code: offer_in(conn, code, on) for code in {row.currency for row in waiting}}
    found = {}
    for row in waiting:
        asked, buyer = _asked(row), buyers[row.customer_id]
        details = filled(asked.details, kept.get(buyer.id), buyer).tidied()
        wrong = faults(
            buyer=buyer,
            offer=offers[row.currency],
            gross=asked.gross,
            details=details,
            language=details.language,
            due_on=None,
            po_number=asked.po_number,
            on=on,
        )
        if wrong:
            found[row.id] = wrong
    return found


def _details_of(conn: Connection, customer_ids: Sequence[int]) -> Kept:
    """The newest invoice details of these customers, in one look-up."""
    c = details_table.c
    newest = select(c.customer_id, func.max(c.version).label("version")).where(c.customer_id.in_(customer_ids))
    latest = newest.group_by(c.customer_id).subquery()
    own = details_table.join(latest, (latest.c.customer_id == c.customer_id) & (latest.c.version == c.version))
    return {
        row.customer_id: InvoiceDetails(
            company_name=row.company_name,
            address=row.address,
            business_id=row.business_id,
            email=row.email,
            contact_name=row.contact_name,
            contact_phone=row.contact_phone,
            language=row.language,
        )
        for row in conn.execute(select(details_table).select_from(own))
    }


def _request(conn: Connection, row: Row[Any], missing: Mapping[str, str]) -> InvoiceRequest:
    buyer: Customer = customer(conn, row.customer_id)
    asked = _asked(row)
    outcome = None
    if row.invoice_id is not None:
        gross = Money(row.invoice_micros, row.invoice_currency)
        outcome = Outcome(row.invoice_id, row.number, InvoiceStatus(row.invoice_status), gross)
    return InvoiceRequest(
        id=row.id,
        customer=buyer,
        asked=asked,
        details=filled(asked.details, invoice_details(conn, buyer.id), buyer),
        missing=missing,
        owner_id=row.owner_id,
        owner=row.owner,
        form=row.form,
        version=row.version,
        opened_at=row.opened_at,
        opened_by=row.opened_by,
        cancelled_at=row.cancelled_at,
        cancelled_by=row.cancelled_by,
        cancel_reason=row.cancel_reason,
        outcome=outcome,
    )


def _asked(row: Row[Any]) -> Asked:
    gross = Money(row.gross_micros, row.currency) if row.gross_micros is not None else None
    return Asked(
        row.customer_id,
        row.currency,
        gross,
        details_from_json(row.details),
        Channel(row.channel),
        row.received_on,
        row.ticket_id,
        row.po_number,
        row.note,
    )
