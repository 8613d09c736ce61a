"""The kinds of terms a customer is found by; a new kind is one line of `KINDS`, and whatever finds reads it there.

A kind in a table that is not searched yet needs its `Source` too, and that table's triggers as in migration 0035.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from typing import NamedTuple

from services.search.words import (
    Forms,
    digit_forms,
    email_forms,
    end_forms,
    login_forms,
    paper_forms,
    phone_forms,
    text_forms,
)


class Source(IntEnum):
    """What a term belongs to: the customer, or a record of the customer's."""

    CUSTOMER = 0
    INVOICE = 1
    NUMBER = 2
    CARD = 3


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of term: its name on screen, its column, how much it counts in per mille, and how it is found."""

    label: str
    source: Source
    column: str
    weight: int
    forms: Callable[[str], Forms]


KINDS = (
    Kind("Name", Source.CUSTOMER, "name", 1000, text_forms),
    Kind("Account id", Source.CUSTOMER, "account_id", 1000, digit_forms),
    Kind("Username", Source.CUSTOMER, "username", 990, login_forms),
    Kind("Phone", Source.CUSTOMER, "phone", 970, phone_forms),
    Kind("E-mail", Source.CUSTOMER, "email", 900, email_forms),
    Kind("Contact", Source.CUSTOMER, "contact_name", 900, text_forms),
    Kind("Invoice", Source.INVOICE, "number", 990, paper_forms),
    Kind("Payment reference", Source.INVOICE, "reference", 980, paper_forms),
    Kind("Dedicated number", Source.NUMBER, "e164", 980, phone_forms),
    Kind("Card ending", Source.CARD, "last_four", 990, end_forms),
)


class Record(NamedTuple):
    """A row of a source; for the customer itself `record_id` is the customer's id."""

    customer_id: int
    source: Source
    record_id: int


@dataclass(frozen=True, slots=True)
class Term:
    """One text somebody may be found by, as it stands now."""

    kind: Kind
    text: str
    forms: Forms


@dataclass(frozen=True, slots=True)
class Hit:
    """One answer: the customer, the record that was found where it was one, what matched, and how well (0 to 1000).

    It `fits` where every typed word is there or begun, none of them only with a slip; of a number alone that is not
    asked, because what merely begins like one is no better than the number with two digits swapped.
    """

    record: Record
    name: str
    account_id: str
    matched: Term
    score: int
    fits: bool

    @property
    def reason(self) -> str:
        """What matched, in words: "Invoice INV-2026-000123", "E-mail a…@acme.example"."""
        text = masked_email(self.matched.text) if self.matched.kind.forms is email_forms else self.matched.text
        return f"{self.matched.kind.label} {text}"

    @property
    def rank(self) -> tuple[bool, int, int, str, int, int]:
        """What fits first, the best first, then by account id as a number, the customer before its newest record."""
        return (
            not self.fits,
            -self.score,
            len(self.account_id),
            self.account_id,
            int(self.record.source),
            -self.record.record_id,
        )


def index_words(terms: tuple[Term, ...]) -> set[str]:
    """What the index keeps of a record: its words, and its keys and ends with marks by which they are told apart."""
    words = {word for term in terms for word in term.forms.words}
    ends = {as_end(end) for term in terms for end in term.forms.ends}
    return words | ends | {as_key(key) for term in terms for key in term.forms.keys}


def as_key(word: str) -> str:
    """A key as the index keeps it."""
    return f"={word}"


def as_end(backwards: str) -> str:
    """The digits of a number, the last one first, as the index keeps them."""
    return f"~{backwards}"


def masked_email(email: str) -> str:
    """An e-mail address by its first letter and its domain, as lists show it: "a…@acme.example"."""
    name, at, domain = email.rpartition("@")
    return f"{name[:1]}…{at}{domain}"
