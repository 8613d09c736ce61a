"""What the books are made of: accounts, the kinds of movement, and a journal entry before it is posted."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import Enum

from services.access.model import Permission, Role
from services.errors import BrokenInvariant
from services.ledger.chart import CUSTOMER_PURPOSES, Kind, Purpose, Section
from services.money import Money

__all__ = [
    "APPROVE_REOPENING",
    "BASE_CURRENCY",
    "CARRIED",
    "CLOSE_PERIODS",
    "CUSTOMER_PURPOSES",
    "PLUG",
    "SEE_BOOKS",
    "Account",
    "AccountBalance",
    "Base",
    "Draft",
    "Explanation",
    "ExplanationLine",
    "JournalEntry",
    "Kind",
    "Leg",
    "Posted",
    "Posting",
    "Purpose",
    "Section",
    "Unbalanced",
]

BASE_CURRENCY = "AUD"

CLOSE_PERIODS = Permission("ledger.close", "close a month or ask to reopen one", frozenset({Role.ACCOUNTING}))
APPROVE_REOPENING = Permission(
    "ledger.approve_reopening", "approve reopening a month", frozenset({Role.ACCOUNTING, Role.MANAGER})
)
SEE_BOOKS = Permission("ledger.see", "see the books", frozenset({Role.ACCOUNTING, Role.MANAGER, Role.ADMIN}))


@dataclass(frozen=True, slots=True)
class Account:
    """One account of the chart: a purpose in a currency, of one customer or one bank account where it has an owner."""

    purpose: Purpose
    currency: str
    customer_id: int | None = None
    detail: str = ""
    # Its name in every export: "liabilities:credit:AUD:10482" (the customer's own number in our tables); made once,
    # because posting asks for it several times a leg.
    code: str = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """A customer's account has a customer and no other account has one."""
        if (self.customer_id is not None) != self.purpose.of_customers:
            raise BrokenInvariant(f"{self.purpose} and customer {self.customer_id} do not belong together")
        owner = self.detail if self.customer_id is None else self.customer_id
        code = f"{self.purpose.section}:{self.purpose}:{self.currency}"
        object.__setattr__(self, "code", f"{code}:{owner}" if owner != "" else code)


class Base(Enum):
    """How a leg finds its AUD amount when its author cannot know it."""

    CARRIED = "carried"
    PLUG = "plug"


CARRIED = Base.CARRIED
PLUG = Base.PLUG


@dataclass(frozen=True, slots=True)
class Leg:
    """One posting to be: debit > 0, credit < 0, in micros of the account's currency.

    `base_micros` None means the amount itself for AUD, else amount times the draft's rate; `CARRIED` the weighted
    carrying value of the customer's account (IFRIC 22: a prepayment keeps the rate of its day); `PLUG` whatever
    makes the entry's base sum to zero.
    """

    account: Account
    micros: int
    base_micros: int | Base | None = None


class Unbalanced(BrokenInvariant):
    """A draft's legs do not sum to zero in some currency."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A journal entry to be posted. `source` and `key` name the business event: the same event posts once.

    `guarded` says whether a person decided it just now; None leaves that to its kind.
    """

    kind: Kind
    source: str
    key: str
    effective_on: date
    legs: tuple[Leg, ...]
    customer_id: int | None = None
    rate: Decimal | None = None
    source_id: int | None = None
    memo: str = ""
    reversal_of_id: int | None = None
    guarded: bool | None = None

    def __post_init__(self) -> None:
        """Refuse what could never be posted: fewer than two legs, an unbalanced currency, two plugs."""
        if len(self.legs) < 2:  # noqa: PLR2004 - double entry
            raise Unbalanced(f"{self.source} {self.key} has fewer than two legs")
        sums: dict[str, int] = {}
        plugs = 0
        for leg in self.legs:
            currency = leg.account.currency
            sums[currency] = sums.get(currency, 0) + leg.micros
            plugs += leg.base_micros is PLUG
        if any(sums.values()):
            raise Unbalanced(f"{self.source} {self.key} does not sum to zero: {sums}")
        if plugs > 1:
            raise Unbalanced(f"{self.source} {self.key} has two plugs")

    @property
    def is_guarded(self) -> bool:
        """Whether the database refuses it when it would take credit below zero."""
        return self.kind.guarded if self.guarded is None else self.guarded

    def request_hash(self) -> bytes:
        """SHA-256 of what was asked: the same key with another hash is a conflict, not a repetition."""
        legs = [(leg.account.code, leg.micros, _said(leg.base_micros)) for leg in self.legs]
        said = (str(self.kind), str(self.effective_on), self.customer_id, str(self.rate), self.source_id, legs)
        return hashlib.sha256(repr(said).encode()).digest()


def _said(base: int | Base | None) -> int | str | None:
    return base.value if isinstance(base, Base) else base


@dataclass(frozen=True, slots=True)
class Posted:
    """What posting gave: the entry's id, and whether it had been posted before."""

    entry_id: int
    repeated: bool


@dataclass(frozen=True, slots=True)
class Posting:
    """One line of a journal entry."""

    account: Account
    micros: int
    base_micros: int


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """A posted entry as it stands in the books."""

    id: int
    kind: Kind
    source: str
    key: str
    source_id: int | None
    customer_id: int | None
    effective_on: date
    posted_at: datetime
    actor: str
    memo: str
    reversal_of_id: int | None
    reversed_by_id: int | None
    postings: tuple[Posting, ...]


@dataclass(frozen=True, slots=True)
class AccountBalance:
    """The balance of one account, in its currency and in AUD micros (debit > 0)."""

    account: Account
    micros: int
    base_micros: int

    @property
    def money(self) -> Money:
        """The balance as money, debit positive."""
        return Money(self.micros, self.account.currency)


@dataclass(frozen=True, slots=True)
class ExplanationLine:
    """One kind of movement between two dates: how many postings, by how much they raised credit and lowered it."""

    kind: Kind
    rows: int
    raised: Money
    lowered: Money

    @property
    def money(self) -> Money:
        """By how much credit rose (> 0) or fell."""
        return self.raised - self.lowered


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a balance is what it is: opening plus every class of movement is closing, and the difference says so."""

    opening: Money
    lines: tuple[ExplanationLine, ...]
    closing: Money

    @property
    def difference(self) -> Money:
        """Closing less opening less every line: 0.00 unless the roll-ups are wrong."""
        total = self.opening
        for line in self.lines:
            total = total + line.money
        return self.closing - total
