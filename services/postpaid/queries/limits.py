"""Reads of credit limits: whose share of its limit moved past a mark, and what was alerted when."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, case, exists, func, literal, or_, select
from sqlalchemy.sql.selectable import ScalarSelect

from services.customers.tables import customer, customer_stop
from services.ledger.model import Purpose
from services.ledger.tables import account, account_balance
from services.money import Money
from services.postpaid.commitment import AtLimit
from services.postpaid.model import MARKS
from services.postpaid.tables import commitment, commitment_version, limit_alert

CAUSE = "credit limit"  # what a stop of this rule is called
_FULL = MARKS[-1]


@dataclass(frozen=True, slots=True)
class Moved:
    """A commitment whose mark or stop is not what it was when somebody last looked.

    `kept` and `level` are the marks then and now, 0 below the first. `is_last` when no later commitment of the customer
    began: its limit decides, and whether the customer `stops`. `turn` counts what became of its alerts and stops, so
    that one look is told from the next.
    """

    commitment_id: int
    customer_id: int
    customer: str
    owed: Money
    limit: Money
    kept: int
    level: int
    is_last: bool
    stops: bool
    turn: int

    @property
    def says(self) -> str:
        """What moved, in words."""
        if self.level == self.kept:
            return "Its stop begins" if self.stops else "Its stop ends"
        return f"Past {self.level} % of its limit" if self.level > self.kept else f"Below {self.kept} % of its limit"


@dataclass(frozen=True, slots=True)
class Alert:
    """A mark that was passed; `fell_at` when it could be passed again, `lifted_*` when a stop at it was lifted."""

    commitment_id: int
    customer_id: int
    customer: str
    mark: int
    owed: Money
    limit: Money
    crossed_at: datetime
    mail_id: int | None
    fell_at: datetime | None
    lifted_at: datetime | None
    lifted_by: str
    lifted_why: str


def moved(conn: Connection, *, on: date, ids: Collection[int] | None = None) -> list[Moved]:
    """Commitments that passed a mark up or down, or whose stop is to begin or end; by id, in one statement.

    What is held against the limit is the balance below zero, kept by posting: whatever moved it is seen. After a
    commitment has ended no mark stands.
    """
    return [
        Moved(
            commitment_id=row.id,
            customer_id=row.customer_id,
            customer=row.name,
            owed=Money(max(int(row.owed), 0), row.currency),
            limit=Money(row.limit_micros, row.currency),
            kept=int(row.kept),
            level=int(row.level),
            is_last=bool(row.last),
            stops=bool(row.stops),
            turn=int(row.turn),
        )
        for row in conn.execute(_moved(on, ids))
    ]


def alerts(conn: Connection, *, commitment_id: int | None = None, standing_only: bool = False) -> list[Alert]:
    """The marks that were passed, the newest first; of one commitment, or only those below which nothing fell since."""
    a = limit_alert.c
    fits: list[ColumnElement[bool]] = [a.fell_at.is_(None)] if standing_only else []
    fits += [a.commitment_id == commitment_id] if commitment_id is not None else []
    rows = conn.execute(
        select(limit_alert, commitment.c.customer_id, commitment.c.currency, customer.c.name)
        .join_from(limit_alert, commitment, commitment.c.id == a.commitment_id)
        .join(customer, customer.c.id == commitment.c.customer_id)
        .where(*fits)
        .order_by(a.id.desc())
    )
    return [
        Alert(
            commitment_id=row.commitment_id,
            customer_id=row.customer_id,
            customer=row.name,
            mark=row.mark,
            owed=Money(row.owed_micros, row.currency),
            limit=Money(row.limit_micros, row.currency),
            crossed_at=row.crossed_at,
            mail_id=row.mail_id,
            fell_at=row.fell_at,
            lifted_at=row.lifted_at,
            lifted_by=row.lifted_by or "",
            lifted_why=row.lifted_why or "",
        )
        for row in rows
    ]


def near_limit(conn: Connection) -> int:
    """How many customers stand at a mark of their limit now that is not the first: who is looked at on Home."""
    a = limit_alert.c
    counted = select(func.count(func.distinct(a.commitment_id))).where(a.fell_at.is_(None), a.mark > MARKS[0])
    return int(conn.execute(counted).scalar_one())


def _moved(on: date, ids: Collection[int] | None) -> Select[Any]:
    c, v, a = commitment.c, commitment_version.c, limit_alert.c
    last = _is_last()
    runs = and_(c.ended_at.is_(None), last)
    owed = func.coalesce(account_balance.c.balance, 0)
    level = case(
        *((and_(runs, owed * 100 >= v.limit_micros * mark), mark) for mark in reversed(MARKS)), else_=literal(0)
    )
    mine, stands = a.commitment_id == c.id, a.fell_at.is_(None)
    kept = func.coalesce(_scalar(select(func.max(a.mark)).where(mine, stands)), 0)
    stop = customer_stop.c
    stopped = exists().where(stop.customer_id == c.customer_id, stop.cause == CAUSE, stop.ended_at.is_(None))
    lifted = exists().where(mine, stands, a.mark == _FULL, a.lifted_at.is_not(None))
    stops = and_(level == _FULL, v.at_limit == AtLimit.STOP.value, ~lifted)
    turn = _scalar(select(func.count() + func.count(a.fell_at) + func.count(a.lifted_at)).where(mine))
    turn_of_stops = _scalar(
        select(func.count() + func.count(stop.ended_at)).where(stop.customer_id == c.customer_id, stop.cause == CAUSE)
    )
    of_balance = and_(
        account.c.customer_id == c.customer_id,
        account.c.purpose == Purpose.CREDIT.value,
        account.c.currency == c.currency,
    )
    stop_moved = and_(last, or_(and_(stops, ~stopped), and_(~stops, stopped)))
    fits: list[ColumnElement[bool]] = [c.started_at.is_not(None), or_(runs, kept > 0, stopped)]
    fits += [or_(level != kept, stop_moved)]
    if ids is not None:
        fits.append(c.id.in_(ids))
    return (
        select(
            c.id, c.customer_id, customer.c.name, c.currency, v.limit_micros, owed.label("owed"),
            kept.label("kept"), level.label("level"), stops.label("stops"), last.label("last"),
            (turn + turn_of_stops).label("turn"),
        )
        .join_from(commitment, customer, customer.c.id == c.customer_id)
        .join(commitment_version, and_(v.commitment_id == c.id, v.version == _in_force(on)))
        .outerjoin(account, of_balance)
        .outerjoin(account_balance, account_balance.c.account_id == account.c.id)
        .where(*fits)
        .order_by(c.id)
    )  # fmt: skip


def _in_force(on: date) -> ScalarSelect[Any]:
    """The number of the version in force on a day, the first one before any."""
    v = commitment_version.alias("spoken").c
    spoken = or_(v.effective_on <= on, v.version == 1)
    return _scalar(select(func.max(v.version)).where(v.commitment_id == commitment.c.id, spoken))


def _is_last() -> ColumnElement[bool]:
    """Whether no later commitment of the customer began."""
    later = commitment.alias("later").c
    after = (later.customer_id == commitment.c.customer_id, later.id > commitment.c.id)
    return ~exists().where(*after, later.started_at.is_not(None))


def _scalar(wanted: Select[Any]) -> ScalarSelect[Any]:
    return wanted.scalar_subquery()
