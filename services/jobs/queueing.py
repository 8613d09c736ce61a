"""The queue of one period: whoever is due waits in it once, and leaves it done, or not due any more."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, delete, func, insert, or_, select, update

from services.db.engine import Transaction
from services.jobs.job import Job
from services.jobs.model import ClaimState, Outcome, Subject
from services.jobs.tables import job_claim

_CLAIM = job_claim.c
_IDLE = frozenset({ClaimState.WAITING.value, ClaimState.FAILED.value})


def of(job: str, period: date) -> ColumnElement[bool]:
    """The claims of one period."""
    return and_(_CLAIM.job == job, _CLAIM.period == period)


def ready(tx: Transaction, retry_after: timedelta) -> ColumnElement[bool]:
    """Waiting, or failed at least so long ago, or claimed by a run whose lease is over."""
    return or_(
        _CLAIM.state == ClaimState.WAITING.value,
        and_(_CLAIM.state == ClaimState.FAILED.value, _CLAIM.tried_at <= tx.at - retry_after),
        and_(_CLAIM.state == ClaimState.CLAIMED.value, _CLAIM.lease_until <= tx.at),
    )


def count_ready(tx: Transaction, *, job: str, period: date, retry_after: timedelta) -> int:
    """How many a run could claim now."""
    found = select(func.count()).select_from(job_claim).where(of(job, period), ready(tx, retry_after))
    return int(tx.conn.execute(found).scalar_one())


def what_is_left(tx: Transaction, *, job: str, period: date) -> Outcome:
    """Done when nobody is left; busy while another run has somebody; failed when only failures are left."""
    left = select(_CLAIM.state).where(of(job, period), _CLAIM.state != ClaimState.DONE.value).distinct()
    states = set(tx.conn.execute(left).scalars())
    if not states:
        return Outcome.DONE
    return Outcome.FAILED if states == {ClaimState.FAILED.value} else Outcome.BUSY


def enlist(tx: Transaction, *, job: Job, period: date, due: Sequence[Subject]) -> int:
    """Let everyone who is due wait, once; forget who is not due any more. Gives how many are new."""
    states = select(_CLAIM.subject_id, _CLAIM.state, _CLAIM.lease_until).where(of(job.name, period))
    known = {row.subject_id: row for row in tx.conn.execute(states)}
    wanted = {one.id for one in due}
    idle = {subject_id for subject_id, row in known.items() if _is_idle(tx, row)}
    forget(tx, job=job.name, period=period, ids=idle - wanted)
    fresh = [
        {
            "job": job.name,
            "period": period,
            "subject_id": one.id,
            "label": one.label,
            "customer_id": one.customer_id,
            "customer": one.customer,
            "state": ClaimState.WAITING.value,
        }
        for one in due
        if one.id not in known
    ]
    if fresh:
        tx.conn.execute(insert(job_claim), fresh)
    return len(fresh)


def forget(tx: Transaction, *, job: str, period: date, ids: Collection[int]) -> None:
    """Take subjects out of the queue that are not due any more; the database keeps who is done."""
    if ids:
        gone = delete(job_claim).where(of(job, period), _CLAIM.subject_id == bindparam("gone"))
        tx.conn.execute(gone, [{"gone": one} for one in sorted(ids)])


def mark_done(tx: Transaction, *, job: str, period: date, done: Sequence[Subject]) -> None:
    """Mark claimed subjects as done, each with its amount."""
    values: dict[str, Any] = {"state": ClaimState.DONE.value, "lease_until": None, "done_at": tx.at}
    values |= {"micros": bindparam("amount"), "currency": bindparam("code")}
    rows = [
        {
            "one": one.id,
            "amount": one.amount.micros if one.amount else None,
            "code": one.amount.currency if one.amount else None,
        }
        for one in done
    ]
    tx.conn.execute(
        update(job_claim).where(of(job, period), _CLAIM.subject_id == bindparam("one")).values(values), rows
    )


def _is_idle(tx: Transaction, row: Any) -> bool:
    return row.state in _IDLE or (row.lease_until is not None and row.lease_until <= tx.at)
