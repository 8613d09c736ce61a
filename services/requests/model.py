"""A request for a bank-transfer invoice, and where it stands: typed by nobody, it follows from what is known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from enum import StrEnum

from services.access.model import EVERYONE, Permission, Role
from services.customers.model import LONGEST_TICKET, Customer, InvoiceDetails, length_faults, tidy
from services.invoices.model import InvoiceStatus
from services.money import Money
from services.texts import text_fault

SEE_REQUESTS = Permission("requests.see", "see invoice requests", EVERYONE)
TAKE_REQUESTS = Permission(
    "requests.take", "take and change invoice requests", frozenset({Role.ACCOUNTING, Role.SUPPORT})
)
OWNERS = TAKE_REQUESTS.roles
LONGEST_NOTE = 1_000


class RequestStatus(StrEnum):
    """Where a request stands.

    Received has all an invoice needs; incomplete lacks something. Issued waits for its money. Cancelled is what nobody
    waits for any more: by a person's word, or because its invoice is void, expired, credited or written off.
    """

    RECEIVED = "received"
    INCOMPLETE = "incomplete"
    ISSUED = "issued"
    PAID = "paid"
    CANCELLED = "cancelled"

    @property
    def waits(self) -> bool:
        """Whether an invoice is still to be issued."""
        return self in {RequestStatus.RECEIVED, RequestStatus.INCOMPLETE}


PAID_BY = frozenset({InvoiceStatus.PAID, InvoiceStatus.SETTLED_SHORT})
ENDED_BY = frozenset({InvoiceStatus.VOID, InvoiceStatus.EXPIRED, InvoiceStatus.CREDITED, InvoiceStatus.WRITTEN_OFF})


class Channel(StrEnum):
    """How a request reached us."""

    EMAIL = "e-mail"
    PHONE = "phone"
    SUPPORT = "support ticket"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Asked:
    """What a customer asks for, as far as it was said: an empty detail is printed as the customer's own.

    `gross` includes tax and is None while nobody said it; `currency` then is the one it will be in.
    """

    customer_id: int
    currency: str
    gross: Money | None
    details: InvoiceDetails
    channel: Channel
    received_on: date
    ticket_id: str = ""
    po_number: str = ""
    note: str = ""

    def tidied(self) -> Asked:
        """The same without stray spaces."""
        texts = (tidy(self.ticket_id), tidy(self.po_number), tidy(self.note))
        details = self.details.tidied()
        return Asked(self.customer_id, self.currency, self.gross, details, self.channel, self.received_on, *texts)

    def faults(self, today: date) -> dict[str, str]:
        """A sentence for each field that cannot be kept; what is only missing is no fault of a request."""
        texts = {each.name: getattr(self.details, each.name) for each in fields(self.details)}
        found = length_faults(texts | {"po_number": self.po_number})
        if wrong := text_fault(self.ticket_id, longest=LONGEST_TICKET):
            found["ticket_id"] = wrong
        if wrong := text_fault(self.note, longest=LONGEST_NOTE, lines=True):
            found["note"] = wrong
        if self.received_on > today:
            found["received_on"] = f"{self.received_on} is still to come; choose a day up to {today}."
        if self.gross is not None and self.gross.micros <= 0:
            found["amount"] = "An amount is more than nothing; leave it out while nobody said it."
        return found


@dataclass(frozen=True, slots=True)
class Outcome:
    """The invoice that was issued out of a request, as it stands."""

    invoice_id: int
    number: str
    status: InvoiceStatus
    gross: Money


@dataclass(frozen=True, slots=True)
class InvoiceRequest:
    """A kept request. `missing` holds a sentence a field while it waits; `form` is the nonce of its invoice's form."""

    id: int
    customer: Customer
    asked: Asked
    details: InvoiceDetails
    missing: Mapping[str, str]
    owner_id: int | None
    owner: str
    form: str
    version: int
    opened_at: datetime
    opened_by: str
    cancelled_at: datetime | None
    cancelled_by: str
    cancel_reason: str
    outcome: Outcome | None

    @property
    def status(self) -> RequestStatus:
        """Where it stands."""
        return status_of(
            self.outcome.status if self.outcome else None,
            cancelled=self.cancelled_at is not None,
            complete=not self.missing,
        )

    def age(self, today: date) -> int:
        """Whole days since the customer asked."""
        return (today - self.asked.received_on).days


@dataclass(frozen=True, slots=True)
class Step:
    """One step in a request's history: what was done, by whom, when, and in words what changed."""

    at: datetime
    by: str
    did: str
    said: str


def status_of(invoice: InvoiceStatus | None, *, cancelled: bool, complete: bool) -> RequestStatus:
    """The status that follows from the invoice issued out of a request, else from the request itself."""
    if invoice in PAID_BY:
        return RequestStatus.PAID
    if invoice in ENDED_BY:
        return RequestStatus.CANCELLED
    if invoice is not None:
        return RequestStatus.ISSUED
    if cancelled:
        return RequestStatus.CANCELLED
    return RequestStatus.RECEIVED if complete else RequestStatus.INCOMPLETE


def filled(asked: InvoiceDetails, kept: InvoiceDetails | None, customer: Customer) -> InvoiceDetails:
    """What the invoice would print: what was asked for, else what the customer's invoices print, else what is known."""
    own = kept or InvoiceDetails(
        customer.name, email=customer.email, contact_name=customer.contact_name, contact_phone=customer.phone
    )
    chosen = {each.name: getattr(asked, each.name) or getattr(own, each.name) for each in fields(InvoiceDetails)}
    return InvoiceDetails(**chosen)
