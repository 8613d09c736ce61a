"""What stops a customer: one place where every rule puts its stop, and the one question everybody asks.

A stop refuses what somebody decides: a new number, a new fee. It never refuses a fact or a payment (docs/decisions).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from services.access.audit import record
from services.access.model import Principal
from services.customers.model import Customer
from services.customers.tables import customer_stop
from services.db.engine import Transaction
from services.errors import Refused

_STOP = customer_stop.c
_ACT = "customers.stop"


class Stopped(Refused):
    """Something new was asked for a customer for whom nothing new is set up."""


@dataclass(frozen=True, slots=True)
class Stop:
    """Why a customer is stopped, since when (UTC), and how it ended if it did."""

    customer_id: int
    cause: str
    why: str
    since: datetime
    ended_at: datetime | None = None
    ended_by: str = ""
    ended_why: str = ""


def stops_of(conn: Connection, customer_id: int) -> list[Stop]:
    """Why this customer is stopped now, oldest first; nothing when it is not."""
    return stopped(conn, [customer_id]).get(customer_id, [])


def stopped(conn: Connection, customer_ids: Collection[int] | None = None) -> dict[int, list[Stop]]:
    """Every customer that is stopped now, or those of `customer_ids`, each with its stops, oldest first."""
    fits = [_STOP.ended_at.is_(None)]
    if customer_ids is not None:
        fits.append(_STOP.customer_id.in_(customer_ids))
    found: dict[int, list[Stop]] = {}
    for row in conn.execute(select(customer_stop).where(*fits).order_by(_STOP.customer_id, _STOP.id)):
        found.setdefault(row.customer_id, []).append(Stop(row.customer_id, row.cause, row.why, row.since))
    return found


def past_stops(conn: Connection, customer_id: int) -> list[Stop]:
    """Every stop of a customer, the newest first."""
    rows = conn.execute(select(customer_stop).where(_STOP.customer_id == customer_id).order_by(_STOP.id.desc()))
    return [
        Stop(
            row.customer_id, row.cause, row.why, row.since, row.ended_at, row.ended_by or "", row.ended_why or ""
        )
        for row in rows
    ]  # fmt: skip


def refuse_stopped(conn: Connection, owner: Customer, *, wanted: str) -> None:
    """Raise `Stopped` when nothing new is set up for the customer; `wanted` names it, such as "No new number"."""
    if found := stops_of(conn, owner.id):
        reasons = " ".join(each.why for each in found)
        raise Stopped(f"{wanted} for {owner.name}: it is stopped. {reasons} Take the payment, or have the stop lifted.")


def stop_customer(tx: Transaction, *, by: Principal, customer_id: int, cause: str, why: str) -> bool:
    """Stop a customer for a cause, a step of the rule that says so; gives whether it was not stopped for it before."""
    open_ = (_STOP.customer_id == customer_id, _STOP.cause == cause, _STOP.ended_at.is_(None))
    if tx.conn.execute(select(_STOP.id).where(*open_)).scalar() is not None:
        return False
    row = {"customer_id": customer_id, "cause": cause, "why": why, "since": tx.at, "stopped_by": by.name}
    tx.conn.execute(insert(customer_stop), row)
    record(tx, by=by, act=_ACT, subject="customer", subject_id=customer_id, after={"stopped": cause}, reason=why)
    return True


def end_stop(tx: Transaction, *, by: Principal, customer_id: int, cause: str, why: str) -> bool:
    """End what a cause stopped, a step of the rule that says so; gives whether there was a stop."""
    open_ = (_STOP.customer_id == customer_id, _STOP.cause == cause, _STOP.ended_at.is_(None))
    ended = {"ended_at": tx.at, "ended_by": by.name, "ended_why": why}
    if not tx.conn.execute(update(customer_stop).where(*open_).values(ended)).rowcount:
        return False
    facts = {"before": {"stopped": cause}, "after": {"stopped": ""}}
    record(tx, by=by, act=_ACT, subject="customer", subject_id=customer_id, reason=why, **facts)
    return True
