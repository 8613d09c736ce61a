"""Running what is due: each subject once, whatever was missed, killed, held, capped or refused on the way."""

from __future__ import annotations

import logging
import threading
from collections import Counter
from collections.abc import Collection
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, select, text
from sqlalchemy.exc import DBAPIError

from services.access.model import SYSTEM, NotAllowed, Principal, Role
from services.access.tables import audit_event
from services.db.engine import Database, Transaction
from services.errors import BrokenInvariant, Refused
from services.jobs import operations, queries, steps
from services.jobs.job import Job
from services.jobs.model import EVERY_DAY, NoSuchJob, NotDueYet, Outcome, Progress, Subject
from services.jobs.running import job_named, run_due
from services.jobs.tables import job_claim, job_hold
from services.ledger.queries import credit_balance
from services.money import Money, zero
from services.wiring.jobs import JOBS
from tests import builders
from tests.rented import PRICE, RENTAL, charged, rent

SMALL = replace(RENTAL, batch=2)
ENTERED = datetime(2026, 10, 31, 14, tzinfo=UTC)  # 1 November in Sydney, where summer time has begun
FIRST = datetime(2026, 11, 30, 13, 1, tzinfo=UTC)  # one minute past midnight of 1 December
NOVEMBER, DECEMBER = date(2026, 11, 1), date(2026, 12, 1)


@pytest.fixture(autouse=True)
def _customers(database: Database) -> None:
    builders.customers(database, 2)


def run(
    database: Database, job: Job = SMALL, *, on: date = DECEMBER, at: datetime = FIRST, **more: Any
) -> list[Progress]:
    return list(run_due(database, by=SYSTEM, jobs=[job], on=on, at=at, **more))


def outcomes(told: list[Progress]) -> list[tuple[date, Outcome]]:
    return [(one.period, one.outcome) for one in told if one.outcome]


def claims(database: Database) -> dict[int, Any]:
    """The claims of December by subject."""
    with database.read() as conn:
        rows = conn.execute(select(job_claim).where(job_claim.c.period == DECEMBER).order_by(job_claim.c.subject_id))
        return {row.subject_id: row for row in rows}


def refusing(error: Exception, *bad: int) -> Job:
    """The rental job, whose run fails for some numbers after it has written."""

    def fails(tx: Transaction, *, by: Principal, period: date, ids: Collection[int]) -> int:
        count = RENTAL.run(tx, by=by, period=period, ids=ids)
        if set(ids) & set(bad) and period == DECEMBER:
            raise error
        return count

    return replace(SMALL, run=fails)


def test_a_subject_with_nothing_to_charge_is_done_and_counted(database: Database) -> None:
    def nothing(_tx: Transaction, *, by: Principal, period: date, ids: Collection[int]) -> int:
        del by, period
        return len(ids)

    empty = replace(RENTAL, since=lambda _conn: DECEMBER, due=lambda *_: [Subject(7, "spent", amount=Money(0, "AUD"))])
    told = run(database, replace(empty, run=nothing))
    assert [(one.outcome, one.done, one.failed) for one in told if one.outcome] == [(Outcome.DONE, 1, 0)]


def test_everybody_due_is_done_once_and_the_period_is_complete(database: Database) -> None:
    rent(database, 5, at=ENTERED)
    told = run(database)
    assert [(one.period, one.done, one.total) for one in told if one.outcome is None][-3:] == [
        (DECEMBER, 2, 5),
        (DECEMBER, 4, 5),
        (DECEMBER, 5, 5),
    ]
    assert outcomes(told) == [(NOVEMBER, Outcome.DONE), (DECEMBER, Outcome.DONE)]
    assert run(database) == []
    assert Counter(charged(database)) == Counter((one, month) for one in range(1, 6) for month in (NOVEMBER, DECEMBER))
    with database.read() as conn:
        assert credit_balance(conn, 1, "AUD") == Money.of(-300, "AUD")
        assert queries.periods_to_run(conn, job=SMALL, on=DECEMBER) == []


def test_three_months_of_downtime_are_caught_up_oldest_first(database: Database) -> None:
    rent(database, 3, at=ENTERED)
    march = date(2027, 3, 1)
    told = run(database, on=march, at=datetime(2027, 3, 14, tzinfo=UTC))
    assert [period for period, outcome in outcomes(told) if outcome is Outcome.DONE] == [
        NOVEMBER,
        DECEMBER,
        date(2027, 1, 1),
        date(2027, 2, 1),
        march,
    ]
    assert len(charged(database)) == len(set(charged(database))) == 15


@pytest.mark.parametrize(
    ("moment", "on"),
    [
        (datetime(2026, 9, 30, 13, 59, tzinfo=UTC), date(2026, 9, 30)),  # a minute before October in Sydney
        (datetime(2026, 9, 30, 14, 0, tzinfo=UTC), date(2026, 10, 1)),  # October: standard time, +10
        (datetime(2026, 10, 31, 12, 59, tzinfo=UTC), date(2026, 10, 31)),
        (datetime(2026, 10, 31, 13, 0, tzinfo=UTC), date(2026, 11, 1)),  # November: summer time, +11
        (datetime(2027, 2, 28, 12, 59, tzinfo=UTC), date(2027, 2, 28)),
        (datetime(2027, 2, 28, 13, 0, tzinfo=UTC), date(2027, 3, 1)),
    ],
)
def test_a_month_begins_at_midnight_of_the_company(database: Database, moment: datetime, on: date) -> None:
    with database.write(at=moment) as tx:
        assert tx.today == on
        first = on.replace(day=1)
        assert steps.begin(tx, by=SYSTEM, job=SMALL, period=first, worker="here") is Outcome.DONE
        with pytest.raises(NotDueYet, match="not due before"):
            steps.begin(tx, by=SYSTEM, job=SMALL, period=SMALL.schedule.after(on), worker="here")


def test_who_fails_is_written_down_stops_nobody_and_is_tried_again(database: Database) -> None:
    rent(database, 5, at=ENTERED)
    told = run(database, refusing(Refused("The card was declined; ask for another one."), 2))
    assert (told[-1].outcome, told[-1].done, told[-1].failed) == (Outcome.FAILED, 4, 1)
    assert claims(database)[2].error == "The card was declined; ask for another one."
    assert sorted(number for number, month in charged(database) if month == DECEMBER) == [1, 3, 4, 5]
    with database.read() as conn:
        assert queries.failures(conn).rows["label"].tolist() == ["+61490000002"]
        assert queries.standings(conn, jobs=[SMALL], on=DECEMBER)[0].failed == 1
    soon = FIRST + timedelta(minutes=1)
    assert outcomes(run(database, at=soon, retry_after=timedelta(hours=1))) == [(DECEMBER, Outcome.FAILED)]
    assert outcomes(run(database, at=soon)) == [(DECEMBER, Outcome.DONE)]
    assert (claims(database)[2].attempts, claims(database)[2].error) == (2, None)


def test_a_bug_holds_the_job_and_leaves_a_reference(database: Database, caplog: pytest.LogCaptureFixture) -> None:
    rent(database, 6, at=ENTERED)
    with caplog.at_level(logging.ERROR, "ledgerdesk.jobs"):
        told = run(database, refusing(BrokenInvariant("two and two"), 1))
    assert outcomes(told)[-1] == (DECEMBER, Outcome.HELD)
    reference = caplog.messages[0].rpartition(" ")[2]
    assert reference in claims(database)[1].error
    assert "two and two" not in claims(database)[1].error
    with database.read() as conn:
        held = queries.standings(conn, jobs=[SMALL], on=DECEMBER)[0].hold
    assert held is not None
    assert reference in held.reason
    assert outcomes(run(database)) == [(DECEMBER, Outcome.HELD)]


def test_a_hold_in_the_middle_stops_between_batches_and_a_release_finishes(database: Database) -> None:
    rent(database, 5, at=ENTERED)
    run(database, on=NOVEMBER, at=ENTERED)
    running = run_due(database, by=SYSTEM, jobs=[SMALL], on=DECEMBER, at=FIRST)
    assert next(running).done == 2
    with database.write(at=FIRST) as tx:
        operations.hold(tx, by=SYSTEM, job="rental", reason="The price list is wrong.")
    assert [(one.outcome, one.done) for one in running] == [(Outcome.HELD, 2)]
    assert outcomes(run(database)) == [(DECEMBER, Outcome.HELD)]
    with database.write(at=FIRST) as tx:
        operations.release(tx, by=SYSTEM, job="rental", reason="It is right now.")
    assert outcomes(run(database)) == [(DECEMBER, Outcome.DONE)]
    assert len(charged(database)) == len(set(charged(database))) == 10


def test_a_cap_stops_a_run_and_holds_the_job(database: Database) -> None:
    rent(database, 5, at=ENTERED)
    run(database, on=NOVEMBER, at=ENTERED)
    with database.write(at=FIRST) as tx:
        operations.set_cap(tx, by=SYSTEM, job="rental", most=3)
    told = run(database)
    assert [(one.done, one.outcome) for one in told] == [(2, None), (3, None), (3, Outcome.HELD)]
    with database.write(at=FIRST) as tx:
        operations.release(tx, by=SYSTEM, job="rental", reason="Looked at.")
    assert [(one.done, one.outcome) for one in run(database)] == [(2, None), (2, Outcome.DONE)]
    assert len(charged(database)) == 10


def test_a_run_stopped_by_its_caller_is_finished_by_the_next(database: Database) -> None:
    rent(database, 5, at=ENTERED)
    run(database, on=NOVEMBER, at=ENTERED)
    with closing(run_due(database, by=SYSTEM, jobs=[SMALL], on=DECEMBER, at=FIRST)) as running:
        next(running)
    with database.read() as conn:
        assert queries.runs(conn, jobs=JOBS, now=FIRST).rows["outcome"].tolist() == ["interrupted", "done"]
    assert outcomes(run(database)) == [(DECEMBER, Outcome.DONE)]
    assert len(charged(database)) == len(set(charged(database))) == 10


def begun(database: Database, at: datetime) -> steps.OpenRun:
    found = database.act(lambda tx: steps.begin(tx, by=SYSTEM, job=SMALL, period=DECEMBER, worker="x"), at=at)
    assert isinstance(found, steps.OpenRun)
    return found


def test_what_a_dead_process_claimed_goes_to_another_after_its_lease(database: Database) -> None:
    rent(database, 3, at=ENTERED)
    run(database, on=NOVEMBER, at=ENTERED)
    dead = begun(database, FIRST)
    mine = database.act(lambda tx: steps.claim(tx, run=dead), at=FIRST)
    assert mine == [1, 2]
    told = run(database, at=FIRST + timedelta(seconds=119))
    assert [(one.done, one.outcome) for one in told] == [(1, None), (1, Outcome.BUSY)]
    later = FIRST + SMALL.lease
    assert outcomes(run(database, at=later)) == [(DECEMBER, Outcome.DONE)]
    # it was only slow: what it does now changes nothing, because another run ended it
    assert database.act(lambda tx: steps.carry_out(tx, by=SYSTEM, run=dead, ids=mine), at=later) == 0
    assert database.act(lambda tx: steps.give_up(tx, run=dead, subject_id=1, error="late"), at=later) == 0
    assert database.act(lambda tx: steps.claim(tx, run=dead), at=later) is Outcome.INTERRUPTED
    assert len(charged(database)) == len(set(charged(database))) == 6


def test_who_is_not_due_any_more_is_forgotten(database: Database) -> None:
    rent(database, 3, at=ENTERED)
    run(database, on=NOVEMBER, at=ENTERED)
    slow = begun(database, FIRST)
    mine = database.act(lambda tx: steps.claim(tx, run=slow), at=FIRST)
    with database.write(at=FIRST) as tx:  # by hand, past the job
        RENTAL.run(tx, by=SYSTEM, period=DECEMBER, ids=[1, 3])
    assert database.act(lambda tx: steps.carry_out(tx, by=SYSTEM, run=slow, ids=mine), at=FIRST) == 1
    assert outcomes(run(database)) == []
    assert list(claims(database)) == [2]


def test_a_job_that_does_fewer_than_it_was_asked_does_none(database: Database) -> None:
    rent(database, 1, at=ENTERED)

    def lazy(tx: Transaction, *, by: Principal, period: date, ids: Collection[int]) -> int:
        return 0

    told = run(database, replace(SMALL, run=lazy))
    assert outcomes(told)[-1] == (DECEMBER, Outcome.FAILED)
    assert "changed while" in claims(database)[1].error


def test_two_workers_at_once_do_everybody_once(database: Database) -> None:
    rent(database, 60, at=ENTERED, customers=2)
    told: list[list[Progress]] = []
    gate = threading.Barrier(2)

    def work() -> None:
        gate.wait()
        told.append(run(database, replace(RENTAL, batch=3)))

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len(charged(database)) == len(set(charged(database))) == 120
    assert sum(one.done for each in told for one in each if one.outcome) == 120


def test_a_run_counts_its_totals_by_currency_and_stands_in_the_audit_trail(database: Database) -> None:
    rent(database, 5, at=ENTERED)
    run(database)
    with database.read() as conn:
        runs = queries.runs(conn, jobs=JOBS, now=FIRST, job="rental", size=1)
        assert (runs.total, runs.rows["period"].tolist()) == (2, [DECEMBER])
        totals = queries.run_totals(conn, run_ids=[int(runs.rows["id"][0])])
        assert totals[["currency", "subjects", "micros"]].values.tolist() == [["AUD", 5, 5 * PRICE.micros]]
        acts = conn.execute(select(audit_event.c.act).where(audit_event.c.subject == "job")).scalars().all()
        preview = queries.preview(conn, job=SMALL, period=date(2027, 1, 1))
    assert acts == ["jobs.run", "jobs.run"]
    assert preview["micros"].tolist() == [PRICE.micros] * 5


def test_how_a_job_stands(database: Database) -> None:
    with database.read() as conn:
        assert queries.standings(conn, jobs=[SMALL], on=DECEMBER)[0].due == ()
    rent(database, 2, at=ENTERED)
    with database.read() as conn:
        found = queries.standings(conn, jobs=[SMALL], on=date(2026, 12, 2))[0]
    assert (found.due, found.waiting, found.next_on) == ((NOVEMBER, DECEMBER), 4, date(2027, 1, 1))
    assert found.is_overdue(date(2026, 12, 2))
    assert not found.is_running(FIRST)
    assert found.troubles(date(2026, 12, 2)) == ["Number rental: overdue since 1 November 2026."]
    begun(database, FIRST)
    with database.read() as conn:
        assert queries.standings(conn, jobs=[SMALL], on=DECEMBER)[0].is_running(FIRST)
        assert queries.runs(conn, jobs=JOBS, now=FIRST).rows["outcome"].tolist() == ["running"]
        dead = queries.runs(conn, jobs=JOBS, now=FIRST + timedelta(hours=1)).rows["outcome"].tolist()
    assert dead == ["interrupted"]


def test_only_accounting_runs_jobs_and_a_wrong_name_is_refused(database: Database) -> None:
    with pytest.raises(NotAllowed):
        run_due(database, by=Principal(1, "Sue", Role.SUPPORT), jobs=JOBS, on=DECEMBER)
    with pytest.raises(NoSuchJob, match="there are: rental, fees"):
        job_named(JOBS, "rentals")
    assert job_named(JOBS, "rental") is RENTAL


def test_what_is_done_cannot_be_undone_in_the_database(database: Database) -> None:
    rent(database, 1, at=ENTERED)
    run(database)
    attacks = ("UPDATE job_claim SET state = 'waiting', done_at = NULL", "DELETE FROM job_claim", "DELETE FROM job_run")
    for attack in (*attacks, "UPDATE job_run SET done = 0"):
        with pytest.raises(DBAPIError, match="never"), database.write(at=FIRST) as tx:
            tx.conn.execute(text(attack))
    with database.read() as conn:
        assert conn.execute(select(job_hold)).all() == []


def test_what_comes_to_nothing_is_counted_too(database: Database) -> None:
    """As a promotion that was used up before it expired."""

    def due(conn: Connection, period: date, ids: Collection[int] | None = None) -> list[Subject]:
        return [replace(one, amount=zero("AUD")) for one in RENTAL.due(conn, period, ids)]

    rent(database, 2, at=ENTERED)
    assert outcomes(run(database, replace(SMALL, due=due)))[-1] == (DECEMBER, Outcome.DONE)
    with database.read() as conn:
        runs = queries.runs(conn, jobs=JOBS, now=FIRST, job="rental", size=1)
        totals = queries.run_totals(conn, run_ids=[int(runs.rows["id"][0])])
    assert totals[["currency", "subjects", "micros"]].values.tolist() == [["AUD", 2, 0]]


def test_of_missed_days_somebody_is_due_in_the_first_only_where_once_is_enough(database: Database) -> None:
    done: set[int] = set()

    def due(_conn: object, period: date, ids: Collection[int] | None = None) -> list[Subject]:
        fits = [Subject(day, f"day {day}", amount=Money.of(day, "AUD")) for day in (3, 5) if day <= period.day]
        return [one for one in fits if one.id not in done and (ids is None or one.id in ids)]

    def tick(_tx: Transaction, *, by: Principal, period: date, ids: Collection[int]) -> int:
        del by, period
        done.update(ids)
        return len(ids)

    daily = Job("daily", "Daily", "x", "day", EVERY_DAY, lambda _conn: DECEMBER, due, tick)
    on = date(2026, 12, 7)
    with database.read() as conn:
        found = queries.standings(conn, jobs=[daily], on=on)[0]
        periods = queries.periods_to_run(conn, job=daily, on=on)
        told = queries.left_in(conn, job=daily, periods=periods)
        shown = [queries.preview(conn, job=daily, period=day)["label"].tolist() for day in (*found.due, on)]
    assert (found.waiting, [day.day for day in found.due]) == (2, [3, 5])
    assert shown == [["day 3"], ["day 5"], []]
    ran = [(one.period, one.done) for one in run(database, daily, on=on, at=FIRST + timedelta(days=7)) if one.outcome]
    assert ran == [(day, len(due)) for day, due in told.items() if due]  # the preview is the run
