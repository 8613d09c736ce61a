"""The eight products and one day's usage of one of them by one customer towards one country."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from services.access.model import Permission, Role
from services.errors import BrokenInvariant, Refused


class Product(StrEnum):
    """What a customer's credit buys besides number rental; the first thing usage is seen by (`product.md`, rule 22)."""

    SMS = "sms"
    MMS = "mms"
    VOICE = "voice"
    FAX = "fax"
    POST = "post"
    POSTCARDS = "postcards"
    EMAIL = "email"
    EMAIL_TRANSACTIONAL = "email_transactional"

    @property
    def label(self) -> str:
        """The product as a screen names it."""
        return _LABELS[self]


_LABELS = {
    Product.SMS: "SMS",
    Product.MMS: "MMS",
    Product.VOICE: "Voice",
    Product.FAX: "Fax",
    Product.POST: "Letters",
    Product.POSTCARDS: "Postcards",
    Product.EMAIL: "E-mail campaigns",
    Product.EMAIL_TRANSACTIONAL: "Transactional e-mail",
}

POST_USAGE = Permission("usage.post", "post usage", frozenset({Role.ACCOUNTING}))


class NotUsage(Refused):
    """A day of usage has no customer-facing sense: nothing sent, a negative price, no country."""


class UsageChanged(Refused):
    """The same source says something else about a day it has already reported."""

    def __init__(self, usage: UsageDay, source: str) -> None:
        """Name the day, so that the difference can be looked up."""
        super().__init__(
            f"“{source}” already reported {usage.product.label} of {usage.day} for customer {usage.customer_id} with"
            " other figures; undo that import first, or give the correction a source of its own."
        )


@dataclass(frozen=True, slots=True)
class UsageDay:
    """What one customer sent of one product to one country on one company day.

    `messages` were accepted, `parts` were charged (one long SMS has several), `micros` is the price in `currency`,
    `records` the message records behind it where they are kept.
    """

    day: date
    customer_id: int
    product: Product
    country: str
    currency: str
    messages: int
    parts: int
    micros: int
    records: int = 0

    def __post_init__(self) -> None:
        """Refuse what no import may bring in; raises `NotUsage`."""
        if type(self.micros) is not int:
            raise BrokenInvariant(f"usage takes int micros, not {type(self.micros).__name__}")
        if self.messages <= 0 or self.parts < 0 or self.micros < 0:
            raise NotUsage(f"Usage of {self.day} needs at least one message and no negative figures; correct the row.")
        if len(self.country) != len("AU") or not self.country.isupper():
            raise NotUsage(f"“{self.country}” is not a country; use two capital letters such as AU.")

    @property
    def entry(self) -> tuple[int, Product, date]:
        """What shares one journal entry: the customer, the product and the day."""
        return self.customer_id, self.product, self.day

    @property
    def key(self) -> tuple[int, Product, date, str]:
        """What one source may report once."""
        return self.customer_id, self.product, self.day, self.country

    @property
    def figures(self) -> tuple[str, int, int, int]:
        """What must be equal when the same source reports the same day again."""
        return self.currency, self.messages, self.parts, self.micros
