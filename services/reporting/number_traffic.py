"""Numbers against their traffic: what each carried lately, and those that are paid for and carry nothing."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pandas as pd
from sqlalchemy import BigInteger, ColumnElement, Connection, cast, func, select

from services.customers.tables import customer
from services.frames import typed
from services.numbers.model import IDLE_DAYS, NumberStatus
from services.numbers.queries import price_in
from services.numbers.tables import dedicated_number
from services.usage.queries import complete_through
from services.usage.tables import usage_number_day

_FEW = 500  # numbers asked for one by one; beyond it the traffic of all is read
_COLUMNS = ("id", "e164", "customer_id", "customer", "country", "currency", "monthly_micros", "activated_on", "last_on")


@dataclass(frozen=True, slots=True)
class IdleNumbers:
    """One page of rented numbers without traffic, the dearest first, how many in all, and their cost by currency.

    `rows`: id, e164, customer_id, customer, country, currency, monthly_micros, activated_on, last_on (the last day
    with any traffic; missing for none). `costs`: currency, numbers, micros (a month).
    """

    rows: pd.DataFrame
    total: int
    costs: pd.DataFrame


def idle_numbers(conn: Connection, *, today: date, page: int = 1, size: int = 50) -> IdleNumbers:
    """Numbers rented for 60 days or longer that neither sent nor received anything in the 60 days to `counted_to`."""
    c, traffic = dedicated_number.c, usage_number_day.c
    own = (traffic.e164 == c.e164, traffic.customer_id == c.customer_id)
    idle = _idle(counted_to(conn, today))
    price = price_in(today)
    costs = conn.execute(
        select(c.currency, func.count(), cast(func.sum(price), BigInteger))
        .where(*idle)
        .group_by(c.currency)
        .order_by(c.currency)
    ).all()
    last = select(func.max(traffic.day)).where(*own).correlate(dedicated_number).scalar_subquery()
    found = conn.execute(
        select(
            *(c.id, c.e164, c.customer_id, customer.c.name, c.country, c.currency),
            *(price.label("monthly"), c.activated_on, last),
        )
        .join(customer, customer.c.id == c.customer_id)
        .where(*idle)
        .order_by(c.currency, price.desc(), c.e164, c.id)
        .limit(size)
        .offset((max(page, 1) - 1) * size)
    )
    rows = pd.DataFrame(found.all(), columns=list(_COLUMNS))
    whole = ("id", "customer_id", "monthly_micros")
    frame = pd.DataFrame([tuple(row) for row in costs], columns=["currency", "numbers", "micros"])
    return IdleNumbers(
        typed(rows, dict.fromkeys(whole, "int64")),
        sum(row[1] for row in costs),
        typed(frame, {"numbers": "int64", "micros": "int64"}),
    )


def traffic_of(conn: Connection, *, e164s: Collection[str], today: date) -> pd.DataFrame:
    """What numbers carried in the 60 days to `counted_to`, where they did: e164, customer_id, messages, last_on."""
    c, until = usage_number_day.c, counted_to(conn, today)
    wanted = [c.e164.in_(sorted(e164s))] if len(e164s) <= _FEW else []
    found = conn.execute(
        select(c.e164, c.customer_id, cast(func.sum(c.messages), BigInteger), func.max(c.day))
        .where(*wanted, c.day > until - timedelta(days=IDLE_DAYS), c.messages > 0)
        .group_by(c.e164, c.customer_id)
    )
    frame = pd.DataFrame(found.all(), columns=["e164", "customer_id", "messages", "last_on"])
    return typed(frame, {"customer_id": "int64", "messages": "int64"})


def counted_to(conn: Connection, today: date) -> date:
    """The day up to which traffic is counted: a late import is no silence of a number."""
    return min(complete_through(conn) or today, today)


def traffic_is_known(conn: Connection) -> bool:
    """Whether any message of a number was ever imported; without it no number can be called idle."""
    return conn.execute(select(usage_number_day.c.day).limit(1)).first() is not None


def _idle(until: date) -> list[ColumnElement[Any]]:
    c, traffic = dedicated_number.c, usage_number_day.c
    since = until - timedelta(days=IDLE_DAYS)
    carried = (
        select(traffic.day)
        .where(traffic.e164 == c.e164, traffic.customer_id == c.customer_id, traffic.day > since, traffic.messages > 0)
        .exists()
    )
    return [c.status == NumberStatus.ACTIVE.value, c.activated_on <= since, ~carried]
