"""What credit ahead of a transfer is, and how much of it there may be."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from services.access.model import Permission, Role
from services.errors import NotFound, Refused
from services.money import Money

ASK = Permission("provisional.ask", "ask for credit ahead of a bank transfer", frozenset({Role.ACCOUNTING}))
APPROVE = Permission(
    "provisional.approve",
    "approve credit ahead of a bank transfer",
    frozenset({Role.ACCOUNTING, Role.MANAGER}),
)
TAKE_BACK = Permission(
    "provisional.take_back", "take credit ahead of a bank transfer back", frozenset({Role.ACCOUNTING})
)

CHANGE_CAPS = Permission(
    "provisional.change_caps", "change how much credit may be ahead of transfers", frozenset({Role.MANAGER, Role.ADMIN})
)

CAPS = "caps of credit ahead of transfers"  # whose turn it is to count them and take credit from them
LONGEST_DAYS = 30
LARGEST_PROOF = 5 * 1024 * 1024
PROOF_STARTS = {b"%PDF": "application/pdf", b"\x89PNG": "image/png", b"\xff\xd8\xff": "image/jpeg"}


@dataclass(frozen=True, slots=True)
class Caps:
    """How much may be ahead, in AUD equivalent, for one customer and in all, and for how many days.

    `valid_from` is None for what a company starts with (`AT_FIRST`).
    """

    for_one: Money
    in_all: Money
    usual_days: int
    most_days: int
    valid_from: date | None = None
    changed_by: str = ""
    reason: str = ""

    def facts(self) -> dict[str, str]:
        """The figures as words, for the audit trail."""
        return {
            "for one customer": self.for_one.text(),
            "in all": self.in_all.text(),
            "usual days": str(self.usual_days),
            "most days": str(self.most_days),
        }


AT_FIRST = Caps(Money.of(500, "AUD"), Money.of(5_000, "AUD"), 5, 10)  # nothing outside says how much


class NoSuchProvisional(NotFound):
    """No credit ahead of a transfer has this id."""


class OverTheCap(Refused):
    """The customer, or all customers together, would have more credit ahead than there may be."""


class AlreadyAhead(Refused):
    """The invoice has credit ahead of its transfer, or it is asked for, already."""


class Stage(StrEnum):
    """Where a credit ahead stands."""

    ASKED = "asked"
    GIVEN = "given"
    EXPIRED = "expired"
    SETTLED = "settled"

    @property
    def label(self) -> str:
        """The words on screen."""
        return {"asked": "Not decided", "given": "Waits for its transfer", "expired": "Not arrived in time"}.get(
            self.value, "Settled or taken back"
        )


@dataclass(frozen=True, slots=True)
class Provisional:
    """Credit ahead of one invoice's transfer: `left` was neither settled by a receipt nor taken back."""

    id: int
    invoice_id: int
    customer_id: int
    amount: Money
    left: Money
    aud_micros: int
    expires_on: date
    proof_name: str
    proof_sha256: str
    reason: str
    asked_at: datetime
    asked_by: str
    approved_by: str
    entry_id: int | None
    approval_id: int | None = None

    def stage(self, on: date) -> Stage:
        """Where it stands on a day."""
        if self.entry_id is None:
            return Stage.ASKED
        if not self.left:
            return Stage.SETTLED
        return Stage.EXPIRED if self.expires_on < on else Stage.GIVEN
