"""Reading scheduled work: what is due, how each job stands, its runs and its failures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

import pandas as pd
from sqlalchemy import Connection, Select, func, select, text

from services.access.queries import Listing
from services.frames import typed
from services.jobs.job import Job
from services.jobs.model import ClaimState, Hold, Subject
from services.jobs.tables import job_cap, job_claim, job_hold, job_period, job_run, job_run_total


@dataclass(frozen=True, slots=True)
class Standing:
    """How a job stands on a day: `due` are periods with somebody left to do, oldest first.

    `waiting` counts who is left in them, `failed` those of them who were tried in vain, `held` who has to wait in the
    periods `held_in`. `next_on` is the next day it is due after today, `seen_at` the last sign of life of its newest
    run and `ended_at` that run's end (both UTC).
    """

    job: Job
    due: tuple[date, ...]
    waiting: int
    failed: int
    next_on: date
    seen_at: datetime | None
    ended_at: datetime | None
    hold: Hold | None
    cap: int | None
    held: int
    held_in: tuple[date, ...]

    def is_overdue(self, today: date) -> bool:
        """Whether somebody should have been done before today and was not even tried."""
        return any(day < today for day in self.due) and self.waiting > self.failed

    def is_running(self, now: datetime) -> bool:
        """Whether a run gave a sign of life within its lease."""
        return self.seen_at is not None and self.ended_at is None and self.seen_at > now - self.job.lease

    def troubles(self, today: date) -> list[str]:
        """What somebody has to look at, a sentence each."""
        found = []
        if self.hold:
            found.append(f"{self.job.label}: on hold by {self.hold.held_by}, {self.hold.reason}")
        if self.failed:
            found.append(f"{self.job.label}: {self.failed:,} failed and will be tried again.")
        if self.held:
            found.append(f"{self.job.label}: {self.held:,} held by hand, {self.job.schedule.names_of(self.held_in)}.")
        if self.is_overdue(today) and not self.hold:
            found.append(f"{self.job.label}: overdue since {self.due[0]:%-d %B %Y}.")
        return found


def periods_to_run(conn: Connection, *, job: Job, on: date) -> list[date]:
    """The periods up to a day that are not complete, oldest first, and the newest whenever somebody is due in it."""
    days = _days(conn, job, on)
    done = _complete(conn, [job])[job.name]
    return [day for day in days if day not in done or (day == days[-1] and left(conn, job=job, period=day))]


def _days(conn: Connection, job: Job, on: date) -> list[date]:
    since = job.since(conn)
    return [] if since is None else job.schedule.days(since, on)


def _complete(conn: Connection, jobs: Sequence[Job]) -> dict[str, set[date]]:
    c = job_period.c
    found: dict[str, set[date]] = {job.name: set() for job in jobs}
    complete = select(c.job, c.period).where(c.job.in_(list(found)), c.completed_at.is_not(None))
    for name, period in conn.execute(complete):
        found[name].add(period)
    return found


def left(conn: Connection, *, job: Job, period: date) -> list[Subject]:
    """Who is due in a period, one to come included, and was not done; who is held too."""
    due = job.due(conn, period)
    if not due:
        return []
    c = job_claim.c
    finished = (c.job == job.name, c.period == period, c.state == ClaimState.DONE.value)
    done = set(conn.execute(select(c.subject_id).where(*finished)).scalars())
    return [one for one in due if one.id not in done]


def left_in(conn: Connection, *, job: Job, periods: Sequence[date]) -> dict[date, list[Subject]]:
    """Who is left in each of some periods, the oldest first: what a run of them would do, everybody as often as it."""
    found: dict[date, list[Subject]] = {}
    told: set[int] = set()
    for period in periods:
        found[period] = [one for one in left(conn, job=job, period=period) if one.id not in told]
        if job.schedule.once:
            told |= {one.id for one in found[period]}
    return found


def standings(conn: Connection, *, jobs: Sequence[Job], on: date) -> list[Standing]:
    """How each of the jobs stands on the company's day `on`; what is known of all of them is asked at once."""
    c, run = job_claim.c, job_run.c
    # the first condition is written out for the index of what is not done
    unfinished = select(c.job, func.count()).where(text("state <> 'done'"), c.state == ClaimState.FAILED.value)
    failed = {str(name): int(count) for name, count in conn.execute(unfinished.group_by(c.job))}
    holds = {row.job: Hold(row.job, row.held_at, row.held_by, row.reason) for row in conn.execute(select(job_hold))}
    caps = {row.job: int(row.most) for row in conn.execute(select(job_cap.c.job, job_cap.c.most))}
    newest = run.id.in_(select(func.max(run.id)).group_by(run.job))
    found = conn.execute(select(run.job, run.seen_at, run.ended_at).where(newest))
    seen = {str(name): (seen_at, ended_at) for name, seen_at, ended_at in found}
    done = _complete(conn, jobs)
    return [
        _standing(
            conn,
            job,
            on,
            _Known(
                failed.get(job.name, 0),
                holds.get(job.name),
                caps.get(job.name),
                *seen.get(job.name, (None, None)),
                done[job.name],
            ),
        )
        for job in jobs
    ]


class _Known(NamedTuple):
    """What was asked of all jobs at once, of one of them."""

    failed: int
    hold: Hold | None
    cap: int | None
    seen_at: datetime | None
    ended_at: datetime | None
    done: set[date]


def _standing(conn: Connection, job: Job, on: date, known: _Known) -> Standing:
    days = _days(conn, job, on)
    every = left_in(conn, job=job, periods=[day for day in days if day not in known.done or day == days[-1]])
    held = {day: sum(bool(one.held) for one in found) for day, found in every.items()}
    waiting = {day: len(found) - held[day] for day, found in every.items()}
    return Standing(
        job=job,
        due=tuple(day for day, count in waiting.items() if count),
        waiting=sum(waiting.values()),
        failed=known.failed,
        next_on=job.schedule.after(on),
        seen_at=known.seen_at,
        ended_at=known.ended_at,
        hold=known.hold,
        cap=known.cap,
        held=sum(held.values()),
        held_in=tuple(day for day, count in held.items() if count),
    )


def preview(conn: Connection, *, job: Job, period: date) -> pd.DataFrame:
    """Who is left in a period and for how much: subject_id, label, customer_id, customer, currency, micros, held.

    A subject without an amount has no currency and 0 micros. Who would be done in an earlier period that is to run is
    not among them where the schedule is `once`.
    """
    periods = periods_to_run(conn, job=job, on=period) if job.schedule.once else []
    found = left_in(conn, job=job, periods=[*(day for day in periods if day < period), period])[period]
    rows = [
        (
            one.id,
            one.label,
            one.customer_id,
            one.customer,
            one.amount.currency if one.amount is not None else None,
            one.amount.micros if one.amount is not None else 0,
            one.held,
        )
        for one in found
    ]
    columns = ["subject_id", "label", "customer_id", "customer", "currency", "micros", "held"]
    whole = {"subject_id": "int64", "customer_id": "Int64", "micros": "int64"}
    return typed(pd.DataFrame(rows, columns=columns), whole)


def failures(conn: Connection, *, job: str | None = None, page: int = 1, size: int = 50) -> Listing:
    """Who failed and was not done since, latest first.

    Columns: job, period, subject_id, label, customer_id, customer, error, attempts, tried_at (UTC).
    """
    c = job_claim.c
    names = ("job", "period", "subject_id", "label", "customer_id", "customer", "error", "attempts", "tried_at")
    chosen = select(*(c[name] for name in names)).where(c.state == ClaimState.FAILED.value)
    if job is not None:
        chosen = chosen.where(c.job == job)
    chosen = chosen.order_by(c.tried_at.desc(), c.job, c.period, c.subject_id)
    return _page(conn, chosen, page, size, {"subject_id": "int64", "customer_id": "Int64", "attempts": "int64"})


def runs(
    conn: Connection, *, jobs: Sequence[Job], now: datetime, job: str | None = None, page: int = 1, size: int = 50
) -> Listing:
    """The runs, newest first, as they stand at the moment `now` (UTC).

    Columns: id, job, period, started_at, seen_at, ended_at (UTC), started_by, worker, outcome, total, done, failed.
    The outcome of one that did not end is "running", or "interrupted" when it showed no life for as long as its lease.
    """
    names = ("id", "job", "period", "started_at", "seen_at", "ended_at", "started_by", "worker", "outcome")
    chosen = select(*(job_run.c[name] for name in (*names, "total", "done", "failed"))).order_by(job_run.c.id.desc())
    if job is not None:
        chosen = chosen.where(job_run.c.job == job)
    found = _page(conn, chosen, page, size, dict.fromkeys(("id", "total", "done", "failed"), "int64"))
    leases = {one.name: one.lease for one in jobs}
    found.rows["outcome"] = [
        row["outcome"] or ("running" if row["seen_at"] > now - leases.get(row["job"], now - now) else "interrupted")
        for row in found.rows.to_dict("records")
    ]
    return found


def run_totals(conn: Connection, *, run_ids: Sequence[int]) -> pd.DataFrame:
    """What runs did, by currency: run_id, currency, subjects, micros."""
    c = job_run_total.c
    rows = conn.execute(
        select(c.run_id, c.currency, c.subjects, c.micros).where(c.run_id.in_(run_ids)).order_by(c.run_id, c.currency)
    )
    whole = {"run_id": "int64", "subjects": "int64", "micros": "int64"}
    return typed(pd.DataFrame(rows.all(), columns=["run_id", "currency", "subjects", "micros"]), whole)


def _page(conn: Connection, chosen: Select[Any], page: int, size: int, whole: dict[str, str]) -> Listing:
    total = conn.execute(select(func.count()).select_from(chosen.order_by(None).subquery())).scalar_one()
    found = conn.execute(chosen.limit(size).offset((max(page, 1) - 1) * size))
    frame = typed(pd.DataFrame(found.all(), columns=list(found.keys())), whole)
    return Listing(frame, total)
