"""What an allocation is: part of a bank receipt given to an invoice, how it was decided, and whether it counts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from services.access.model import Permission, Role
from services.errors import NotFound
from services.money import Money

ALLOCATE = Permission("payments.allocate", "give a receipt to an invoice", frozenset({Role.ACCOUNTING}))
UNDO_ALLOCATION = Permission("payments.undo", "take a receipt back from an invoice", frozenset({Role.ACCOUNTING}))


class NoSuchAllocation(NotFound):
    """No allocation has this id."""


class Short(StrEnum):
    """What is meant by a receipt smaller than what is open."""

    FEE = "fee"
    PART = "part"


@dataclass(frozen=True, slots=True)
class Evidence:
    """Why somebody, or a rule, gave this receipt to this invoice: `reasons` are whole phrases, `score` 0 to 100."""

    rule: str = "chosen by hand"
    score: int = 0
    reasons: tuple[str, ...] = ()
    algorithm: str = ""
    automatic: bool | None = None  # whether matching left nothing to decide; None where that was never written down


BY_HAND = Evidence(automatic=False)


@dataclass(frozen=True, slots=True)
class Allocation:
    """Part of a receipt given to an invoice. `net` is the credit it bought, `base_micros` its worth in AUD.

    `fee` is what the invoice stopped asking for because the payer's bank kept it.
    """

    id: int
    nonce: str
    bank_line_id: int
    invoice_id: int
    customer_id: int
    paid: Money
    fee: Money
    net: Money
    base_micros: int
    short: Short
    entry_id: int
    short_entry_id: int | None
    allocated_on: date
    allocated_at: datetime
    allocated_by: str
    evidence: Evidence
    undone_at: datetime | None = None
    undone_by: str | None = None
    undone_reason: str | None = None
    reversal_entry_id: int | None = None
    short_reversal_entry_id: int | None = None

    @property
    def counts(self) -> bool:
        """Whether it has not been undone."""
        return self.undone_at is None
