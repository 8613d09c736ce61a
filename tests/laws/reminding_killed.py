"""A process that sends the reminders of a day is killed again and again; then every letter is counted."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from datetime import date, datetime, timedelta
from multiprocessing.connection import Connection

from sqlalchemy import func, select

from services.access.model import SYSTEM
from services.db.engine import Database
from services.dunning.tables import dunning_reminder
from services.jobs.running import run_due
from services.mail.tables import mail_message
from services.wiring.jobs import JOBS
from tests.conftest import SYDNEY
from tests.debts import debt, noon
from tests.invoicing import open_shop
from tests.laws.charging_killed import struck

[JOB] = [each for each in JOBS if each.name == "dunning"]
ISSUED, ON = date(2026, 11, 20), date(2026, 12, 8)
BATCH, MOST_WORDS, SLOWEST_BATCH = 3, 3, 0.04


def remind(url: str, at: datetime, told: Connection) -> None:
    """Run what is due, saying when it is about to begin and after each batch."""
    database = Database(url, timezone=SYDNEY)
    told.send(0)
    for one in run_due(database, by=SYSTEM, jobs=[replace(JOB, batch=BATCH)], on=ON, at=at):
        told.send(one.done)


def storm(url: str, *, kills: int, debts: int, seed: int = 1) -> tuple[int, Counter[int], int]:
    """Kill the run so often at random moments, then finish it: deaths, letters noted an invoice, and in the outbox."""
    chance, at = random.Random(seed), noon(ON)  # noqa: S311 - moments to kill at, not secrets
    database = Database(url, timezone=SYDNEY)
    owes = open_shop(database)["US"]
    for number in range(debts):
        debt(database, owes, "100.00", issued=ISSUED, nonce=f"debt {number}")
    died = 0
    for _ in range(kills):
        at += JOB.lease if chance.random() < 0.5 else timedelta(seconds=1)
        died += struck(url, at, chance.randint(1, MOST_WORDS), chance.uniform(0, SLOWEST_BATCH), work=remind)
    for _ in range(2):  # the second finds nothing to do
        at += JOB.lease
        struck(url, at, None, 0, work=remind)
    with database.read() as conn:
        noted = Counter(conn.execute(select(dunning_reminder.c.invoice_id)).scalars())
        mails = conn.execute(select(func.count()).select_from(mail_message)).scalar_one()
    database.close()
    return died, noted, int(mails)
