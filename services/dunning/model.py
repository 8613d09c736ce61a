"""Stages of dunning and the one rule that says which letter is due; promises, pauses and stops as they stand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import IntEnum, StrEnum
from itertools import pairwise

from services.access.model import EVERYONE, Permission, Role
from services.errors import NotFound, Stale
from services.money import Money

SEE_DUNNING = Permission("dunning.see", "see how debts are reminded of", EVERYONE)
PROMISE = Permission("dunning.promise", "take down a promise to pay", frozenset({Role.SUPPORT, Role.ACCOUNTING}))
PAUSE = Permission("dunning.pause", "pause reminders", frozenset({Role.ACCOUNTING, Role.MANAGER}))
LIFT_STOP = Permission(
    "dunning.lift_stop", "lift a stop for an unpaid debt", frozenset({Role.ACCOUNTING, Role.MANAGER})
)
CHOOSE_DAYS = Permission(
    "dunning.choose", "choose the days of the dunning stages", frozenset({Role.ACCOUNTING, Role.ADMIN})
)
RUN_DUNNING = Permission("dunning.run", "send the reminders that are due", frozenset({Role.ACCOUNTING}))

LONGEST_DAYS = 365
LONGEST_PROMISE = timedelta(days=90)  # a later day is no promise but a plan, which a pause with its reason says better


class NoSuchDebt(NotFound):
    """The customer owes nothing that is overdue in that currency."""


class NotStanding(Stale):
    """The promise, pause or stop ended before."""


class Stage(IntEnum):
    """The steps of dunning in their order; each comes once an invoice, the last one stops the customer's sending."""

    FRIENDLY = 1
    FIRM = 2
    FINAL = 3
    STOP = 4

    @property
    def label(self) -> str:
        """The words on screen."""
        return {1: "Friendly reminder", 2: "Firm reminder", 3: "Final reminder", 4: "Stopped"}[self.value]

    @property
    def letter(self) -> str:
        """What its letter is called among the letters."""
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class Terms:
    """How many days after its last day an invoice reaches each stage, rising."""

    friendly: int = 3
    firm: int = 10
    final: int = 20
    stop: int = 30

    def days(self, stage: Stage) -> int:
        """Days overdue from which the stage is due."""
        return (self.friendly, self.firm, self.final, self.stop)[stage - 1]

    @property
    def fault(self) -> str | None:
        """What is wrong with these days; None when they rise from 1 to a year at most."""
        each = [self.days(stage) for stage in Stage]
        if each[0] < 1 or each[-1] > LONGEST_DAYS:
            return f"Choose days from 1 to {LONGEST_DAYS}."
        if any(later <= earlier for earlier, later in pairwise(each)):
            return "Each stage has to come later than the one before."
        return None


DEFAULTS = Terms()


@dataclass(frozen=True, slots=True)
class Reminded:
    """The last letter about an invoice: its stage and day."""

    stage: Stage
    on: date


def next_step(terms: Terms, *, due_on: date, last: Reminded | None) -> tuple[Stage, date] | None:
    """The next stage of an invoice and the first day it is due; None after the last.

    One stage after the other, none skipped, and never sooner after the last letter than the days between the two
    stages: who was left in peace for a while is not stopped the day after the first letter.
    """
    if last is None:
        return Stage.FRIENDLY, due_on + timedelta(days=terms.friendly)
    if last.stage is Stage.STOP:
        return None
    stage = Stage(last.stage + 1)
    between = terms.days(stage) - terms.days(last.stage)
    return stage, max(due_on + timedelta(days=terms.days(stage)), last.on + timedelta(days=between))


class PromiseState(StrEnum):
    """What became of a promise: its day is to come, the money came, or it did not."""

    OPEN = "open"
    KEPT = "kept"
    BROKEN = "broken"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Promise:
    """What a customer promised to pay by a day, who said so, and what of it arrived in time."""

    id: int
    customer_id: int
    amount: Money
    promised_on: date
    who: str
    note: str
    made_on: date
    made_by: str
    arrived: Money
    withdrawn_reason: str | None = None

    def state(self, on: date) -> PromiseState:
        """Where it stands on a day; kept as soon as the whole amount arrived."""
        if self.withdrawn_reason is not None:
            return PromiseState.WITHDRAWN
        if self.arrived.micros >= self.amount.micros:
            return PromiseState.KEPT
        return PromiseState.OPEN if on <= self.promised_on else PromiseState.BROKEN


@dataclass(frozen=True, slots=True)
class Pause:
    """Why reminders wait, since when and until when; without a last day until somebody lets them go on."""

    id: int
    customer_id: int
    currency: str
    reason: str
    until: date | None
    paused_on: date
    paused_by: str

    def holds(self, on: date) -> bool:
        """Whether it still holds on a day."""
        return self.until is None or on <= self.until


@dataclass(frozen=True, slots=True)
class Stop:
    """That nothing new is set up for a customer until a debt is paid: its last stage was reached; since in UTC."""

    id: int
    customer_id: int
    currency: str
    invoice_id: int
    number: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Told:
    """One line of what happened about a debt."""

    at: datetime
    what: str
    by: str
    said: str
