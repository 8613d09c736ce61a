"""Whether this process can serve: it runs, and its database answers."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from anyio import to_thread
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from starlette.responses import JSONResponse, Response

from services.access.tables import person
from services.db.current import current
from services.errors import LedgerdeskError

if TYPE_CHECKING:
    from starlette.requests import Request


async def health(_request: Request) -> Response:
    """Answer 200 {"status": "ok"} or 503 {"status": "unavailable"}; nothing about the inside is told."""
    try:
        await to_thread.run_sync(_read_something)
    except (LedgerdeskError, SQLAlchemyError):
        logging.getLogger("ledgerdesk.web").exception("health: the database does not answer")
        return JSONResponse({"status": "unavailable", "database": "unavailable"}, 503, {"cache-control": "no-store"})
    return JSONResponse({"status": "ok", "database": "ok"}, headers={"cache-control": "no-store"})


def _read_something() -> None:
    with current().read() as conn:
        conn.execute(select(person.c.id).limit(1)).first()
