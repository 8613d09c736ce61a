"""A quiet task of the server: control totals and the search index are kept close behind what is written."""

from __future__ import annotations

import logging

import anyio
from sqlalchemy.exc import DBAPIError

from services.db.current import current
from services.errors import LedgerdeskError
from services.ledger import rollup
from services.search import indexing

PAUSE_SECONDS = 10.0

_log = logging.getLogger("ledgerdesk.rolling")


async def keep_rolled_up() -> None:
    """Roll up and index every ten seconds until the server stops; a failure is logged and tried again."""
    while True:
        await anyio.sleep(PAUSE_SECONDS)
        await anyio.to_thread.run_sync(roll_up_once)
        await anyio.to_thread.run_sync(index_once)


def roll_up_once() -> int:
    """Take in what was posted since the last time; returns how many entries. Several servers may do it at once."""
    database = current()
    try:
        with database.read() as conn:
            behind = rollup.is_behind(conn)
        return database.act(rollup.roll_up) if behind else 0
    except (LedgerdeskError, DBAPIError) as error:
        _log.warning("The control totals could not be brought up to date, and will be soon: %s", type(error).__name__)
        return 0


def index_once() -> int:
    """Take into the search index what was written since the last time; returns how many changes."""
    database = current()
    try:
        with database.read() as conn:
            behind = indexing.is_behind(conn)
        return indexing.catch_up(database) if behind else 0
    except (LedgerdeskError, DBAPIError) as error:
        _log.warning("The search index could not be brought up to date, and will be soon: %s", type(error).__name__)
        return 0
