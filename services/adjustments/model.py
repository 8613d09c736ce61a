"""What an adjustment of credit is, who may ask for it, and from what amount a second person decides."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from services.access.model import Permission, Role
from services.errors import NotFound, Refused, Stale
from services.money import MICROS, Money, multiply
from services.periods import Period
from services.usage.model import Product

GIVE = Permission(
    "adjustments.give",
    "give goodwill or refund undelivered messages",
    frozenset({Role.ACCOUNTING, Role.SUPPORT}),
)
CORRECT = Permission("adjustments.correct", "correct credit or grant a promotion", frozenset({Role.ACCOUNTING}))
APPROVE = Permission(
    "adjustments.approve", "approve an adjustment of credit", frozenset({Role.ACCOUNTING, Role.MANAGER})
)
UNDO = Permission("adjustments.undo", "take an adjustment back", frozenset({Role.ACCOUNTING}))
EXPIRE = Permission("adjustments.expire", "take back promotions that have expired", frozenset({Role.ACCOUNTING}))


class AdjustmentKind(StrEnum):
    """Why credit is given or taken; each has its own limit, its own people and its own entry."""

    GOODWILL = "goodwill"
    PROMOTION = "promotion"
    UNDELIVERED = "undelivered"
    CORRECTION = "correction"

    @property
    def label(self) -> str:
        """The words on screen."""
        return _LABELS[self]

    @property
    def permission(self) -> Permission:
        """Who may ask for it."""
        return GIVE if self in {AdjustmentKind.GOODWILL, AdjustmentKind.UNDELIVERED} else CORRECT

    @property
    def limit(self) -> Money:
        """From this much on one day for one customer, in AUD equivalent, a second person decides (product.md)."""
        return Money(_LIMITS[self] * MICROS, "AUD")


_LABELS = {
    AdjustmentKind.GOODWILL: "Goodwill",
    AdjustmentKind.PROMOTION: "Promotional credit",
    AdjustmentKind.UNDELIVERED: "Undelivered messages",
    AdjustmentKind.CORRECTION: "Correction",
}
_LIMITS = {
    AdjustmentKind.GOODWILL: 50,
    AdjustmentKind.PROMOTION: 100,
    AdjustmentKind.UNDELIVERED: 500,
    AdjustmentKind.CORRECTION: 100,
}


class State(StrEnum):
    """How far an adjustment has come."""

    WAITING = "waiting"
    POSTED = "posted"
    DECLINED = "declined"
    UNDONE = "undone"

    @property
    def label(self) -> str:
        """The words on screen."""
        return _STATES[self]


_STATES = {
    State.WAITING: "Waiting for approval",
    State.POSTED: "Posted",
    State.DECLINED: "Declined",
    State.UNDONE: "Taken back",
}


class NoSuchAdjustment(NotFound):
    """No adjustment has this id."""


class NonceReused(Refused):
    """A form was sent a second time with other content than the first time."""


class Spent(Refused):
    """The credit that is to be taken away has been used, or was never paid for."""


class CannotUndo(Refused):
    """The adjustment is not posted, was taken back before, or has expired."""


class NothingToRefund(Refused):
    """No undelivered message of the period was charged for and not yet refunded."""


class RefundChanged(Stale):
    """What can be refunded is not what was shown any more."""


class AlreadyPosted(Stale):
    """The adjustment was posted before."""


@dataclass(frozen=True, slots=True)
class Judged:
    """What one day's adjustments of a kind for one customer come to in AUD, at the stored rate that is kept with it.

    `aud` is this adjustment's own part, `day` the sum it was judged on, so that a limit cannot be split.
    """

    aud: Money
    day: Money
    rate: Decimal
    rate_on: date
    rate_source: str

    def needs_second_person(self, kind: AdjustmentKind) -> bool:
        """Whether somebody else has to decide."""
        return kind.limit <= self.day


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a person asks for. `amount` is negative only where a correction takes credit away.

    `expires_on` is the first day on which a promotion no longer counts; `messages`, `period` and `product` (None: all)
    tell which undelivered messages are refunded, `promotional` how much of their price was promotional credit (micros).
    """

    kind: AdjustmentKind
    customer_id: int
    amount: Money
    reason: str
    ticket_id: str
    expires_on: date | None = None
    messages: int = 0
    period: Period | None = None
    product: Product | None = None
    promotional: int = 0


@dataclass(frozen=True, slots=True)
class Adjustment:
    """An adjustment as it stands: what was wanted, how it was judged, who asked, and what became of it."""

    id: int
    nonce: str
    wanted: Wanted
    judged: Judged
    state: State
    asked_on: date
    asked_at: datetime
    asked_by: str
    approval_id: int | None = None
    entry_id: int | None = None
    approved_by: str | None = None
    undone_at: datetime | None = None
    undone_by: str | None = None
    undone_reason: str | None = None
    expired_micros: int | None = None


def in_aud(amount: Money, rate: Decimal) -> Money:
    """What an amount, given or taken, is worth in AUD at a rate (AUD for one unit)."""
    return Money(multiply(abs(amount.micros), rate), "AUD")
