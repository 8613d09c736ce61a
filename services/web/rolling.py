"""A quiet task of the server: the ledger's control totals are kept close behind the posting."""

from __future__ import annotations

import logging

import anyio
from sqlalchemy.exc import DBAPIError

from services.db.current import current
from services.errors import LedgerdeskError
from services.ledger.rollup import is_behind, roll_up

PAUSE_SECONDS = 10.0

_log = logging.getLogger("ledgerdesk.rolling")


async def keep_rolled_up() -> None:
    """Roll up every ten seconds until the server stops; a failure is logged and tried again."""
    while True:
        await anyio.sleep(PAUSE_SECONDS)
        await anyio.to_thread.run_sync(roll_up_once)


def roll_up_once() -> int:
    """Take in what was posted since the last time; returns how many entries. Several servers may do it at once."""
    database = current()
    try:
        with database.read() as conn:
            behind = is_behind(conn)
        return database.act(roll_up) if behind else 0
    except (LedgerdeskError, DBAPIError) as error:
        _log.warning("The control totals could not be brought up to date, and will be soon: %s", type(error).__name__)
        return 0
