"""Customers, what their invoices print, and the rules a form must satisfy."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, fields
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from services.access.model import Permission, Role
from services.customers.countries import COUNTRIES
from services.texts import is_email, text_fault

_ALL_STAFF = frozenset({Role.ACCOUNTING, Role.MANAGER, Role.SUPPORT})
CREATE_CUSTOMER = Permission("customers.create_customer", "create a customer", _ALL_STAFF)
CHANGE_DETAILS = Permission("customers.change_details", "change invoice details", _ALL_STAFF)
CHANGE_COUNTRY = Permission(
    "customers.change_country", "change the country of a customer", frozenset({Role.ACCOUNTING, Role.MANAGER})
)
ADD_NOTE = Permission("customers.add_note", "add a note to a customer", _ALL_STAFF)

LANGUAGES = ("en", "fr")
LONGEST_FIELD = 200
LONGEST_ADDRESS = 500
LONGEST_NOTE = 5_000
LONGEST_TICKET = 60

_USERNAME = re.compile(r"[^\s/?#&%]{2,64}")
_PHONE = re.compile(r"\+?[0-9 ().\-/]{5,30}")
_ACCOUNT_ID = re.compile(r"[1-9][0-9]{4,11}")


class BillingMode(StrEnum):
    """Whether a customer pays before or after; prepaid unless a review decided otherwise (product.md, rule 14)."""

    PREPAID = "prepaid"
    POSTPAID = "postpaid"


@dataclass(frozen=True, slots=True)
class Customer:
    """Who buys credit: `account_id` and `username` as on the platform, `currency` the one they are billed in."""

    id: int
    account_id: str
    username: str
    name: str
    email: str
    phone: str
    contact_name: str
    country: str
    currency: str
    created_on: date
    billing_mode: BillingMode = BillingMode.PREPAID

    @property
    def pays_afterwards(self) -> bool:
        """Whether it is invoiced for what it used, and buys no credit (rules 8 and 32)."""
        return self.billing_mode is BillingMode.POSTPAID


@dataclass(frozen=True, slots=True)
class InvoiceDetails:
    """What an invoice prints about the buyer and where it is sent (product.md, rule 6).

    `address` holds its lines, parted by line feeds; `language` is "en" or "fr".
    """

    company_name: str
    address: str = ""
    business_id: str = ""
    email: str = ""
    contact_name: str = ""
    contact_phone: str = ""
    language: str = "en"

    def tidied(self) -> InvoiceDetails:
        """The same without stray spaces or empty address lines."""
        texts: dict[str, Any] = {each.name: tidy(getattr(self, each.name)) for each in fields(self)}
        return InvoiceDetails(**texts)

    def faults(self) -> dict[str, str]:
        """A sentence for each field that is missing or wrong; empty when all is well."""
        found = _required(
            {
                "company_name": (self.company_name, "Enter the company name to print on the invoice."),
                "email": (self.email, "Enter the e-mail address the invoice is sent to."),
                "contact_name": (self.contact_name, "Enter the name of a contact person."),
                "contact_phone": (self.contact_phone, "Enter the contact person's phone number."),
            }
        )
        if not self.address.strip() and not self.business_id.strip():
            found["address"] = "Enter an address or a business id to print."
        if self.language not in LANGUAGES:
            found["language"] = "Choose English or French."
        found |= email_fault("email", self.email) | phone_fault("contact_phone", self.contact_phone)
        return found | length_faults({each.name: getattr(self, each.name) for each in fields(self)})


@dataclass(frozen=True, slots=True)
class DetailsVersion:
    """One kept version of a customer's invoice details: who changed them, when and why."""

    version: int
    details: InvoiceDetails
    changed_at: datetime
    changed_by: str
    reason: str


@dataclass(frozen=True, slots=True)
class Note:
    """What a member of staff wrote about a customer, with the ticket it came from."""

    id: int
    customer_id: int
    body: str
    ticket_id: str
    written_at: datetime
    written_by: str


@dataclass(frozen=True, slots=True)
class NewCustomer:
    """What the form for a new customer holds, before it is checked."""

    username: str
    name: str
    email: str
    country: str
    currency: str
    phone: str = ""
    contact_name: str = ""

    def faults(self) -> dict[str, str]:
        """A sentence for each field that is missing or wrong; the currency is checked against the books elsewhere."""
        found = _required(
            {
                "username": (self.username, "Enter the customer's username."),
                "name": (self.name, "Enter the customer's name."),
                "email": (self.email, "Enter the customer's e-mail address."),
                "country": (self.country, "Choose the customer's country."),
                "currency": (self.currency, "Choose the currency the customer is billed in."),
            }
        )
        if self.username and not _USERNAME.fullmatch(self.username):
            found["username"] = "A username has 2 to 64 characters and no spaces; check what was typed."
        if self.country and self.country not in COUNTRIES:
            found["country"] = f"“{self.country}” is not a country; use its two letters, such as AU."
        found |= email_fault("email", self.email) | phone_fault("phone", self.phone)
        return found | length_faults({each.name: getattr(self, each.name) for each in fields(self)})


def is_account_id(text: str) -> bool:
    """Whether a text has the form of an account id: at least five digits, the first not zero."""
    return _ACCOUNT_ID.fullmatch(text) is not None


def email_fault(field: str, email: str) -> dict[str, str]:
    """The sentence for a typed e-mail address of the wrong form; nothing for an empty one."""
    if not email or is_email(email):
        return {}
    return {field: f"“{email}” is not an e-mail address; it has a name, one @ and a domain with a dot."}


def phone_fault(field: str, phone: str) -> dict[str, str]:
    """The sentence for a typed phone number of the wrong form; nothing for an empty one."""
    if not phone or _PHONE.fullmatch(phone):
        return {}
    return {field: f"“{phone}” is not a phone number; write it like +61 2 5550 1234."}


def length_faults(texts: dict[str, str]) -> dict[str, str]:
    """A sentence for each text too long to print, or holding characters that cannot be printed."""
    found = {
        field: text_fault(
            text, longest=LONGEST_ADDRESS if field == "address" else LONGEST_FIELD, lines=field == "address"
        )
        for field, text in texts.items()
    }
    return {field: sentence for field, sentence in found.items() if sentence}


def tidy(text: str) -> str:
    """A typed text in composed form without stray spaces or empty lines."""
    composed = unicodedata.normalize("NFC", text)
    lines = (" ".join(line.split()) for line in composed.replace("\r\n", "\n").split("\n"))
    return "\n".join(line for line in lines if line)


def _required(texts: dict[str, tuple[str, str]]) -> dict[str, str]:
    return {field: sentence for field, (text, sentence) in texts.items() if not text.strip()}
