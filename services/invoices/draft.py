"""A draft of an invoice: a form that was begun, kept as it was typed until it is issued or deleted."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta

from services.customers.model import InvoiceDetails, length_faults
from services.texts import text_faults

OLD_AFTER = timedelta(days=7)
LONGEST_AMOUNT = 40
_ANEW = re.compile(r"anew-of-invoice-(\d{1,12})")


@dataclass(frozen=True, slots=True)
class DraftContent:
    """What stands in the form: `amount` as typed, `due_on` None for the usual term, `send` the tick for e-mail."""

    customer_id: int
    currency: str
    amount: str
    details: InvoiceDetails
    due_on: date | None = None
    po_number: str = ""
    send: bool = True

    def faults(self) -> dict[str, str]:
        """A sentence for each text that is too long to keep or cannot be printed; nothing else is judged yet."""
        texts = asdict(self.details) | {"po_number": self.po_number}
        return text_faults({"amount": self.amount}, longest=LONGEST_AMOUNT) | length_faults(texts)


@dataclass(frozen=True, slots=True)
class Draft:
    """A kept draft; `nonce` is its form's and becomes its invoice's, so that issued twice it is one invoice."""

    id: int
    nonce: str
    content: DraftContent
    version: int
    owner: str
    begun_at: datetime
    saved_at: datetime
    saved_by: str

    def is_old(self, now: datetime) -> bool:
        """Whether it lay so long that rates, details and prices may have moved on."""
        return now - self.saved_at > OLD_AFTER


def form_anew(invoice_id: int) -> str:
    """The nonce of the one form that issues a credited invoice anew, so that it is not issued anew twice."""
    return f"anew-of-invoice-{invoice_id}"


def anew_of(nonce: str) -> int | None:
    """The id of the invoice that a form issues anew; None for any other form."""
    found = _ANEW.fullmatch(nonce)
    return int(found[1]) if found else None


def details_to_json(details: InvoiceDetails) -> str:
    """As kept in a row."""
    return json.dumps(asdict(details), ensure_ascii=False, sort_keys=True)


def details_from_json(text: str) -> InvoiceDetails:
    """Back from `details_to_json`."""
    return InvoiceDetails(**json.loads(text))
