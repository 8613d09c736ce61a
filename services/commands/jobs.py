"""The command that runs what is due, or says what that would be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, date, datetime
from typing import Annotated, Any

import typer

from services.commands.console import FAILED, OPERATOR, REFUSED, answer, books, say
from services.db.engine import Database
from services.jobs import queries
from services.jobs.job import Job
from services.jobs.model import NotDueYet, Outcome, Progress, Subject, totals
from services.jobs.running import job_named, run_due
from services.mail.model import JOB as MAIL
from services.mail.queries import due_count
from services.mail.sending import Round
from services.settings import settings
from services.wiring.jobs import JOBS
from services.wiring.mailing import leaves, send_mail

BUSY = 4
_SHOWN = 20  # subjects a person is shown of each period; --json has all
_CODES = {Outcome.HELD: REFUSED, Outcome.FAILED: FAILED, Outcome.INTERRUPTED: FAILED, Outcome.BUSY: BUSY}
_WORST_FIRST = (Outcome.FAILED, Outcome.INTERRUPTED, Outcome.HELD, Outcome.BUSY)


def run_due_work(
    *,
    on: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="As of this day in the company's time zone; today.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be done; nothing is kept.")] = False,
    job: Annotated[str | None, typer.Option(help="Only this job, such as rental or mail.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print what came of it as JSON.")] = False,
) -> None:
    """Run what is due, missed periods too, each once. Ends with 1 if some failed, 3 if held, 4 if others are at it."""
    with books() as database:
        jobs = [] if job == MAIL else [job_named(JOBS, job)] if job else list(JOBS)
        mails = job in {None, MAIL}
        today = datetime.now(UTC).astimezone(database.timezone).date()
        day = on.date() if on else today
        if dry_run:
            _preview(database, jobs, day, as_json=as_json)
            if mails and not as_json:
                _preview_mail(database)
            return
        if day > today:
            raise NotDueYet(f"{day} has not come; look at it with --dry-run, and run it from that day on.")
        ended = _run(database, jobs, day)
        sent = _send(database) if mails else None
    if as_json:
        answer([_result(one) for one in ended] + ([{"job": MAIL, **asdict(sent)}] if sent else []))
    if not ended and sent is None:
        say("Nothing is due.")
    outcomes = {one.outcome for one in ended}
    for outcome in _WORST_FIRST:
        if outcome in outcomes:
            raise typer.Exit(_CODES[outcome])


def _run(database: Database, jobs: Sequence[Job], day: date) -> list[Progress]:
    known = {job.name: job for job in jobs}
    ended = []
    for one in run_due(database, by=OPERATOR, jobs=jobs, on=day):
        what = f"{known[one.job].label}, {known[one.job].schedule.name_of(one.period)}"
        if one.outcome is None:
            say(f"{what}: {one.done + one.failed:,} of {one.total:,}")
        else:
            held = f" {one.held:,} held by hand." if one.held else ""
            say(f"{what}: {one.outcome.value}; {one.done:,} done, {one.failed:,} failed.{held}")
            ended.append(one)
    return ended


def _send(database: Database) -> Round | None:
    """Send what waits in the outbox; None when nothing does."""
    last = None
    for last in send_mail(database, by=OPERATOR, server=settings().mail_server):
        if last.done % _SHOWN == 0:
            say(f"E-mail: {last.done:,} of {last.total:,}")
    if last is not None:
        where = "sent" if leaves() else "put in the mail room (no mail server is set)"
        said = f"E-mail: {last.sent:,} {where}, {last.later:,} to try again, {last.failed:,} failed"
        say(f"{said}, {last.uncertain:,} uncertain.{' ' + last.stopped if last.stopped else ''}")
    return last


def _preview_mail(database: Database) -> None:
    with database.read() as conn:
        due = due_count(conn, at=datetime.now(UTC))
    if due:
        say(f"E-mail: {due:,} due")


def _result(one: Progress) -> dict[str, Any]:
    return {
        "job": one.job,
        "period": one.period,
        "outcome": one.outcome.value if one.outcome else None,
        "done": one.done,
        "failed": one.failed,
        "held": one.held,
    }


def _preview(database: Database, jobs: Sequence[Job], day: date, *, as_json: bool) -> None:
    with database.read() as conn:
        found = [
            (job, period, due)
            for job in jobs
            for period, due in queries.left_in(
                conn, job=job, periods=queries.periods_to_run(conn, job=job, on=day)
            ).items()
            if due
        ]
    if as_json:
        answer([_would_be(job, period, due) for job, period, due in found])
        return
    for job, period, due in found:
        sums = ", ".join(amount.text() for amount in totals(one.amount for one in due if not one.held))
        many = sum(not one.held for one in due)
        say(f"{job.label}, {job.schedule.name_of(period)}: {many:,} due{', ' + sums if sums else ''}")
        for one in due[:_SHOWN]:
            amount, held = one.amount.text() if one.amount else "", f"  held: {one.held}" if one.held else ""
            say(f"  {one.label:<18} {one.customer:<40} {amount}{held}".rstrip())
        if len(due) > _SHOWN:
            say(f"  ... and {len(due) - _SHOWN:,} more.")
    if not found:
        say("Nothing is due.")


def _would_be(job: Job, period: date, due: Sequence[Subject]) -> dict[str, Any]:
    return {
        "job": job.name,
        "period": period,
        "totals": {amount.currency: amount.plain() for amount in totals(one.amount for one in due if not one.held)},
        "subjects": [
            {
                "id": one.id,
                "label": one.label,
                "customer": one.customer,
                "amount": one.amount.plain() if one.amount else None,
                "currency": one.amount.currency if one.amount else None,
                "held": one.held,
            }
            for one in due
        ],
    }
