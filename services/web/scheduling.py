"""A quiet task of the server: what is due is run within a minute, unless the command line did it before."""

from __future__ import annotations

import logging
from collections import deque
from datetime import UTC, datetime, timedelta

import anyio
from sqlalchemy.exc import DBAPIError

from services.access.model import SYSTEM
from services.db.current import current
from services.errors import LedgerdeskError
from services.jobs.running import run_due
from services.settings import settings
from services.wiring.jobs import JOBS
from services.wiring.mailing import send_mail

PAUSE_SECONDS = 60.0
RETRY_AFTER = timedelta(hours=1)

_log = logging.getLogger("ledgerdesk.jobs")


async def keep_on_schedule() -> None:
    """Look every minute until the server stops; several servers on the same books share the work."""
    while True:
        await anyio.sleep(PAUSE_SECONDS)
        await anyio.to_thread.run_sync(run_due_once, abandon_on_cancel=True)


def run_due_once() -> None:
    """Run what is due today and send what waits.

    A failure of one subject is kept and tried again in an hour, one of the books is logged.
    """
    database = current()
    today = datetime.now(UTC).astimezone(database.timezone).date()
    try:
        deque(run_due(database, by=SYSTEM, jobs=JOBS, on=today, retry_after=RETRY_AFTER), maxlen=0)
        deque(send_mail(database, by=SYSTEM, server=settings().mail_server), maxlen=0)
    except (LedgerdeskError, DBAPIError) as error:
        _log.warning("What is due could not be run, and will be tried again soon: %s", type(error).__name__)
