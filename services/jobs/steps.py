"""The steps of a run, each a transaction of its own: begin, claim a batch, carry it out or say why not, end.

A subject is claimed by one run for as long as its lease, and is done in the very transaction that wrote what the job
does. A process may die between any two of these steps, or within one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import and_, bindparam, case, exists, insert, select, text, update
from sqlalchemy.dialects import postgresql, sqlite

from services.access import audit
from services.access.model import SYSTEM, Principal
from services.db.engine import Transaction
from services.db.types import Day, Instant
from services.jobs import queueing
from services.jobs.job import Job
from services.jobs.model import HOLD_JOBS, RUN_JOBS, ChangedMeanwhile, ClaimState, NotDueYet, Outcome, Subject, totals
from services.jobs.tables import job_cap, job_claim, job_hold, job_period, job_run, job_run_total

AT_ONCE = timedelta(0)
LONGEST_ERROR = 500
_OPEN_PERIOD = text(
    "INSERT INTO job_period (job, period, opened_at) VALUES (:job, :period, :at) ON CONFLICT DO NOTHING"
).bindparams(bindparam("period", type_=Day()), bindparam("at", type_=Instant()))
_CLAIM, _RUN = job_claim.c, job_run.c


@dataclass(frozen=True, slots=True)
class OpenRun:
    """A run that has begun: one job, one period, one process."""

    id: int
    job: Job
    period: date
    total: int


def begin(
    tx: Transaction, *, by: Principal, job: Job, period: date, worker: str, retry_after: timedelta = AT_ONCE
) -> OpenRun | Outcome:
    """Let everyone who is due wait in the period and begin a run over them, or say why there is none to begin.

    Runs that died are ended as interrupted; who failed less than `retry_after` ago is left in peace; with nobody left
    the period is complete, unless somebody is held. Raises `NotDueYet` for a period that has not come.
    """
    if period > tx.today:
        raise NotDueYet(f"{job.label} of {period} is not due before that day; run it from then on.")
    tx.conn.execute(_OPEN_PERIOD, {"job": job.name, "period": period, "at": tx.at})
    this = and_(job_period.c.job == job.name, job_period.c.period == period)
    tx.conn.execute(select(job_period.c.job).where(this).with_for_update())  # who begins takes turns
    _end_the_dead(tx, job, period)
    due = job.due(tx.conn, period)
    free = [one for one in due if not one.held]
    fresh, held = queueing.enlist(tx, job=job, period=period, due=free), len(due) - len(free)
    if fresh or held:
        tx.conn.execute(update(job_period).where(this).values(completed_at=None))
    ready = queueing.count_ready(tx, job=job.name, period=period, retry_after=retry_after)
    if not ready:
        left = queueing.what_is_left(tx, job=job.name, period=period)
        if left is Outcome.DONE and not held:
            tx.conn.execute(
                update(job_period).where(this, job_period.c.completed_at.is_(None)).values(completed_at=tx.at)
            )
        return left
    if _is_held(tx, job.name):
        return Outcome.HELD
    return _open(tx, by, OpenRun(0, job, period, ready), worker)


def claim(tx: Transaction, *, run: OpenRun, retry_after: timedelta = AT_ONCE) -> list[int] | Outcome:
    """Claim the next batch for this run and give its subjects, or say how the run ends because there is none.

    PostgreSQL skips what another run is claiming at this moment; SQLite has one writer at a time. At the cap the job
    is put on hold.
    """
    tried, job = _tried(tx, run), run.job
    if tried is None:
        return Outcome.INTERRUPTED
    if _is_held(tx, job.name):
        return Outcome.HELD
    cap = tx.conn.execute(select(job_cap.c.most).where(job_cap.c.job == job.name)).scalar()
    room = job.batch if cap is None else min(job.batch, cap - tried)
    period = queueing.of(job.name, run.period)
    where = (period, queueing.ready(tx, retry_after), _CLAIM.run_id.is_distinct_from(run.id))
    wanted = select(_CLAIM.subject_id).where(*where).order_by(_CLAIM.subject_id).limit(max(room, 1))
    ids = list(tx.conn.execute(wanted.with_for_update(skip_locked=True)).scalars())
    if not ids:
        return queueing.what_is_left(tx, job=job.name, period=run.period)
    if room <= 0:
        put_on_hold(tx, by=SYSTEM, job=job.name, reason=f"A run stopped at its cap of {cap:,} with more still waiting.")
        return Outcome.HELD
    claimed = {"state": ClaimState.CLAIMED.value, "run_id": run.id, "lease_until": tx.at + job.lease}
    claimed |= {"attempts": _CLAIM.attempts + 1, "tried_at": tx.at, "error": None}
    tx.conn.execute(update(job_claim).where(period, _CLAIM.subject_id.in_(ids)).values(claimed))
    needed = tried + len(ids)  # others' expired claims may be more than this run began with
    grown = case((_RUN.total < needed, needed), else_=_RUN.total)
    tx.conn.execute(update(job_run).where(_RUN.id == run.id).values(total=grown, seen_at=tx.at))
    return ids


def carry_out(tx: Transaction, *, by: Principal, run: OpenRun, ids: Collection[int]) -> int:
    """Do the claimed subjects and mark them done, together or not at all; gives how many were done.

    Only what this run still holds: another run may have taken it over after the lease. Raises what the job raises,
    and `ChangedMeanwhile`.
    """
    if _tried(tx, run) is None:
        return 0
    held = select(_CLAIM.subject_id).where(_mine(run), _CLAIM.subject_id.in_(ids)).order_by(_CLAIM.subject_id)
    kept = set(tx.conn.execute(held.with_for_update()).scalars())
    due = [one for one in run.job.due(tx.conn, run.period, kept) if one.id in kept and not one.held] if kept else []
    queueing.forget(tx, job=run.job.name, period=run.period, ids=kept - {one.id for one in due})
    if not due:
        return 0
    if run.job.run(tx, by=by, period=run.period, ids=[one.id for one in due]) != len(due):
        raise ChangedMeanwhile("It changed while it was being done; the next run takes it up again.")
    queueing.mark_done(tx, job=run.job.name, period=run.period, done=due)
    tx.conn.execute(update(job_run).where(_RUN.id == run.id).values(done=_RUN.done + len(due), seen_at=tx.at))
    _add_totals(tx, run, due)
    return len(due)


def give_up(tx: Transaction, *, run: OpenRun, subject_id: int, error: str) -> int:
    """Write down why a claimed subject failed, for a later run to try again; gives 1, or 0 if it is not ours."""
    if _tried(tx, run) is None:
        return 0
    failed = {"state": ClaimState.FAILED.value, "lease_until": None, "tried_at": tx.at, "error": error[:LONGEST_ERROR]}
    mine = update(job_claim).where(_mine(run), _CLAIM.subject_id == subject_id)
    count = tx.conn.execute(mine.values(failed)).rowcount
    tx.conn.execute(update(job_run).where(_RUN.id == run.id).values(failed=_RUN.failed + count, seen_at=tx.at))
    return count


def end(tx: Transaction, *, run: OpenRun, outcome: Outcome) -> None:
    """End the run; what it claimed and did not finish goes to another one when its lease is over."""
    ended = {"ended_at": tx.at, "seen_at": tx.at, "outcome": outcome.value}
    tx.conn.execute(update(job_run).where(_RUN.id == run.id, _RUN.ended_at.is_(None)).values(ended))


def put_on_hold(tx: Transaction, *, by: Principal, job: str, reason: str) -> bool:
    """Put a job on hold; False where it is already, and then who holds it and why stays as it is."""
    dialect: Any = sqlite if tx.dialect == "sqlite" else postgresql
    held = dialect.insert(job_hold).values(job=job, held_at=tx.at, held_by=by.name, reason=reason)
    if tx.conn.execute(held.on_conflict_do_nothing().returning(job_hold.c.job)).first() is None:
        return False
    after = {"held": True}
    audit.record(tx, by=by, act=HOLD_JOBS.name, subject="job", subject_id=job, after=after, reason=reason)
    return True


def _open(tx: Transaction, by: Principal, run: OpenRun, worker: str) -> OpenRun:
    row = {"job": run.job.name, "period": run.period, "started_at": tx.at, "started_by": by.name, "worker": worker}
    row |= {"seen_at": tx.at, "total": run.total}
    run_id = int(tx.conn.execute(insert(job_run).values(row).returning(_RUN.id)).scalar_one())
    after = {"run": run_id, "period": run.period, "waiting": run.total}
    audit.record(tx, by=by, act=RUN_JOBS.name, subject="job", subject_id=run.job.name, after=after)
    return OpenRun(run_id, run.job, run.period, run.total)


def _mine(run: OpenRun) -> Any:
    claimed = _CLAIM.state == ClaimState.CLAIMED.value
    return and_(queueing.of(run.job.name, run.period), _CLAIM.run_id == run.id, claimed)


def _is_held(tx: Transaction, job: str) -> bool:
    return bool(tx.conn.execute(select(exists().where(job_hold.c.job == job))).scalar())


def _tried(tx: Transaction, run: OpenRun) -> int | None:
    """How many the run did or failed so far; None when it seemed dead and another process ended it."""
    mine = select(_RUN.done + _RUN.failed).where(_RUN.id == run.id, _RUN.ended_at.is_(None)).with_for_update()
    found = tx.conn.execute(mine).scalar()
    return None if found is None else int(found)


def _end_the_dead(tx: Transaction, job: Job, period: date) -> None:
    silent = (_RUN.job == job.name, _RUN.period == period, _RUN.ended_at.is_(None), _RUN.seen_at <= tx.at - job.lease)
    ended = {"ended_at": tx.at, "outcome": Outcome.INTERRUPTED.value}
    tx.conn.execute(update(job_run).where(*silent).values(ended))


def _add_totals(tx: Transaction, run: OpenRun, due: Sequence[Subject]) -> None:
    """One row a currency: how many subjects and how much this run did."""
    count = Counter(one.amount.currency for one in due if one.amount is not None)
    dialect: Any = sqlite if tx.dialect == "sqlite" else postgresql
    for total in totals(one.amount for one in due):
        row = {"run_id": run.id, "currency": total.currency, "subjects": count[total.currency], "micros": total.micros}
        adding = dialect.insert(job_run_total).values(row)
        grown = {name: job_run_total.c[name] + adding.excluded[name] for name in ("subjects", "micros")}
        tx.conn.execute(adding.on_conflict_do_update(index_elements=["run_id", "currency"], set_=grown))
