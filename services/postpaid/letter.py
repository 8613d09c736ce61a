"""A letter to a customer about its application: what it says, before it is drawn; nothing internal is ever in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from services.customers.model import Customer, InvoiceDetails
from services.errors import NotFound
from services.invoices.document import Seller
from services.papers.wording import LANGUAGES
from services.pictures import Picture
from services.postpaid.application import Application, Asked, Verdict

__all__ = ["LANGUAGES", "Letter", "LetterKind", "LetterPaper", "NoSuchLetterKept", "decision_kind", "letter_paper"]


class NoSuchLetterKept(NotFound):
    """No letter has this id."""


class LetterKind(StrEnum):
    """What a letter tells: a decision, or that something is missing."""

    APPROVED = "approved"
    CONDITIONS = "conditions"
    DECLINED = "declined"
    MORE = "more"

    @property
    def label(self) -> str:
        """The words on screen."""
        return {
            "approved": "Approval",
            "conditions": "Approval on conditions",
            "declined": "Decline",
            "more": "More asked for",
        }[self.value]


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter as it was given out: the SHA-256 of its file, and the question it asks, where it asks one."""

    id: int
    application_id: int
    kind: LetterKind
    language: str
    question_id: int | None
    issued_on: date
    made_at: datetime
    made_by: str
    sha256: str

    @property
    def file_name(self) -> str:
        """What the file is called when downloaded or sent."""
        asks = f"_question_{self.question_id}" if self.question_id else ""
        return f"Postpaid_application_{self.application_id}{asks}_{self.language}.pdf"


@dataclass(frozen=True, slots=True)
class LetterPaper:
    """Everything printed. `terms` are the decided ones, of an approval only; `said` are the conditions or the question.

    `contact` and the lines of `address` may be empty.
    """

    kind: LetterKind
    language: str
    application_id: int
    applied_on: date
    issued_on: date
    seller: Seller
    company_name: str
    address: tuple[str, ...]
    contact: str
    username: str
    account_id: str
    terms: Asked | None
    said: str
    signed_by: str
    logo: Picture | None = None


def decision_kind(verdict: Verdict, conditions: str) -> LetterKind:
    """Which letter a decision is told by."""
    if verdict is Verdict.DECLINE:
        return LetterKind.DECLINED
    return LetterKind.CONDITIONS if conditions else LetterKind.APPROVED


def letter_paper(
    kind: LetterKind,
    found: Application,
    owner: Customer,
    details: InvoiceDetails | None,
    *,
    seller: Seller,
    language: str,
    said: str,
    on: date,
    signed_by: str,
    logo: Picture | None = None,
) -> LetterPaper:
    """The letter of an application as it stands; to whom it goes is what the customer's invoices print."""
    approved = kind in {LetterKind.APPROVED, LetterKind.CONDITIONS} and found.decided is not None
    return LetterPaper(
        kind=kind,
        language=language,
        application_id=found.id,
        applied_on=found.opened_on,
        issued_on=on,
        seller=seller,
        company_name=details.company_name if details else owner.name,
        address=tuple(details.address.split("\n")) if details else (),
        contact=details.contact_name if details else "",
        username=owner.username,
        account_id=owner.account_id,
        terms=found.decided.terms if approved and found.decided else None,
        said=said,
        signed_by=signed_by,
        logo=logo,
    )
