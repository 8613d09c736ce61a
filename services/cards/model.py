"""What a card on file is, which brands are taken, and who may see and import what the card processor knows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from services.access.model import EVERYONE, Permission, Role
from services.periods import month_of

IMPORT_CARDS = Permission("cards.import", "import what the card processor knows", frozenset({Role.ACCOUNTING}))
SEE_CARDS = Permission("cards.see", "see cards on file", EVERYONE)

# what happened to part of a charge afterwards, as keys and screens name it
PENDING, CANCELED, FEE = "pending", "canceled", "fee"
REFUND, REFUND_FAILED = "refund", "refund_failed"
WITHDRAWN, WON, LOST = "withdrawn", "won", "lost"

# product.md, rule 2, by the processor's names
ACCEPTED = {"visa": "Visa", "mastercard": "Mastercard", "amex": "American Express", "jcb": "JCB"}
_OTHERS = {
    "cartes_bancaires": "Cartes Bancaires",
    "diners": "Diners Club",
    "discover": "Discover",
    "eftpos_au": "eftpos",
    "unionpay": "UnionPay",
    "link": "Link",
    "unknown": "Unknown brand",
}


@dataclass(frozen=True, slots=True)
class CardFacts:
    """What of a card may be known: never its number. `country` and `fingerprint` are empty where nobody said.

    `wallet` is a label beside the brand such as "link", which is fine on any accepted brand (rule 2).
    """

    brand: str
    last_four: str
    exp_month: int
    exp_year: int
    country: str = ""
    fingerprint: str = ""
    wallet: str = ""

    @property
    def is_accepted(self) -> bool:
        """Whether its brand is one of the four we take (rule 2)."""
        return self.brand in ACCEPTED

    @property
    def words(self) -> str:
        """As people say it: "Visa ending 4242"."""
        return f"{brand_words(self.brand)} ending {self.last_four}"

    @property
    def expiry(self) -> str:
        """As printed on it: "08/2030"."""
        return f"{self.exp_month:02}/{self.exp_year}"

    def has_expired(self, on: date) -> bool:
        """Whether the month it is good through is over."""
        return on >= month_of(date(self.exp_year, self.exp_month, 1)).ends_before


@dataclass(frozen=True, slots=True)
class Card:
    """A card on file with the processor, whose id for it is `external_id`; `removed_at` once it was taken off."""

    id: int
    external_id: str
    customer_id: int
    facts: CardFacts
    added_at: datetime
    removed_at: datetime | None

    @property
    def is_on_file(self) -> bool:
        """Whether it can still be charged."""
        return self.removed_at is None


def brand_words(brand: str) -> str:
    """A brand as people write it."""
    return ACCEPTED.get(brand) or _OTHERS.get(brand) or brand.replace("_", " ").capitalize()


def flags(facts: CardFacts, *, on: date, on_file: bool) -> tuple[str, ...]:
    """What to know before charging it, in words; nothing for a card that is simply good."""
    said = [] if on_file else ["Removed"]
    said += [] if facts.is_accepted else ["Brand not accepted"]
    said += ["Expired"] if facts.has_expired(on) else []
    return tuple(said)
