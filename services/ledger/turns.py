"""Whose turn it is: two requests for one business event are posted one after the other."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from sqlalchemy import Connection

from services.ledger.model import Draft

FEW = 32  # up to here each event takes its own turn on PostgreSQL; a larger batch takes the whole source's


def take_turns(conn: Connection, drafts: Sequence[Draft]) -> None:
    """Two requests for one event wait for each other, so that the second finds the first's entry."""
    events = sorted({f"{draft.source}:{draft.key}" for draft in drafts})
    sources = sorted({draft.source for draft in drafts})
    few = len(events) <= FEW
    lock = "SELECT pg_advisory_xact_lock_shared(%s)" if few else "SELECT pg_advisory_xact_lock(%s)"
    for source in sources:
        conn.exec_driver_sql(lock, (_lock_number(source),))
    for event in events if few else []:
        conn.exec_driver_sql("SELECT pg_advisory_xact_lock(%s)", (_lock_number(event),))


def _lock_number(name: str) -> int:
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big", signed=True)
