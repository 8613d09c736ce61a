"""A process that bills the month of many commitments is killed again and again; then every invoice is counted."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from multiprocessing.connection import Connection

from sqlalchemy import func, select

from services.access.model import SYSTEM
from services.db.engine import Database
from services.integrity import queries as integrity
from services.invoices.tables import invoice
from services.jobs.queries import periods_to_run
from services.jobs.running import run_due
from services.jobs.tables import job_claim, job_run
from services.ledger.model import Kind
from services.ledger.operations import roll_up
from services.ledger.tables import journal_entry
from services.mail.tables import mail_message
from services.postpaid.tables import commitment_month
from tests.committed import AT, MONTH, MONTHLY, committed
from tests.conftest import SYDNEY
from tests.laws.charging_killed import struck

BATCH = 5
MOST_WORDS = 4  # before a kill: three batches and the one it strikes take twenty contracts at most
SLOWEST_BATCH = 0.15  # seconds, about; a kill strikes anywhere in that time


@dataclass(frozen=True)
class Billed:
    """What a storm of kills left behind; `low` counts months billed below the minimum."""

    kills: int
    runs: int
    months: int
    invoices: int
    twice: int
    gaps: int
    mails: int
    true_ups: int
    short_months: int
    low: int
    claims_done: int
    complete: bool
    red: tuple[str, ...]


def bill(url: str, at: datetime, told: Connection) -> None:
    """Run what is due, saying when it is about to begin and after each batch."""
    database = Database(url, timezone=SYDNEY)
    told.send(0)
    for one in run_due(database, by=SYSTEM, jobs=[replace(MONTHLY, batch=BATCH)], on=MONTH, at=at):
        told.send(one.done)


def storm(url: str, *, kills: int, contracts: int, seed: int = 1) -> Billed:
    """Kill a run `kills` times at random moments, each time going on at once or after the lease, then finish it."""
    chance, at = random.Random(seed), AT  # noqa: S311 - moments to kill at, not secrets
    database = Database(url, timezone=SYDNEY)
    committed(database, contracts)
    died = 0
    for _ in range(kills):
        at += MONTHLY.lease if chance.random() < 0.5 else timedelta(seconds=1)
        died += struck(url, at, chance.randint(1, MOST_WORDS), chance.uniform(0, SLOWEST_BATCH), work=bill)
    for _ in range(2):  # the second finds nothing to do
        at += MONTHLY.lease
        struck(url, at, None, 0, work=bill)
    found = _count(database, died)
    database.close()
    return found


def _count(database: Database, kills: int) -> Billed:
    database.act(roll_up)
    made = invoice.c
    with database.read() as conn:
        months = conn.execute(select(commitment_month)).all()
        given = conn.execute(select(made.number).where(made.kind == "arrears")).scalars()
        numbers = sorted(int(number.rpartition("-")[2]) for number in given)
        mailed = conn.execute(select(func.count(func.distinct(mail_message.c.invoice_id)), func.count())).one()
        true_ups = select(func.count()).select_from(journal_entry).where(journal_entry.c.kind == Kind.TRUE_UP.value)
        done = select(func.count()).select_from(job_claim).where(job_claim.c.state == "done")
        return Billed(
            kills=kills,
            runs=conn.execute(select(func.count()).select_from(job_run)).scalar_one(),
            months=len({row.commitment_id for row in months}),
            invoices=len(numbers),
            twice=sum(count > 1 for count in Counter(row.commitment_id for row in months).values())
            + len(months)
            - len({row.invoice_id for row in months}),
            gaps=sum(number != place for place, number in enumerate(numbers, start=1)),
            mails=mailed[0] if mailed[0] == mailed[1] else -1,
            true_ups=conn.execute(true_ups).scalar_one(),
            short_months=sum(row.consumed_micros < row.minimum_micros for row in months),
            low=sum(row.consumed_micros + row.true_up_micros < row.minimum_micros for row in months),
            claims_done=conn.execute(done).scalar_one(),
            complete=not periods_to_run(conn, job=MONTHLY, on=MONTH),
            red=tuple(one.check for one in integrity.run(conn) if not one.ok),
        )
