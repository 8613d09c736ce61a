"""Numbers that are ending, and ended ones whose rental waits to be given back: the cancellation clock (rule 18)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pandas as pd
from sqlalchemy import Connection, case, func, or_, select

from services.customers.tables import customer
from services.frames import typed
from services.numbers.model import NumberStatus
from services.numbers.queries.overcharged import overcharged
from services.numbers.tables import dedicated_number

_COLUMNS = (
    *("id", "e164", "customer_id", "customer", "status", "currency"),
    *("cancellation_requested_on", "cancels_on", "cancelled_on"),
)


@dataclass(frozen=True, slots=True)
class EndsPage:
    """One page of ends and how many there are.

    `rows`: id, e164, customer_id, customer, status, currency, cancellation_requested_on, cancels_on, cancelled_on and
    refund_micros (prepared, missing for none).
    """

    rows: pd.DataFrame
    total: int


@dataclass(frozen=True, slots=True)
class EndsCount:
    """How many numbers wait to be released because their day has come, and how many have rental to give back."""

    to_release: int
    to_refund: int


def ends(conn: Connection, *, today: date, page: int = 1, size: int = 50) -> EndsPage:
    """Numbers being cancelled and numbers with rental to give back, those whose day has come first."""
    c = dedicated_number.c
    refunds: dict[int, int] = {}
    for one in overcharged(conn):
        refunds[one.number_id] = refunds.get(one.number_id, 0) + one.refund.micros
    wanted = or_(c.status == NumberStatus.CANCELLING.value, c.id.in_(sorted(refunds)))
    total = conn.execute(select(func.count()).select_from(dedicated_number).where(wanted)).scalar_one()
    needs_a_person = case((or_(c.id.in_(sorted(refunds)), c.cancels_on <= today), 0), else_=1)
    found = conn.execute(
        select(
            *(c.id, c.e164, c.customer_id, customer.c.name, c.status, c.currency),
            *(c.cancellation_requested_on, c.cancels_on, c.cancelled_on),
        )
        .join(customer, customer.c.id == c.customer_id)
        .where(wanted)
        .order_by(needs_a_person, c.cancels_on, c.e164, c.id)
        .limit(size)
        .offset((max(page, 1) - 1) * size)
    )
    rows = typed(pd.DataFrame(found.all(), columns=list(_COLUMNS)), {"id": "int64", "customer_id": "int64"})
    prepared = pd.array([refunds.get(int(number_id)) for number_id in rows["id"]], dtype="Int64")
    return EndsPage(rows.assign(refund_micros=prepared), total)


def count_ends(conn: Connection, *, today: date) -> EndsCount:
    """How many numbers wait for a person because of their end."""
    c = dedicated_number.c
    due = (c.status == NumberStatus.CANCELLING.value, c.cancels_on <= today)
    to_release = conn.execute(select(func.count()).select_from(dedicated_number).where(*due)).scalar_one()
    return EndsCount(to_release, len({one.number_id for one in overcharged(conn)}))
