"""What people do about scheduled work: hold it, release it, and cap how many a run may do."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, select

from services.access import audit
from services.access.model import Principal, require
from services.db.engine import Transaction
from services.jobs.model import HOLD_JOBS, AlreadyHeld, NotHeld, WrongCap
from services.jobs.steps import put_on_hold
from services.jobs.tables import job_cap, job_hold
from services.texts import checked_reason

HIGHEST_CAP = 1_000_000_000


def hold(tx: Transaction, *, by: Principal, job: str, reason: str) -> None:
    """Stop a job before its next batch, in every process, until somebody releases it.

    Raises `InvalidForm` without a reason and `AlreadyHeld`.
    """
    require(by, HOLD_JOBS)
    reason = checked_reason(reason, ask="Say why, so that whoever releases it knows what to look at.")
    if not put_on_hold(tx, by=by, job=job, reason=reason):
        raise AlreadyHeld("It is on hold already; look at who holds it and why.")


def release(tx: Transaction, *, by: Principal, job: str, reason: str) -> None:
    """Let a held job run again, by anybody who may hold one. Raises `InvalidForm` without a reason and `NotHeld`."""
    require(by, HOLD_JOBS)
    reason = checked_reason(reason, ask="Say why it may run again.")
    if not tx.conn.execute(delete(job_hold).where(job_hold.c.job == job)).rowcount:
        raise NotHeld("It is not on hold any more; look again.")
    audit.record(tx, by=by, act=HOLD_JOBS.name, subject="job", subject_id=job, after={"held": False}, reason=reason)


def set_cap(tx: Transaction, *, by: Principal, job: str, most: int | None) -> None:
    """Let a run do at most so many subjects: at the cap it stops and the job is held. None: no cap.

    Raises `WrongCap`.
    """
    require(by, HOLD_JOBS)
    if most is not None and not 1 <= most <= HIGHEST_CAP:
        raise WrongCap("A cap is a whole number from 1; leave it empty for none.")
    before = tx.conn.execute(select(job_cap.c.most).where(job_cap.c.job == job)).scalar()
    if before == most:
        return
    tx.conn.execute(delete(job_cap).where(job_cap.c.job == job))
    if most is not None:
        tx.conn.execute(job_cap.insert().values(job=job, most=most, set_at=tx.at, set_by=by.name))
    facts: dict[str, Any] = {"before": {"cap": before}, "after": {"cap": most}}
    audit.record(tx, by=by, act=HOLD_JOBS.name, subject="job", subject_id=job, **facts)
