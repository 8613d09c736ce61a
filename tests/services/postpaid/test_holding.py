"""One customer's monthly invoice on hold: the preview shows it, the run leaves it; released, each month comes once."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from services.access.model import SYSTEM, NotAllowed, Principal
from services.access.queries import audit_events
from services.customers.model import Customer
from services.db.engine import Database
from services.errors import InvalidForm
from services.invoices.queries import invoice
from services.jobs import queries as jobs
from services.jobs.model import Outcome, Progress
from services.jobs.running import job_named, run_due
from services.money import Money
from services.postpaid import queries
from services.postpaid.billing import bill_months, turn_commitments
from services.postpaid.holding import hold_bill, release_bill
from services.postpaid.model import Commitment, NotReady
from services.wiring.jobs import JOBS, troubles
from tests.invoicing import open_shop
from tests.laws.test_receivable_laws import newcomer
from tests.postpaid import at, committed, staff, uses

START, WHY = date(2026, 8, 1), "The use of August is disputed"
MONTHLY = job_named(JOBS, "postpaid")


@pytest.fixture
def shop(database: Database) -> dict[str, Customer]:
    return open_shop(database)


@pytest.fixture
def people(database: Database) -> dict[str, Principal]:
    return staff(database)


@pytest.fixture
def two(database: Database, shop: dict[str, Customer], people: dict[str, Principal]) -> tuple[Commitment, Commitment]:
    """Two customers that pay afterwards since August and used 1,500.00 in it."""
    made = []
    for customer in (shop["AU"], newcomer(database, "AU")):
        found = committed(database, people, customer, START)
        database.act(
            lambda tx, found=found: turn_commitments(tx, by=SYSTEM, commitment_ids=[found.id]), at=at(2026, 8, 1)
        )
        uses(database, customer, "1500.00", date(2026, 8, 20), by=people["Ann"])
        made.append(found)
    return made[0], made[1]


def night(database: Database, on: date) -> list[Progress]:
    """The monthly run on a day; what it said at its end."""
    when = at(on.year, on.month, on.day)
    return [one for one in run_due(database, by=SYSTEM, jobs=[MONTHLY], on=on, at=when) if one.outcome]


def hold(database: Database, by: Principal, found: Commitment, on: date, reason: str = WHY) -> None:
    when = at(on.year, on.month, on.day)
    database.act(lambda tx: hold_bill(tx, by=by, commitment_id=found.id, reason=reason), at=when)


def release(database: Database, by: Principal, found: Commitment, on: date, reason: str = "Settled") -> None:
    when = at(on.year, on.month, on.day)
    database.act(lambda tx: release_bill(tx, by=by, commitment_id=found.id, reason=reason), at=when)


def billed(database: Database, found: Commitment) -> list[date]:
    with database.read() as conn:
        return [each.month for each in queries.months_billed(conn, found.id)]


def test_the_run_leaves_who_is_held_and_does_each_month_once_after_it(
    database: Database, two: tuple[Commitment, Commitment], people: dict[str, Principal]
) -> None:
    disputed, other = two
    hold(database, people["Ann"], disputed, date(2026, 8, 31))
    with database.read() as conn:
        preview = jobs.preview(conn, job=MONTHLY, period=date(2026, 9, 1)).set_index("subject_id")
    assert preview.loc[disputed.id, "held"] == f"{WHY} (held by Ann)"
    assert preview.loc[other.id, "held"] == ""
    assert preview.loc[other.id, "micros"] == 1_500_000_000

    ended = night(database, date(2026, 9, 1))
    assert [(one.outcome, one.done, one.held) for one in ended] == [(Outcome.DONE, 1, 0), (Outcome.DONE, 0, 1)]
    assert (billed(database, disputed), billed(database, other)) == ([], [START])
    with database.read() as conn:
        [standing] = jobs.standings(conn, jobs=[MONTHLY], on=date(2026, 9, 2))
        assert (standing.waiting, standing.held, standing.held_in) == (0, 1, (date(2026, 9, 1),))
        assert "Postpaid invoices: 1 held by hand, September 2026." in troubles(conn, on=date(2026, 9, 2))
        coming = {one.id: one.amount for one in MONTHLY.due(conn, date(2026, 10, 1))}
    assert coming[other.id] == Money.of("1000", "AUD")  # nothing is used of September yet: its minimum would be billed

    ended = night(database, date(2026, 10, 1))  # September comes too: held as well, and the other goes on
    assert sum(one.done for one in ended) == 1
    assert billed(database, disputed) == []
    release(database, people["Ann"], disputed, date(2026, 10, 9))
    night(database, date(2026, 10, 9))
    night(database, date(2026, 10, 10))
    assert billed(database, disputed) == billed(database, other) == [START, date(2026, 9, 1)]
    with database.read() as conn:
        ours, theirs = (queries.months_billed(conn, each.id) for each in two)
        made = [invoice(conn, each.invoice_id) for each in ours if each.invoice_id]
        assert jobs.standings(conn, jobs=[MONTHLY], on=date(2026, 10, 10))[0].held == 0
    told = [(each.consumed, each.minimum, each.true_up, each.starts_on, each.ends_before) for each in ours]
    assert told == [(each.consumed, each.minimum, each.true_up, each.starts_on, each.ends_before) for each in theirs]
    assert [each.net.text() for each in made] == ["1,500.00 AUD", "1,000.00 AUD"]  # each month asks for its own
    assert {(each.issued_on, each.due_on) for each in made} == {(date(2026, 10, 9), date(2026, 10, 23))}


def test_a_hold_between_preview_and_run_counts_and_no_month_comes_before_an_earlier_one(
    database: Database, two: tuple[Commitment, Commitment], people: dict[str, Principal]
) -> None:
    disputed, other = two
    ids = [each.id for each in two]
    hold(database, people["Ann"], disputed, date(2026, 9, 1))
    run = lambda month: database.act(  # noqa: E731
        lambda tx: bill_months(tx, by=SYSTEM, month=month, commitment_ids=ids), at=at(2026, 10, 1)
    )
    assert run(START) == 1
    release(database, people["Ann"], disputed, date(2026, 10, 1))
    assert run(date(2026, 9, 1)) == 1  # August of the other is not billed yet, so September waits for it
    assert (billed(database, disputed), billed(database, other)) == ([], [START, date(2026, 9, 1)])
    with database.read() as conn:
        [held] = [one.held for one in MONTHLY.due(conn, date(2026, 10, 1))]
    assert held == "After August 2026, which is not billed yet"
    assert (run(START), run(date(2026, 9, 1))) == (1, 1)


def test_who_may_hold_says_why_and_it_is_kept(
    database: Database, two: tuple[Commitment, Commitment], people: dict[str, Principal]
) -> None:
    found, day = two[0], date(2026, 9, 1)
    with pytest.raises(NotAllowed):
        hold(database, people["Max"], found, day)
    with pytest.raises(InvalidForm):
        hold(database, people["Ann"], found, day, reason=" ")
    with pytest.raises(NotReady, match="Nobody holds"):
        release(database, people["Ann"], found, day)
    hold(database, people["Ann"], found, day)
    with pytest.raises(NotReady, match="Ann holds this invoice already: The use of August"):
        hold(database, people["Ann"], found, day)
    with pytest.raises(InvalidForm):
        release(database, people["Ann"], found, day, reason="")
    release(database, people["Ann"], found, day)
    with database.read() as conn:
        assert queries.bill_holds(conn, ids=[found.id]) == {}
        rows = audit_events(conn, subject="commitment", text="postpaid.hold").rows
    assert sorted(rows["reason"]) == ["Settled", WHY]
    with pytest.raises(DBAPIError, match=r"only released, once|never deleted or changed"), database.write() as tx:
        tx.conn.execute(text("UPDATE commitment_hold SET reason = 'x'"))
