"""Which commitments begin or end on a day, and when the first of them could: what scheduled work asks."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from sqlalchemy import Connection, func, select

from services.periods import add_months
from services.postpaid.model import Commitment
from services.postpaid.queries import commitments as queries
from services.postpaid.tables import commitment as table


def begins(conn: Connection, *, on: date, ids: Collection[int] | None = None) -> list[Commitment]:
    """Commitments whose first day has come and that did not begin yet."""
    found = queries.running_commitments(conn, ids=ids)
    return [each for each in found if each.started_at is None and each.contract.starts_on <= on]


def ends(conn: Connection, *, on: date, ids: Collection[int] | None = None) -> list[Commitment]:
    """Commitments whose last day is over and whose last month is billed."""
    return [each for each in queries.running_commitments(conn, ids=ids) if is_over(conn, each, on)]


def is_over(conn: Connection, found: Commitment, today: date) -> bool:
    """Whether nothing of it is left to run or to bill."""
    months = found.contract.due_months()
    if found.started_at is None or today < found.contract.days.ends_before or not months:
        return False
    return months[-1].month in {one.month for one in queries.months_billed(conn, found.id)}


def turns_since(conn: Connection) -> date | None:
    """The first day on which a commitment not ended begins; None while there is none."""
    return conn.execute(select(func.min(table.c.starts_on)).where(table.c.ended_at.is_(None))).scalar()


def bills_since(conn: Connection) -> date | None:
    """The 1st on which the first month of a commitment not ended is billed; None while there is none."""
    first = turns_since(conn)
    return add_months(first.replace(day=1), 1) if first else None
