"""What the books are made of: accounts, the kinds of movement, and a journal entry before it is posted."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import Enum, StrEnum

from services.access.model import Permission, Role
from services.errors import BrokenInvariant
from services.money import Money

BASE_CURRENCY = "AUD"

CLOSE_PERIODS = Permission("ledger.close", "close or reopen a month", frozenset({Role.ACCOUNTING}))
SEE_BOOKS = Permission("ledger.see", "see the books", frozenset({Role.ACCOUNTING, Role.MANAGER, Role.ADMIN}))


class Section(StrEnum):
    """The five sections of the chart of accounts."""

    ASSETS = "assets"
    LIABILITIES = "liabilities"
    EQUITY = "equity"
    INCOME = "income"
    EXPENSES = "expenses"


class Purpose(StrEnum):
    """What an account is for; the chart of accounts is one account a purpose, currency and owner."""

    BANK = "bank"
    RECEIVABLE = "receivable"
    CREDIT = "credit"
    CREDIT_UNPAID = "credit_unpaid"
    GST_PAYABLE = "gst_payable"
    UNALLOCATED = "unallocated"
    SUSPENSE = "suspense"
    OPENING = "opening"
    REVENUE_SMS = "revenue_sms"
    REVENUE_MMS = "revenue_mms"
    REVENUE_VOICE = "revenue_voice"
    REVENUE_FAX = "revenue_fax"
    REVENUE_POST = "revenue_post"
    REVENUE_POSTCARDS = "revenue_postcards"
    REVENUE_EMAIL = "revenue_email"
    REVENUE_EMAIL_TRANSACTIONAL = "revenue_email_transactional"
    RENTAL = "rental"
    FX_GAIN = "fx_gain"
    BANK_FEE = "bank_fee"

    @property
    def section(self) -> Section:
        """Where it stands in the chart of accounts."""
        return _SECTIONS.get(self, Section.INCOME)

    @property
    def of_customers(self) -> bool:
        """Whether each customer has an own account of it, with a kept balance."""
        return self in CUSTOMER_PURPOSES


CUSTOMER_PURPOSES = frozenset({Purpose.RECEIVABLE, Purpose.CREDIT, Purpose.CREDIT_UNPAID})

_SECTIONS = {
    Purpose.BANK: Section.ASSETS,
    Purpose.RECEIVABLE: Section.ASSETS,
    Purpose.SUSPENSE: Section.ASSETS,
    Purpose.CREDIT: Section.LIABILITIES,
    Purpose.CREDIT_UNPAID: Section.LIABILITIES,
    Purpose.GST_PAYABLE: Section.LIABILITIES,
    Purpose.UNALLOCATED: Section.LIABILITIES,
    Purpose.OPENING: Section.EQUITY,
    Purpose.BANK_FEE: Section.EXPENSES,
}


class Kind(StrEnum):
    """What a journal entry records. The class of a movement on every screen, and whether it is guarded."""

    BANK_OPENING = "bank_opening"
    BANK_RECEIPT = "bank_receipt"
    BANK_PAYMENT = "bank_payment"
    INVOICE_ISSUED = "invoice_issued"
    BANK_TOP_UP = "bank_top_up"
    SETTLED_SHORT = "settled_short"
    USAGE_SMS = "usage_sms"
    USAGE_MMS = "usage_mms"
    USAGE_VOICE = "usage_voice"
    USAGE_FAX = "usage_fax"
    USAGE_POST = "usage_post"
    USAGE_POSTCARDS = "usage_postcards"
    USAGE_EMAIL = "usage_email"
    USAGE_EMAIL_TRANSACTIONAL = "usage_email_transactional"
    RENTAL = "rental"

    @property
    def label(self) -> str:
        """The words on screen."""
        return _LABELS[self]

    @property
    def guarded(self) -> bool:
        """Whether a person decided it, so that it may not take credit below zero; use and rental are facts and may."""
        return not (self.value.startswith("usage_") or self is Kind.RENTAL)


_LABELS = {
    Kind.BANK_OPENING: "Opening bank balance",
    Kind.BANK_RECEIPT: "Bank receipt",
    Kind.BANK_PAYMENT: "Bank payment",
    Kind.INVOICE_ISSUED: "Invoice issued",
    Kind.BANK_TOP_UP: "Bank-transfer top-up",
    Kind.SETTLED_SHORT: "Settled short",
    Kind.USAGE_SMS: "SMS",
    Kind.USAGE_MMS: "MMS",
    Kind.USAGE_VOICE: "Voice",
    Kind.USAGE_FAX: "Fax",
    Kind.USAGE_POST: "Post",
    Kind.USAGE_POSTCARDS: "Postcards",
    Kind.USAGE_EMAIL: "E-mail",
    Kind.USAGE_EMAIL_TRANSACTIONAL: "Transactional e-mail",
    Kind.RENTAL: "Number rental",
}


@dataclass(frozen=True, slots=True)
class Account:
    """One account of the chart: a purpose in a currency, of one customer or one bank account where it has an owner."""

    purpose: Purpose
    currency: str
    customer_id: int | None = None
    detail: str = ""

    def __post_init__(self) -> None:
        """A customer's account has a customer and no other account has one."""
        if (self.customer_id is not None) != self.purpose.of_customers:
            raise BrokenInvariant(f"{self.purpose} and customer {self.customer_id} do not belong together")

    @property
    def code(self) -> str:
        """Its name in every export: "liabilities:credit:AUD:10482" (the customer's own number in our tables)."""
        parts = [self.purpose.section.value, self.purpose.value, self.currency]
        owner = str(self.customer_id) if self.customer_id is not None else self.detail
        return ":".join([*parts, owner] if owner else parts)


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
    """A journal entry to be posted. `source` and `key` name the business event: the same event posts once."""

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
    guarded: bool = field(default=True)

    def __post_init__(self) -> None:
        """Refuse what could never be posted: fewer than two legs, an unbalanced currency, two plugs."""
        if len(self.legs) < 2:  # noqa: PLR2004 - double entry
            raise Unbalanced(f"{self.source} {self.key} has fewer than two legs")
        sums: dict[str, int] = {}
        for leg in self.legs:
            sums[leg.account.currency] = sums.get(leg.account.currency, 0) + leg.micros
        if any(sums.values()):
            raise Unbalanced(f"{self.source} {self.key} does not sum to zero: {sums}")
        if sum(leg.base_micros is PLUG for leg in self.legs) > 1:
            raise Unbalanced(f"{self.source} {self.key} has two plugs")

    @property
    def is_guarded(self) -> bool:
        """Whether the database refuses it when it would take credit below zero."""
        return self.kind.guarded and self.guarded

    def request_hash(self) -> bytes:
        """SHA-256 of what was asked: the same key with another hash is a conflict, not a repetition."""
        legs = [[leg.account.code, leg.micros, _said(leg.base_micros)] for leg in self.legs]
        said = [self.kind, self.effective_on.isoformat(), self.customer_id, str(self.rate), self.source_id, legs]
        return hashlib.sha256(json.dumps(said).encode()).digest()


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
    """One class of movement between two dates: how many postings, and by how much credit rose (> 0) or fell."""

    kind: Kind
    rows: int
    money: Money


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
