"""Reading adjustments: one, a page of them with sums, what waits, and which promotions have expired."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pandas as pd
from sqlalchemy import BigInteger, ColumnElement, Connection, Row, Select, and_, case, cast, func, or_, select

from services.access.tables import approval
from services.adjustments.fifo import left_of_each
from services.adjustments.model import Adjustment, AdjustmentKind, Judged, NoSuchAdjustment, State, Wanted
from services.adjustments.tables import adjustment as table
from services.customers.tables import customer
from services.frames import typed
from services.ledger.queries import promotional_credit
from services.money import Money
from services.periods import Period
from services.pricing.model import RATE_PLACES
from services.usage.model import Product

_C = table.c
_WAITS = and_(_C.entry_id.is_(None), approval.c.decision.is_(None))
_STATE = case(
    (_C.undone_at.is_not(None), State.UNDONE.value),
    (_C.entry_id.is_not(None), State.POSTED.value),
    (approval.c.decision.is_(None), State.WAITING.value),
    else_=State.DECLINED.value,
).label("state")
_JOINED = table.outerjoin(approval, approval.c.id == _C.approval_id)
_LISTED = (
    *("id", "asked_on", "kind", "customer_id", "currency", "micros", "aud_micros", "reason", "ticket_id", "asked_by"),
    *("approved_by", "approval_id", "entry_id", "expires_on", "expired_micros", "messages", "undone_by"),
)


@dataclass(frozen=True, slots=True)
class AdjustmentsPage:
    """One page of adjustments, newest first, how many there are in all, and their sums by currency, kind and state.

    `rows`: id, asked_on, kind, customer_id, currency, micros, aud_micros, reason, ticket_id, asked_by, approved_by,
    approval_id, entry_id, expires_on, expired_micros, messages, undone_by, state, username, customer. `sums`:
    currency, kind, state, count, micros.
    """

    rows: pd.DataFrame
    total: int
    sums: pd.DataFrame


@dataclass(frozen=True, slots=True)
class Due:
    """A promotion that has expired and what is left of it to take back, which may be nothing."""

    adjustment_id: int
    wanted: Wanted
    left: Money


def adjustment(conn: Connection, adjustment_id: int) -> Adjustment:
    """The adjustment; raises `NoSuchAdjustment`."""
    row = conn.execute(_whole().where(_C.id == adjustment_id)).one_or_none()
    if row is None:
        raise NoSuchAdjustment(f"There is no adjustment {adjustment_id}; look it up in the list.")
    return _adjustment(row)


def adjustment_by_nonce(conn: Connection, nonce: str) -> Adjustment | None:
    """The adjustment a form made, if it was sent before."""
    row = conn.execute(_whole().where(_C.nonce == nonce)).one_or_none()
    return _adjustment(row) if row else None


def page(
    conn: Connection,
    *,
    period: Period | None = None,
    customer_id: int | None = None,
    kind: AdjustmentKind | None = None,
    state: State | None = None,
    currency: str | None = None,
    page: int = 1,
    size: int = 50,
) -> AdjustmentsPage:
    """One page (from 1) of the adjustments asked for in a period, newest first."""
    where = _where(period, customer_id, kind, state, currency)
    names = [_C.currency, _C.kind, _STATE]
    summed = (
        select(*names, func.count().label("count"), cast(func.sum(_C.micros), BigInteger).label("micros"))
        .select_from(_JOINED)
        .where(*where)
        .group_by(*names)
        .order_by(*names)
    )
    sums = _frame(conn, summed, {"count": "int64", "micros": "int64"})
    rows = (
        select(*(_C[name] for name in _LISTED), _STATE, customer.c.username, customer.c.name.label("customer"))
        .select_from(_JOINED.join(customer, customer.c.id == _C.customer_id))
        .where(*where)
        .order_by(_C.asked_on.desc(), _C.id.desc())
        .limit(size)
        .offset((max(page, 1) - 1) * size)
    )
    whole = dict.fromkeys(("id", "customer_id", "micros", "aud_micros", "messages"), "int64")
    whole |= dict.fromkeys(("approval_id", "entry_id", "expired_micros"), "Int64")
    return AdjustmentsPage(_frame(conn, rows, whole), int(sums["count"].sum()), sums)


def waiting(conn: Connection) -> int:
    """How many adjustments wait for a second person."""
    return int(conn.execute(select(func.count()).select_from(_JOINED).where(_WAITS)).scalar_one())


def asked_in_aud(conn: Connection, *, customer_id: int, kind: AdjustmentKind, on: date) -> Money:
    """What was asked or posted of a kind for a customer on a day, in AUD, without what was declined or taken back."""
    live = or_(_C.entry_id.is_not(None), _WAITS)
    query = select(cast(func.coalesce(func.sum(_C.aud_micros), 0), BigInteger)).select_from(_JOINED)
    own = (_C.customer_id == customer_id, _C.kind == kind.value, _C.asked_on == on, _C.undone_at.is_(None), live)
    return Money(int(conn.execute(query.where(*own)).scalar_one()), "AUD")


def due_expiries(conn: Connection, *, on: date, adjustment_ids: Collection[int] | None = None) -> list[Due]:
    """Promotions that no longer count on a day and were not taken back yet, oldest first, with what is left of each."""
    due = (_C.expires_on <= on, _C.expired_micros.is_(None), _C.entry_id.is_not(None), _C.undone_at.is_(None))
    asked = due if adjustment_ids is None else (*due, _C.id.in_(adjustment_ids))
    owners = conn.execute(select(_C.customer_id, _C.currency).where(*asked).distinct()).all()
    found = [each for owner in owners for each in _left(conn, *owner) if each[0] <= on]
    wanted = [each for _, each in found if adjustment_ids is None or each.adjustment_id in adjustment_ids]
    return sorted(wanted, key=lambda each: each.adjustment_id)


def expires_since(conn: Connection) -> date | None:
    """The earliest day on which a promotion that still counts expires; None while none does."""
    live = (_C.expires_on.is_not(None), _C.expired_micros.is_(None), _C.entry_id.is_not(None), _C.undone_at.is_(None))
    return conn.execute(select(func.min(_C.expires_on)).where(*live)).scalar()


def _left(conn: Connection, customer_id: int, currency: str) -> list[tuple[date, Due]]:
    """Every grant of a customer that still counts, with its day of expiry and what is left of it."""
    live = (_C.expired_micros.is_(None), _C.entry_id.is_not(None), _C.undone_at.is_(None))
    own = (_C.customer_id == customer_id, _C.currency == currency, _C.kind == AdjustmentKind.PROMOTION.value)
    grants = [_adjustment(row) for row in conn.execute(_whole().where(*own, *live).order_by(_C.entry_id))]
    held = promotional_credit(conn, customer_id, currency).micros
    left = left_of_each([grant.wanted.amount.micros for grant in grants], held=held)
    return [
        (grant.wanted.expires_on or date.max, Due(grant.id, grant.wanted, Money(micros, currency)))
        for grant, micros in zip(grants, left, strict=True)
    ]


def _whole() -> Select[Any]:
    return select(table, _STATE).select_from(_JOINED)


def _where(
    period: Period | None,
    customer_id: int | None,
    kind: AdjustmentKind | None,
    state: State | None,
    currency: str | None,
) -> list[ColumnElement[bool]]:
    found = [] if period is None else [_C.asked_on >= period.starts_on, _C.asked_on < period.ends_before]
    wanted = ((_C.customer_id, customer_id), (_C.kind, kind.value if kind else None), (_C.currency, currency))
    found += [column == value for column, value in wanted if value is not None]
    return [*found, _STATE.element == state.value] if state else found


def _frame(conn: Connection, query: Select[Any], types: dict[str, str]) -> pd.DataFrame:
    rows = conn.execute(query)
    names = list(rows.keys())
    return typed(pd.DataFrame([tuple(row) for row in rows], columns=names), types)


def _adjustment(row: Row[Any]) -> Adjustment:
    days = Period(row.first_day, row.last_day + timedelta(days=1)) if row.first_day else None
    wanted = Wanted(
        AdjustmentKind(row.kind), row.customer_id, Money(row.micros, row.currency), row.reason, row.ticket_id,
        row.expires_on, row.messages, days, Product(row.product) if row.product else None, row.promotional_micros,
    )  # fmt: skip
    rate = Decimal(row.rate_nano).scaleb(-RATE_PLACES)
    aud, day = Money(row.aud_micros, "AUD"), Money(row.day_aud_micros, "AUD")
    names = ("asked_on", "asked_at", "asked_by", "approval_id", "entry_id", "approved_by")
    ended = ("undone_at", "undone_by", "undone_reason", "expired_micros")
    return Adjustment(
        id=row.id,
        nonce=row.nonce,
        wanted=wanted,
        judged=Judged(aud, day, rate, row.rate_on, row.rate_source),
        state=State(row.state),
        **{name: getattr(row, name) for name in (*names, *ended)},
    )
