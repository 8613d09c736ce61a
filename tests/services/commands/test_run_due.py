"""python -m services run-due: what would be done, what was done, and an exit code that says which."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from typer.testing import CliRunner, Result

from services.__main__ import app
from services.access.model import SYSTEM
from services.db.current import use
from services.db.engine import Database
from services.jobs import operations, steps
from services.money import Money
from tests.builders import customers
from tests.rented import RENTAL, charged, rent

NOW = datetime.now(UTC)


@pytest.fixture
def books(database: Database) -> Iterator[Database]:
    customers(database, 2)
    rent(database, 25, at=NOW, customers=2)
    use(database)
    yield database
    use(None)


def run(*words: str) -> Result:
    return CliRunner().invoke(app, ["run-due", *words])


def month(database: Database) -> str:
    return str(NOW.astimezone(database.timezone).date().replace(day=1))


def test_a_dry_run_says_who_would_be_charged_and_changes_nothing(books: Database) -> None:
    told = run("--dry-run")
    assert told.exit_code == 0
    assert "25 due" in told.stderr
    assert "... and 5 more." in told.stderr
    (rental,) = json.loads(run("--dry-run", "--json").stdout)
    assert (rental["job"], rental["period"], len(rental["subjects"])) == ("rental", month(books), 25)
    assert set(rental["subjects"][0]) == {"id", "label", "customer", "amount", "currency", "held"}
    assert charged(books) == []


def test_what_is_due_is_run_once_and_then_nothing_is(books: Database) -> None:
    told = run("--job", "rental", "--json")
    assert told.exit_code == 0
    ended = [{"job": "rental", "period": month(books), "outcome": "done", "done": 25, "failed": 0, "held": 0}]
    assert json.loads(told.stdout) == ended
    assert "25 of 25" in told.stderr
    assert len(charged(books)) == 25
    again = run()
    assert (again.exit_code, "Nothing is due." in again.stderr) == (0, True)


def test_a_held_job_ends_with_3(books: Database) -> None:
    with books.write() as tx:
        operations.hold(tx, by=SYSTEM, job="rental", reason="Prices are being looked at.")
    assert run().exit_code == 3
    assert charged(books) == []


def test_work_in_the_hands_of_another_process_ends_with_4(books: Database) -> None:
    period = NOW.astimezone(books.timezone).date().replace(day=1)
    begun = books.act(lambda tx: steps.begin(tx, by=SYSTEM, job=RENTAL, period=period, worker="another"))
    assert isinstance(begun, steps.OpenRun)
    books.act(lambda tx: steps.claim(tx, run=begun))
    assert run().exit_code == 4


def test_a_number_in_a_currency_without_a_rate_fails_with_1_and_the_others_are_done(books: Database) -> None:
    rent(books, 1, at=NOW, first=26, price=Money.of(20, "USD"))
    told = run()
    assert told.exit_code == 1
    assert "25 done, 1 failed" in told.stderr
    assert len(charged(books)) == 25


def test_a_day_to_come_can_be_looked_at_but_not_run(books: Database) -> None:
    later = str((NOW + timedelta(days=62)).date())
    refused = run("--on", later)
    assert (refused.exit_code, "has not come" in refused.stderr) == (1, True)
    assert "due" in run("--on", later, "--dry-run").stderr
    assert "there are: rental, fees" in run("--job", "rent").stderr
