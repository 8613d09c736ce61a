"""Who is overdue, those first that need a person: a page of customers by currency, put together in the database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import IntEnum
from functools import cache
from typing import Any

import pandas as pd
from sqlalchemy import ColumnElement, Connection, Select, and_, case, exists, func, literal, or_, select

from services.customers.stopping import UNPAID
from services.customers.tables import customer, customer_stop
from services.dunning.queries.standing import DEBT, arrived
from services.dunning.tables import dunning_pause, dunning_promise, dunning_reminder
from services.invoices.tables import ASKS_FOR_MONEY, invoice
from services.ledger.balances import total

PAGE_SIZE = 50
COLUMNS = (
    *("customer_id", "customer", "username", "currency", "need", "overdue_micros", "invoices", "oldest_due_on"),
    *("stage", "reminded_on", "promised_on", "promised_micros", "arrived_micros", "paused", "paused_until", "stops"),
)
_INVOICE, _CUSTOMER = invoice.c, customer.c


class Need(IntEnum):
    """Why a customer stands where it does in the worklist, the most pressing first."""

    BROKEN = 1
    STOPPED = 2
    FINAL = 3
    REMINDED = 4
    FRESH = 5
    PROMISED = 6
    PAUSED = 7

    @property
    def label(self) -> str:
        """The words on screen."""
        return _LABELS[self]


_LABELS = {
    Need.BROKEN: "Promise broken",
    Need.STOPPED: "Stopped",
    Need.FINAL: "Final reminder sent",
    Need.REMINDED: "Reminded",
    Need.FRESH: "Not reminded yet",
    Need.PROMISED: "Promised",
    Need.PAUSED: "Paused",
}


@dataclass(frozen=True, slots=True)
class Worklist:
    """One page of it, and how many there are in all.

    `rows`: the columns of `COLUMNS`; `need` is the number of a `Need`, `stage` that of the furthest stage or none.
    """

    rows: pd.DataFrame
    total: int


def worklist(
    conn: Connection,
    *,
    on: date,
    customer_id: int | None = None,
    currency: str | None = None,
    need: Need | None = None,
    words: str = "",
    page: int = 1,
    size: int = PAGE_SIZE,
) -> Worklist:
    """Every customer with an overdue debt on a day, one row a currency, in the order a person should look at them."""
    found = _found(on, customer_id, currency, words).subquery()
    fits = [found.c.need == need.value] if need else []
    order = (found.c.need, found.c.oldest_due_on, found.c.customer_id, found.c.currency)
    query = select(*(found.c[name] for name in COLUMNS)).where(*fits).order_by(*order)
    rows = [tuple(row) for row in conn.execute(query.limit(size).offset((page - 1) * size))]
    count = len(rows)  # all there are, unless the page is full or not the first
    if page > 1 or count == size:
        count = conn.execute(select(func.count()).select_from(found).where(*fits)).scalar_one()
    return Worklist(pd.DataFrame(rows, columns=list(COLUMNS), dtype=object), int(count))


def is_listed(conn: Connection, *, on: date, customer_id: int) -> bool:
    """Whether the worklist has anything of a customer on a day: a small question before the large one."""
    overdue = exists().where(DEBT, ASKS_FOR_MONEY, _INVOICE.due_on < on, _INVOICE.customer_id == customer_id)
    return bool(conn.execute(select(overdue)).scalar_one())


def _found(on: date, customer_id: int | None, currency: str | None, words: str) -> Select[Any]:
    owed, promise, pause, stop = _overdue(on, customer_id, currency), _promise(), _pause(on), _stops()

    def mine(other: Any) -> ColumnElement[bool]:
        return and_(other.c.customer_id == owed.c.customer_id, other.c.currency == owed.c.currency)

    query = (
        select(
            owed,
            _CUSTOMER.name.label("customer"),
            _CUSTOMER.username,
            _need(on, owed.c, promise.c, pause.c, stop.c).label("need"),
            promise.c.promised_on,
            promise.c.micros.label("promised_micros"),
            promise.c.arrived.label("arrived_micros"),
            pause.c.reason.label("paused"),
            pause.c.until.label("paused_until"),
            func.coalesce(stop.c.stops, 0).label("stops"),
        )
        .join(customer, _CUSTOMER.id == owed.c.customer_id)
        .outerjoin(promise, mine(promise))
        .outerjoin(pause, mine(pause))
        .outerjoin(stop, mine(stop))
    )
    if words:
        named = (_CUSTOMER.name, _CUSTOMER.username, _CUSTOMER.account_id)
        query = query.where(or_(*(each.icontains(words, autoescape=True) for each in named)))
    return query


def _need(on: date, owed: Any, promise: Any, pause: Any, stop: Any) -> ColumnElement[int]:
    kept = promise.arrived >= promise.micros
    return case(
        (and_(promise.promised_on < on, ~kept), literal(Need.BROKEN.value)),
        (stop.stops > 0, literal(Need.STOPPED.value)),
        (pause.id.is_not(None), literal(Need.PAUSED.value)),
        (promise.promised_on >= on, literal(Need.PROMISED.value)),
        (owed.stage >= 3, literal(Need.FINAL.value)),  # noqa: PLR2004 - the final letter, or the stop somebody lifted
        (owed.stage.is_not(None), literal(Need.REMINDED.value)),
        else_=literal(Need.FRESH.value),
    )


def _overdue(on: date, customer_id: int | None, currency: str | None) -> Any:
    """What each customer owes that is overdue, with the furthest stage any of it reached."""
    sent = dunning_reminder.c
    last = select(sent.invoice_id, func.max(sent.stage).label("stage"), func.max(sent.reminded_on).label("day"))
    reached = last.group_by(sent.invoice_id).subquery()
    covered = _INVOICE.allocated_micros + _INVOICE.fee_micros + _INVOICE.credited_micros
    query = (
        select(
            _INVOICE.customer_id,
            _INVOICE.currency,
            total(_INVOICE.gross_micros - covered).label("overdue_micros"),
            func.count().label("invoices"),
            func.min(_INVOICE.due_on).label("oldest_due_on"),
            func.max(reached.c.stage).label("stage"),
            func.max(reached.c.day).label("reminded_on"),
        )
        .outerjoin(reached, reached.c.invoice_id == _INVOICE.id)
        .where(DEBT, ASKS_FOR_MONEY, _INVOICE.due_on < on)
        .group_by(_INVOICE.customer_id, _INVOICE.currency)
    )
    fits = [_INVOICE.currency == currency] if currency else []
    fits += [_INVOICE.customer_id == customer_id] if customer_id is not None else []
    return query.where(*fits).subquery()


@cache
def _promise() -> Any:
    """The newest promise of each customer that was not withdrawn."""
    c = dunning_promise.c
    newest = select(func.max(c.id)).where(c.withdrawn_at.is_(None)).group_by(c.customer_id, c.currency)
    return select(c.customer_id, c.currency, c.promised_on, c.micros, arrived()).where(c.id.in_(newest)).subquery()


def _pause(on: date) -> Any:
    c = dunning_pause.c
    holds = (c.lifted_at.is_(None), func.coalesce(c.until, on) >= on)
    return select(c.id, c.customer_id, c.currency, c.reason, c.until).where(*holds).subquery()


@cache
def _stops() -> Any:
    c, about = customer_stop.c, (_INVOICE.customer_id, _INVOICE.currency)
    query = select(*about, func.count().label("stops")).join_from(customer_stop, invoice, _INVOICE.id == c.invoice_id)
    return query.where(c.cause == UNPAID, c.ended_at.is_(None)).group_by(*about).subquery()
