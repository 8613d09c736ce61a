"""What a bank line is that no customer paid, and the rules by which such lines are known."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from services.access.model import Permission, Role
from services.errors import NotFound, Refused, Stale
from services.money import Money

SORT = Permission("banking.sort", "say what a bank line is", frozenset({Role.ACCOUNTING}))
UNDO_SORT = Permission("banking.undo_sort", "take back what a bank line was said to be", frozenset({Role.ACCOUNTING}))
RULES = Permission("banking.rules", "make and switch off rules for bank lines", frozenset({Role.ACCOUNTING}))


class Sort(StrEnum):
    """What a bank line is that no customer's invoice was paid with."""

    CARD_PAYOUT = "card_payout"
    BANK_FEE = "bank_fee"
    INTEREST = "interest"
    TRANSFER = "transfer"
    REFUND = "refund"
    TAX = "tax"
    SUPPLIER = "supplier"

    @property
    def label(self) -> str:
        """The words on screen."""
        return _LABELS[self]

    @property
    def says(self) -> str:
        """What it does to the books, in a sentence."""
        return _SAYS[self]


_LABELS = {
    Sort.CARD_PAYOUT: "Card processor payout",
    Sort.BANK_FEE: "Bank fee",
    Sort.INTEREST: "Interest",
    Sort.TRANSFER: "Transfer between our accounts",
    Sort.REFUND: "Refund",
    Sort.TAX: "Tax office",
    Sort.SUPPLIER: "Supplier",
}
_SAYS = {
    Sort.CARD_PAYOUT: "It leaves the card clearing account, where card payments wait for their payout.",
    Sort.BANK_FEE: "It is an expense of the month it was booked in.",
    Sort.INTEREST: "It is income of the month it was booked in; interest paid lowers it.",
    Sort.TRANSFER: "It is in transit until its other side, on another account of ours, is tied to it.",
    Sort.REFUND: "It pays back what a credit note owes a customer, or a receipt that is refunded.",
    Sort.TAX: "It pays, or gives back, GST payable.",
    Sort.SUPPLIER: "It is an expense of the month it was booked in.",
}

# A rule may act without a person only for these (banking.md: automatic never on a name alone).
AUTOMATIC = frozenset({Sort.BANK_FEE, Sort.INTEREST, Sort.CARD_PAYOUT})
# What a rule is proposed for after a person said it twice; a refund is one customer's and never a habit.
LEARNED = frozenset(Sort) - {Sort.REFUND}
AS_OFTEN = 2  # times the same was said by hand before a rule is proposed


class NoSuchRule(NotFound):
    """No rule has this id."""


class NoSuchSorting(NotFound):
    """No sorting has this id."""


class AlreadySorted(Stale):
    """Somebody, or a rule, said meanwhile what the line is."""


class CannotSort(Refused):
    """The line cannot be what was chosen."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """By what a rule knows a line: every word, the other party, our account, the direction; empty means any."""

    sort: Sort
    incoming: bool
    words: tuple[str, ...] = ()
    counterparty: str = ""
    bank_account: str = ""

    @property
    def says(self) -> str:
        """The pattern as a person reads it."""
        parts = ["Money in" if self.incoming else "Money out"]
        if self.counterparty:
            parts.append(f"{'from' if self.incoming else 'to'} “{self.counterparty}”")
        if self.words:
            parts.append(f"with {' and '.join(f'“{word}”' for word in self.words)}")
        if self.bank_account:
            parts.append(f"on {self.bank_account}")
        return " ".join(parts)

    @property
    def may_be_automatic(self) -> bool:
        """Whether it is sure enough to act without a person: by words, and money in by the other party too."""
        return self.sort in AUTOMATIC and bool(self.words) and (bool(self.counterparty) or not self.incoming)


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule and how it did: how many lines it sorted, how many of them a person took back."""

    id: int
    pattern: Pattern
    automatic: bool
    learned: bool
    made_at: datetime
    made_by: str
    off_at: datetime | None = None
    off_by: str | None = None
    used: int = 0
    undone: int = 0

    @property
    def is_on(self) -> bool:
        """Whether it still speaks."""
        return self.off_at is None


@dataclass(frozen=True, slots=True)
class Proposal:
    """A rule that was not asked for: what a person said by hand `times` times."""

    pattern: Pattern
    times: int


@dataclass(frozen=True, slots=True)
class Sorting:
    """What a line was said to be, by whom or by which rule, and its entry."""

    id: int
    line_id: int
    sort: Sort
    amount: Money
    customer_id: int | None
    pair_id: int | None
    rule_id: int | None
    entry_id: int
    sorted_on: date
    sorted_at: datetime
    sorted_by: str
    undone_at: datetime | None = None
    undone_by: str | None = None
    undone_reason: str | None = None
    receipt_refund_id: int | None = None  # the refund of a receipt that this line paid

    @property
    def counts(self) -> bool:
        """Whether it has not been taken back."""
        return self.undone_at is None
