"""Which monthly invoices wait and why: held by a person, or after an earlier month that is not billed yet."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from services.postpaid.commitment import DueMonth
from services.postpaid.model import Commitment
from services.postpaid.queries.consumption import consumed_by_month
from services.postpaid.tables import commitment_hold


@dataclass(frozen=True, slots=True)
class BillHold:
    """Why the monthly invoices of a commitment wait, who said so and when (UTC)."""

    commitment_id: int
    reason: str
    held_by: str
    held_at: datetime


def bill_holds(conn: Connection, *, ids: Collection[int]) -> dict[int, BillHold]:
    """The holds of these commitments that nobody released, by commitment."""
    c = commitment_hold.c
    rows = conn.execute(select(commitment_hold).where(c.released_at.is_(None), c.commitment_id.in_(ids)))
    return {row.commitment_id: BillHold(row.commitment_id, row.reason, row.held_by, row.held_at) for row in rows}


def kept_back(conn: Connection, due: Sequence[tuple[Commitment, DueMonth]]) -> dict[int, str]:
    """By commitment why its month is not billed now, in words; nothing for those that can be.

    Months are billed oldest first, because what was consumed by then and stands in no month before is the month's own.
    """
    ids = [found.id for found, _ in due]
    held, billed = bill_holds(conn, ids=ids), consumed_by_month(conn, ids=ids)
    said = {}
    for found, part in due:
        done = {month for month, _ in billed.get(found.id, [])}
        before = [each.month for each in found.contract.due_months() if each.month < part.month]
        missing = [month for month in before if month not in done]
        if hold := held.get(found.id):
            said[found.id] = f"{hold.reason} (held by {hold.held_by})"
        elif missing:
            said[found.id] = f"After {missing[0]:%B %Y}, which is not billed yet"
    return said
