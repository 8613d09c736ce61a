"""Who may do what about postpaid, and a commitment as it stands in the books."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from services.access.model import EVERYONE, Permission, Role
from services.errors import NotFound, Refused, Stale
from services.money import MICROS, Money
from services.postpaid.commitment import Contract
from services.pricing.model import BASE

SEE_POSTPAID = Permission("postpaid.see", "see postpaid applications and commitments", EVERYONE)
APPLY = Permission("postpaid.apply", "open a postpaid application", frozenset({Role.SUPPORT, Role.ACCOUNTING}))
RECOMMEND = Permission("postpaid.recommend", "recommend on a postpaid application", frozenset({Role.ACCOUNTING}))
DECIDE = Permission("postpaid.decide", "decide on a postpaid application", frozenset({Role.MANAGER}))
SIGN = Permission("postpaid.sign", "keep a signed commitment or a change of it", frozenset({Role.ACCOUNTING}))
LEAVE = Permission("postpaid.leave", "end a commitment before its term", frozenset({Role.MANAGER}))
WHAT_IF = Permission("postpaid.what_if", "ask what would become of a commitment if", frozenset({Role.MANAGER}))
LIFT_STOP = Permission("postpaid.lift", "let a customer go on beyond its credit limit", frozenset({Role.MANAGER}))
HOLD_BILL = Permission("postpaid.hold", "hold and release one customer's monthly invoice", frozenset({Role.ACCOUNTING}))
RUN_COMMITMENTS = Permission("postpaid.run", "start, bill and end commitments", frozenset({Role.ACCOUNTING}))

MARKS = (50, 80, 100)  # per cent of the credit limit at which somebody hears of it
TWO_DECIDE_FROM = Money(5_000 * MICROS, BASE)  # a credit limit from here needs two managers (product.md, decisions)


class NoSuchCommitment(NotFound):
    """No commitment has this id."""


class NotReady(Refused):
    """A commitment cannot be signed, changed or ended as asked, and why."""


class NonceReused(Stale):
    """A form was sent a second time with other content than the first time."""


@dataclass(frozen=True, slots=True)
class Commitment:
    """A commitment of one customer: its contract, and what became of it so far."""

    id: int
    customer_id: int
    application_id: int
    currency: str
    contract: Contract
    signed_on: date
    made_by: str
    started_at: datetime | None
    ended_at: datetime | None
    left_reason: str
    charges_rest: bool

    @property
    def version(self) -> int:
        """How many versions there are."""
        return len(self.contract.versions)

    def state(self, today: date) -> str:
        """Where it stands on a day: upcoming, running, to settle while its last month is not billed, or ended."""
        if today < self.contract.starts_on:
            return "upcoming"
        if today in self.contract.days:
            return "running"
        return "ended" if self.ended_at else "to settle"


@dataclass(frozen=True, slots=True)
class MonthBilled:
    """One month of a commitment as the monthly run kept it."""

    month: date
    starts_on: date
    ends_before: date
    consumed: Money
    minimum: Money
    true_up: Money
    true_up_entry_id: int | None
    invoice_id: int | None
    billed_at: datetime
