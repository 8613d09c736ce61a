"""What makes a job: its schedule, who is due in a period, and the run of a batch of them in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol

from sqlalchemy import Connection

from services.access.model import Principal
from services.db.engine import Transaction
from services.jobs.model import Schedule, Subject


class Due(Protocol):
    """Who is due in a period and was not done yet, in the order they will be done; only those of `ids`, if given."""

    def __call__(self, conn: Connection, period: date, ids: Collection[int] | None = None) -> list[Subject]:
        """Read; never write."""


class Run(Protocol):
    """Do these subjects of a period, all or none; gives how many it did. They were due in this very transaction.

    What it raises as a `LedgerdeskError` is the reason a subject failed with, and is tried again by the next run.
    """

    def __call__(self, tx: Transaction, *, by: Principal, period: date, ids: Collection[int]) -> int:
        """Write through the operations of the room whose work this is, with their own idempotency keys."""


@dataclass(frozen=True, slots=True)
class Job:
    """One kind of scheduled work.

    `name` stands in the claims for good; `says` is one sentence for whoever looks at it; `noun` names a subject.
    `since` gives a day of the first period that can have anything due, None before there is any. `lease` has to be
    longer than a batch can take: after it, what a process claimed and did not finish goes to another.
    """

    name: str
    label: str
    says: str
    noun: str
    schedule: Schedule
    since: Callable[[Connection], date | None]
    due: Due
    run: Run
    batch: int = 100
    lease: timedelta = timedelta(minutes=2)
