"""Words of scheduled work: a subject, a schedule, the states of a claim and the ways a run ends."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from services.access.model import Permission, Role
from services.errors import NotFound, Refused, Stale
from services.money import Money
from services.periods import add_months

_ALL_NAMED = 3  # more periods than that are called by the first and the last
SEE_JOBS = Permission("jobs.see", "see scheduled work", frozenset({Role.ACCOUNTING, Role.MANAGER, Role.ADMIN}))
RUN_JOBS = Permission("jobs.run", "run scheduled work", frozenset({Role.ACCOUNTING}))
HOLD_JOBS = Permission("jobs.hold", "hold and release scheduled work", frozenset({Role.ACCOUNTING, Role.MANAGER}))


class NoSuchJob(NotFound):
    """No job has this name."""


class NotDueYet(Refused):
    """A run was asked for as of a day that has not come."""


class AlreadyHeld(Stale):
    """Somebody put the job on hold before."""


class NotHeld(Stale):
    """The job is not on hold, or not any more."""


class WrongCap(Refused):
    """A cap is no number of subjects a run may do."""


class ChangedMeanwhile(Stale):
    """A subject was due when it was looked at and not any more when it was to be done."""


class ClaimState(StrEnum):
    """Where a subject is in its period; a done one never changes again."""

    WAITING = "waiting"
    CLAIMED = "claimed"
    DONE = "done"
    FAILED = "failed"


class Outcome(StrEnum):
    """How a run ended; without one it is running, or its process died."""

    DONE = "done"
    FAILED = "failed"  # some subjects failed, all others are done
    HELD = "held"
    INTERRUPTED = "interrupted"
    BUSY = "busy"  # what is left is in the hands of another process


@dataclass(frozen=True, slots=True)
class Subject:
    """What a job does once a period: a number, a fee, a customer. `amount` is what it would be charged.

    `held` says why it is left for now: it stays due, no run takes it, and its period stays open until it is done.
    """

    id: int
    label: str
    customer_id: int | None = None
    customer: str = ""
    amount: Money | None = None
    held: str = ""


@dataclass(frozen=True, slots=True)
class Schedule:
    """The days a job is due on, in the company's time zone; each names the period that begins or ends with it.

    `on_or_before` gives the last such day up to a day, `after` the next one after it. `once`: what falls due on a day
    stays due until it is done, so that of several missed days somebody is due in the first only.
    """

    words: str
    on_or_before: Callable[[date], date]
    after: Callable[[date], date]
    called: str = "%-d %B %Y"  # how a period is called, as for strftime
    once: bool = False

    def name_of(self, day: date) -> str:
        """The period's name in words: "November 2026", or "22 November 2026" of a job that is due every day."""
        return f"{day:{self.called}}"

    def names_of(self, days: Sequence[date]) -> str:
        """The names of some periods, oldest first; of more than three, the first and the last."""
        named = [self.name_of(day) for day in days]
        return ", ".join(named) if len(named) <= _ALL_NAMED else f"{named[0]} to {named[-1]}"

    def days(self, first: date, last: date) -> list[date]:
        """Every due day from the period around `first` up to `last`, oldest first."""
        found, day = [], self.on_or_before(first)
        while day <= last:
            found.append(day)
            day = self.after(day)
        return found


def _first_of(day: date) -> date:
    return day.replace(day=1)


def _next_first(day: date) -> date:
    return add_months(day.replace(day=1), 1)


def _itself(day: date) -> date:
    return day


def _next_day(day: date) -> date:
    return day + timedelta(days=1)


ON_THE_FIRST = Schedule("on the 1st of each month", _first_of, _next_first, "%B %Y")
EVERY_DAY = Schedule("every day", _itself, _next_day, once=True)


@dataclass(frozen=True, slots=True)
class Hold:
    """Why a job does not run: who said so, when (UTC) and for which reason."""

    job: str
    held_at: datetime
    held_by: str
    reason: str


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is: `done` and `failed` of `total` subjects; `outcome` once it has ended, `held` who it left."""

    job: str
    period: date
    done: int
    failed: int
    total: int
    outcome: Outcome | None = None
    held: int = 0


def totals(amounts: Iterable[Money | None]) -> list[Money]:
    """The sum of each currency, by its code; nothing is added up across currencies."""
    sums: dict[str, Money] = {}
    for amount in amounts:
        if amount is not None:
            sums[amount.currency] = sums[amount.currency] + amount if amount.currency in sums else amount
    return [sums[code] for code in sorted(sums)]
