"""What stops a customer: one place where every rule puts its stop, and the one question everybody asks.

A stop refuses what somebody decides: a new number, a new fee, credit ahead of a transfer. It never refuses a fact or a
payment. Several causes may hold at once and each ends for itself: a debt's when nothing of it is open (docs/decisions).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, insert, select, update

from services.access.audit import record
from services.access.model import SYSTEM, Principal
from services.customers.model import Customer
from services.customers.tables import customer_stop
from services.db.engine import Transaction
from services.errors import Refused

UNPAID = "unpaid debt"  # the cause of a stop about one invoice that was not paid
DISPUTED = "disputed card payment"  # begins the cause of a stop about a dispute, whose id follows
_STOP = customer_stop.c
_ACT = "customers.stop"


class Stopped(Refused):
    """Something new was asked for a customer for whom nothing new is set up."""


@dataclass(frozen=True, slots=True)
class Stop:
    """Why a customer is stopped, since when (UTC), and how it ended if it did; `invoice_id` is the debt it is about.

    `lifted` when a person let the customer go on although the cause held.
    """

    id: int
    customer_id: int
    cause: str
    why: str
    since: datetime
    invoice_id: int | None
    ended_at: datetime | None
    ended_by: str
    ended_why: str
    lifted: bool


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
        found.setdefault(row.customer_id, []).append(_stop(row))
    return found


def past_stops(conn: Connection, customer_id: int) -> list[Stop]:
    """Every stop of a customer, the newest first."""
    rows = conn.execute(select(customer_stop).where(_STOP.customer_id == customer_id).order_by(_STOP.id.desc()))
    return [_stop(row) for row in rows]


def refuse_stopped(conn: Connection, owner: Customer, *, wanted: str) -> None:
    """Raise `Stopped` when nothing new is set up for the customer; `wanted` names it, such as "No new number"."""
    if found := stops_of(conn, owner.id):
        reasons = " ".join(each.why for each in found)
        raise Stopped(f"{wanted} for {owner.name}: it is stopped. {reasons} Take the payment, or have the stop lifted.")


def stop_customer(
    tx: Transaction, *, by: Principal, customer_id: int, cause: str, why: str, invoice_id: int | None = None
) -> bool:
    """Stop a customer for a cause, a step of the rule that says so; gives whether it was not stopped for it before."""
    if tx.conn.execute(select(_STOP.id).where(*_open(customer_id, cause, invoice_id))).scalar() is not None:
        return False
    row = {"customer_id": customer_id, "cause": cause, "why": why, "invoice_id": invoice_id, "lifted": False}
    tx.conn.execute(insert(customer_stop), row | {"since": tx.at, "stopped_by": by.name})
    record(tx, by=by, act=_ACT, subject="customer", subject_id=customer_id, after={"stopped": cause}, reason=why)
    return True


def end_stop(
    tx: Transaction,
    *,
    by: Principal,
    customer_id: int,
    cause: str,
    why: str,
    invoice_id: int | None = None,
    lifted: bool = False,
) -> bool:
    """End what a cause stopped, a step of the rule that says so; gives whether there was a stop.

    `lifted` says that a person lets the customer go on although the cause holds.
    """
    ended = {"ended_at": tx.at, "ended_by": by.name, "ended_why": why, "lifted": lifted}
    standing = update(customer_stop).where(*_open(customer_id, cause, invoice_id)).values(ended)
    if not tx.conn.execute(standing).rowcount:
        return False
    facts = {"before": {"stopped": cause}, "after": {"stopped": ""}}
    record(tx, by=by, act=_ACT, subject="customer", subject_id=customer_id, reason=why, **facts)
    return True


def debt_ended(tx: Transaction, *, customer_id: int, invoice_id: int, why: str) -> bool:
    """Nothing of a debt is open any more, whatever ended it: its stop ends now. A step of the room of invoices."""
    return end_stop(tx, by=SYSTEM, customer_id=customer_id, cause=UNPAID, why=why, invoice_id=invoice_id)


def debt_reopened(tx: Transaction, *, invoice_id: int) -> bool:
    """What ended a debt was taken back: the customer is stopped as before, unless a person had lifted that stop."""
    about = select(customer_stop).where(_STOP.invoice_id == invoice_id, _STOP.cause == UNPAID)
    row = tx.conn.execute(about.order_by(_STOP.id.desc()).limit(1)).one_or_none()
    if row is None or row.lifted:
        return False
    found = _stop(row)
    return stop_customer(
        tx, by=SYSTEM, customer_id=found.customer_id, cause=UNPAID, why=found.why, invoice_id=invoice_id
    )


def _open(customer_id: int, cause: str, invoice_id: int | None) -> tuple[ColumnElement[bool], ...]:
    about = _STOP.invoice_id.is_(None) if invoice_id is None else _STOP.invoice_id == invoice_id
    return (_STOP.customer_id == customer_id, _STOP.cause == cause, about, _STOP.ended_at.is_(None))


def _stop(row: Row[Any]) -> Stop:
    return Stop(
        row.id, row.customer_id, row.cause, row.why, row.since, row.invoice_id, row.ended_at, row.ended_by or "",
        row.ended_why or "", row.lifted,
    )  # fmt: skip
