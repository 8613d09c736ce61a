"""The run of everything that is due: job by job, period by period from the oldest, batch by batch.

It is a generator that stands between two transactions whenever it gives something, so that its caller may draw, print
or stop for good: what it has not done, the next run does.
"""

from __future__ import annotations

import logging
import os
import socket
from collections.abc import Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from secrets import token_hex

from sqlalchemy.exc import OperationalError

from services.access.model import SYSTEM, Principal, require
from services.db.engine import Database
from services.errors import LedgerdeskError
from services.jobs import queries, steps
from services.jobs.job import Job
from services.jobs.model import RUN_JOBS, NoSuchJob, Outcome, Progress

_log = logging.getLogger("ledgerdesk.jobs")


@dataclass(frozen=True, slots=True)
class _Pass:
    """Who runs jobs on which books; `at` only where a history is being rebuilt."""

    database: Database
    by: Principal
    worker: str
    retry_after: timedelta
    at: datetime | None


def run_due(
    database: Database,
    *,
    by: Principal,
    jobs: Iterable[Job],
    on: date,
    retry_after: timedelta = steps.AT_ONCE,
    at: datetime | None = None,
) -> Generator[Progress, None, None]:
    """Run what is due up to the company's day `on`; gives how far it is after each batch, with an outcome at the end.

    A missed period is run once, the oldest first. Who is held is left, and said at the end. Somebody who fails is
    written down with the reason and stops nobody else; failures younger than `retry_after` are not tried again. Close
    the iterator to stop early. Any number of processes may do this at once. Raises `NotAllowed` at once, and
    `NotDueYet`.
    """
    require(by, RUN_JOBS)
    return _run_all(_Pass(database, by, f"{socket.gethostname()}/{os.getpid()}", retry_after, at), list(jobs), on)


def job_named(jobs: Sequence[Job], name: str) -> Job:
    """The job; raises `NoSuchJob` with the names there are."""
    for job in jobs:
        if job.name == name:
            return job
    raise NoSuchJob(f"There is no job “{name}”; there are: {', '.join(job.name for job in jobs)}.")


def _run_all(one: _Pass, jobs: list[Job], on: date) -> Generator[Progress, None, None]:
    for job in jobs:
        with one.database.read() as conn:
            periods = queries.periods_to_run(conn, job=job, on=on)
        for period in periods:
            ended = None
            for ended in _run_period(one, job, period):
                yield ended
            if ended is not None and ended.outcome is Outcome.HELD:
                break


def _run_period(one: _Pass, job: Job, period: date) -> Iterator[Progress]:
    """Run after run until nobody new is due; a run that did not end well is the last one."""
    again = True
    while again:
        begun = one.database.act(
            lambda tx: steps.begin(
                tx, by=one.by, job=job, period=period, worker=one.worker, retry_after=one.retry_after
            ),
            at=one.at,
        )
        if isinstance(begun, Outcome):
            held = _held(one, job, period) if begun is Outcome.DONE else 0
            if held or begun is not Outcome.DONE:
                yield Progress(job.name, period, 0, 0, 0, begun, held)
            return
        again = yield from _run_to_its_end(one, begun)


def _held(one: _Pass, job: Job, period: date) -> int:
    with one.database.read() as conn:
        return sum(bool(each.held) for each in queries.left(conn, job=job, period=period))


def _run_to_its_end(one: _Pass, run: steps.OpenRun) -> Generator[Progress, None, bool]:
    """Gives whether it did everybody, so that another run may look for who became due meanwhile."""
    done = failed = 0
    try:
        while True:
            claimed = one.database.act(lambda tx: steps.claim(tx, run=run, retry_after=one.retry_after), at=one.at)
            if isinstance(claimed, Outcome):
                break
            more_done, more_failed = _carry_out(one, run, claimed)
            done, failed = done + more_done, failed + more_failed
            yield Progress(run.job.name, run.period, done, failed, max(run.total, done + failed))
    except GeneratorExit:
        one.database.act(lambda tx: steps.end(tx, run=run, outcome=Outcome.INTERRUPTED), at=one.at)
        raise
    one.database.act(lambda tx: steps.end(tx, run=run, outcome=claimed), at=one.at)
    yield Progress(run.job.name, run.period, done, failed, max(run.total, done + failed), claimed)
    return claimed is Outcome.DONE


def _carry_out(one: _Pass, run: steps.OpenRun, ids: list[int]) -> tuple[int, int]:
    """How many of a batch were done and how many failed: all at once, or one by one to find out who fails."""
    try:
        return one.database.act(lambda tx: steps.carry_out(tx, by=one.by, run=run, ids=ids), at=one.at), 0
    except OperationalError:  # the database went away, which is nobody's failure
        raise
    except Exception as error:  # noqa: BLE001 - it is asked for again below, subject by subject
        if len(ids) == 1:
            return 0, _give_up(one, run, ids[0], error)
    done = failed = 0
    for subject_id in ids:
        more_done, more_failed = _carry_out(one, run, [subject_id])
        done, failed = done + more_done, failed + more_failed
    return done, failed


def _give_up(one: _Pass, run: steps.OpenRun, subject_id: int, error: Exception) -> int:
    """Keep an anticipated error's sentence; anything else is a bug, which is logged and holds the job."""
    sentence = str(error)
    if not isinstance(error, LedgerdeskError):
        reference = token_hex(4).upper()
        _log.error("job %s failed, reference %s", run.job.name, reference, exc_info=error)
        sentence = f"Something went wrong that should not; tell the administrator: reference {reference}."
        reason = f"An unexpected error, reference {reference}; it is in the log."
        one.database.act(lambda tx: steps.put_on_hold(tx, by=SYSTEM, job=run.job.name, reason=reason), at=one.at)
    return one.database.act(lambda tx: steps.give_up(tx, run=run, subject_id=subject_id, error=sentence), at=one.at)
