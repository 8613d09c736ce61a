"""What the states of an invoice request and the things it may lack are called."""

from __future__ import annotations

from typing import Final

from pages._ui.frame import Badge, Colour
from pages._ui.text import count
from services.requests.model import InvoiceRequest, RequestStatus

EVERY: Final = "every"
WAITING = "Waiting for an invoice"
WORDS = {
    RequestStatus.RECEIVED.value: "Received",
    RequestStatus.INCOMPLETE.value: "Incomplete",
    RequestStatus.ISSUED.value: "Issued",
    RequestStatus.PAID.value: "Paid",
    RequestStatus.CANCELLED.value: "Cancelled",
    EVERY: "All of them",
}
_COLOURS: dict[RequestStatus, Colour] = {
    RequestStatus.RECEIVED: "blue",
    RequestStatus.INCOMPLETE: "orange",
    RequestStatus.ISSUED: "violet",
    RequestStatus.PAID: "green",
    RequestStatus.CANCELLED: "gray",
}
_FIELDS = {
    "customer": "a customer who pays before",
    "company_name": "company name",
    "address": "address or business id",
    "business_id": "valid business id",
    "email": "e-mail",
    "contact_name": "contact name",
    "contact_phone": "contact number",
    "currency": "bank account or rate",
    "amount": "amount",
    "po_number": "purchase-order number",
}


def badge(found: InvoiceRequest) -> Badge:
    """Where it stands, in words."""
    return Badge(WORDS[found.status.value], _COLOURS[found.status])


def lacks(fields: str) -> str:
    """The fields of a row that are missing, in words: "amount, e-mail"."""
    return ", ".join(_FIELDS.get(each, each) for each in fields.split(", ") if each)


def ago(days: int) -> str:
    """How long ago somebody asked: "today", "1 day ago"."""
    return f"{count(days, 'day')} ago" if days else "today"
