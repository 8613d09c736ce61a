"""What a paper shows of its buyer, in versions: which papers a change of details reaches, and what it may not do."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from stdnum.eu import vat as eu_vat

from services.customers import business_id
from services.customers.countries import COUNTRIES, country_name, country_of_address
from services.customers.model import InvoiceDetails
from services.invoices.credit_note_document import NoteDocument
from services.invoices.document import Document
from services.money import Money

TEMPLATE = 2  # how papers are drawn; one more with every change of the drawing that alters a paper's bytes
_SHORTEST_SHARED = 6  # signs two ids of one entity have in common at their ends, as an ACN ends an ABN


class PaperKind(StrEnum):
    """The two kinds of papers that print a buyer."""

    INVOICE = "invoice"
    NOTE = "credit note"


@dataclass(frozen=True, slots=True, order=True)
class Paper:
    """Which paper: its kind and the id of that kind."""

    kind: PaperKind
    id: int


@dataclass(frozen=True, slots=True)
class Printed:
    """What a version shows and another may show differently; nothing of it moves money or tax."""

    details: InvoiceDetails
    po_number: str = ""


@dataclass(frozen=True, slots=True)
class PaperVersion:
    """One kept version of a paper: who made it, when and why, how it was drawn, and the SHA-256 of its file."""

    version: int
    printed: Printed
    issued_on: date
    issued_at: datetime
    issued_by: str
    reason: str
    template: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Reached:
    """A paper a change of details reaches: what it shows now and would show, and why it may not, if so."""

    paper: Paper
    invoice_id: int
    number: str
    issued_on: date
    gross: Money
    status: str
    is_paid: bool
    version: int
    before: Printed
    after: Printed
    refusal: str = ""
    in_closed_month: bool = False

    @property
    def changes(self) -> dict[str, tuple[str, str]]:
        """What it shows before and after, by the name of the field, only where they differ."""
        was, becomes = flat(self.before), flat(self.after)
        return {field: (was[field], becomes[field]) for field in was if was[field] != becomes[field]}


@dataclass(frozen=True, slots=True)
class Redrawn:
    """A reached paper with its next version drawn; `old` is the file it replaces, where that is not kept yet."""

    reached: Reached
    document: Document | NoteDocument
    old: bytes | None
    new: bytes


@dataclass(frozen=True, slots=True)
class DetailsChange:
    """A change ready to be kept whole: the customer's details from now on (None: as they are), and papers redrawn."""

    customer_id: int
    on: date
    details: InvoiceDetails | None
    expected_version: int | None
    papers: tuple[Redrawn, ...] = ()


@dataclass(frozen=True, slots=True)
class Changed:
    """What a change did: the version of the customer's details in force, and the new version of each paper's number."""

    details_version: int
    papers: Mapping[str, int]


def flat(printed: Printed) -> dict[str, str]:
    """Every field a version shows, by its name."""
    shown: dict[str, Any] = asdict(printed.details) | {"po_number": printed.po_number}
    return {field: str(value) for field, value in shown.items()}


def refusal(country: str, after: InvoiceDetails, *, before: Collection[InvoiceDetails]) -> str:
    """Why a paper taxed for a country may not show these details; empty when it may.

    `before` are all details it ever showed. Another country, tax class or legal entity needs a credit note and a new
    invoice; what was missing may always be added, and what was wrong (an id with wrong check digits) put right.
    """
    other = country_of_address(after.address)
    if other and other != country and other not in {country_of_address(each.address) for each in before}:
        return f"The new address is in {country_name(other)}, and this paper was taxed for {country_name(country)}."
    shown = {each.business_id for each in before if _names_entity(each.business_id, country)}
    given = after.business_id
    if not given or any(_same_entity(given, each) for each in shown):
        return ""
    if shown:
        return f"{given} is the id of another legal entity than {', '.join(sorted(shown))}, for whom it was issued."
    elsewhere = business_id.compact(given)[:2]
    if elsewhere != country and elsewhere in COUNTRIES and eu_vat.is_valid(business_id.compact(given)):
        taxed = f"this paper was taxed for {country_name(country)}"
        return f"{given} is a VAT number of {country_name(elsewhere)}, and {taxed}."
    return ""


def _names_entity(given: str, country: str) -> bool:
    return bool(business_id.compact(given)) and business_id.fault(given, country=country) is None


def _same_entity(one: str, other: str) -> bool:
    """Whether two ids can be the same entity's: equal, or one the end of the other, as the SIREN in a French VAT id."""
    first, second = sorted((business_id.compact(one), business_id.compact(other)), key=len)
    return first == second or (len(first) >= _SHORTEST_SHARED and second.endswith(first))
