"""A process that runs the rental of many numbers is killed again and again; then every number is counted."""

from __future__ import annotations

import random
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from multiprocessing import get_context
from multiprocessing.connection import Connection
from types import ModuleType
from unittest.mock import patch

from sqlalchemy import func, select

from services.access.model import SYSTEM
from services.db.engine import Database
from services.integrity import queries as integrity
from services.jobs.queries import periods_to_run
from services.jobs.running import run_due
from services.jobs.tables import job_claim, job_run
from services.ledger.model import Kind
from services.ledger.operations import roll_up
from services.ledger.tables import journal_entry
from tests import builders
from tests.conftest import SYDNEY
from tests.rented import RENTAL, charged, rent

CUSTOMERS, BATCH = 50, 5
MOST_WORDS = 4  # before a kill: three batches and the one it strikes take twenty numbers at most
ENTERED = datetime(2026, 10, 31, 14, tzinfo=UTC)
MONTH = date(2026, 11, 1)
SLOWEST_BATCH = 0.04  # seconds, about; a kill strikes anywhere in that time
STALLED = 60.0  # seconds without a word from the process


@dataclass(frozen=True)
class Charged:
    """What a storm of kills left behind."""

    kills: int
    runs: int
    numbers: int
    twice: int
    entries: int
    claims_done: int
    done_by_runs: int
    complete: bool
    red: tuple[str, ...]


def charge(url: str, at: datetime, told: Connection) -> None:
    """Run what is due, saying when it is about to begin and after each batch."""
    database = Database(url, timezone=SYDNEY)
    told.send(0)
    for one in run_due(database, by=SYSTEM, jobs=[replace(RENTAL, batch=BATCH)], on=MONTH, at=at):
        told.send(one.done)


def storm(url: str, *, kills: int, numbers: int, seed: int = 1) -> Charged:
    """Kill a run `kills` times at random moments, each time going on at once or after the lease, then finish it."""
    chance, at = random.Random(seed), ENTERED  # noqa: S311 - moments to kill at, not secrets
    database = Database(url, timezone=SYDNEY)
    builders.customers(database, CUSTOMERS)
    rent(database, numbers, at=ENTERED, customers=CUSTOMERS)
    died = 0
    for _ in range(kills):
        at += RENTAL.lease if chance.random() < 0.5 else timedelta(seconds=1)
        died += struck(url, at, chance.randint(1, MOST_WORDS), chance.uniform(0, SLOWEST_BATCH), work=charge)
    for _ in range(2):  # the second finds nothing to do
        at += RENTAL.lease
        struck(url, at, None, 0, work=charge)
    found = _count(database, died)
    database.close()
    return found


def struck(
    url: str, at: datetime, words: int | None, seconds: float, *, work: Callable[[str, datetime, Connection], None]
) -> bool:
    """Let a process of its own do the work; strike after so many words of it and a little while. Whether it died."""
    context = get_context("forkserver")
    context.set_forkserver_preload([__name__])
    hear, told = context.Pipe(duplex=False)
    process = context.Process(target=work, args=(url, at, told))
    # a test of a screen leaves its script behind as the main module, which the child would run again
    with patch.dict(sys.modules, {"__main__": ModuleType("__main__")}):
        process.start()
    told.close()
    heard = 0
    try:
        while hear.poll(STALLED):
            hear.recv()
            heard += 1
            if heard == words:
                time.sleep(seconds)
                process.kill()
                break
        else:
            process.kill()
            raise AssertionError("the run came to a halt")
    except EOFError:
        pass
    process.join()
    if words is None and process.exitcode != 0:
        raise AssertionError("the run failed")
    return process.exitcode == -signal.SIGKILL


def _count(database: Database, died: int) -> Charged:
    database.act(roll_up)
    times = Counter(charged(database))
    with database.read() as conn:
        rental = select(func.count()).select_from(journal_entry).where(journal_entry.c.kind == Kind.RENTAL.value)
        done = select(func.count()).select_from(job_claim).where(job_claim.c.state == "done")
        runs, by_runs = conn.execute(select(func.count(), func.sum(job_run.c.done)).select_from(job_run)).one()
        return Charged(
            kills=died,
            runs=runs,
            numbers=len(times),
            twice=sum(count > 1 for count in times.values()),
            entries=conn.execute(rental).scalar_one(),
            claims_done=conn.execute(done).scalar_one(),
            done_by_runs=int(by_runs),
            complete=not periods_to_run(conn, job=RENTAL, on=MONTH),
            red=tuple(one.check for one in integrity.run(conn) if not one.ok),
        )
