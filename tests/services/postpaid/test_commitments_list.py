"""The list of commitments: all pages, the riskiest first, its meters those of each alone."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import update

from services.access.model import SYSTEM
from services.db.engine import Database
from services.periods import Period
from services.postpaid import queries
from services.postpaid.consuming import consumed
from services.postpaid.limits import watch_limits
from services.postpaid.model import MARKS, Commitment
from services.postpaid.standing import standing, standings
from services.postpaid.tables import commitment
from tests.committed import AT, committed

ON = date(2026, 10, 31)
COUNT = 23


@pytest.fixture
def many(database: Database) -> list[int]:
    """Commitments of which eight stop at one minimum, some begin mid-month and one ends within 90 days."""
    ids = committed(database, COUNT, stopping=8)
    gone = {"left_before": date(2027, 1, 1), "left_at": AT, "left_by": "Max", "left_reason": "x", "charges_rest": False}
    with database.write(at=AT) as tx:
        tx.conn.execute(update(commitment).where(commitment.c.id == ids[10]).values(gone))
    database.act(lambda tx: watch_limits(tx, by=SYSTEM, commitment_ids=ids), at=AT)
    return ids


def everyone(database: Database) -> dict[int, Commitment]:
    with database.read() as conn:
        return {each.id: each for each in queries.running_commitments(conn)}


def risk(database: Database, found: Commitment) -> tuple[int, int]:
    """The mark passed and the thousandths of the minimum the month is behind, added up one by one."""
    first = max(date(2026, 10, 1), found.contract.starts_on)
    with database.read() as conn:
        days = Period(first, ON + timedelta(days=1))
        used = consumed(conn, customer_id=found.customer_id, currency="AUD", days=days)
        told = standing(conn, found, today=ON)
    minimum = found.contract.now.minimum.micros
    lacks = minimum * days.days // 31 - used.micros
    mark = max((each for each in MARKS if told.owed.micros * 100 >= told.limit.micros * each), default=0)
    return mark, max(lacks, 0) // (minimum // 1000)


def test_pages_hold_everybody_once_and_the_riskiest_first(database: Database, many: list[int]) -> None:
    with database.read() as conn:
        pages = [queries.commitments_page(conn, on=ON, open_only=True, page=page, size=10) for page in (1, 2, 3)]
    listed = [int(each) for page in pages for each in page.rows["id"]]
    assert [page.total for page in pages] == [COUNT] * 3
    assert sorted(listed) == many
    found = everyone(database)
    risks = [risk(database, found[each]) for each in listed]
    assert risks == sorted(risks, reverse=True)
    assert len(set(risks)) > COUNT // 3


def test_one_to_begin_or_to_settle_is_listed_and_one_that_is_over_is_not(database: Database, many: list[int]) -> None:
    early, late = date(2026, 9, 1), date(2027, 1, 2)  # before the first begins, and after one was left
    with database.write(at=AT) as tx:
        tx.conn.execute(update(commitment).where(commitment.c.id == many[0]).values(ended_at=AT))
    for day in (early, late):
        with database.read() as conn:
            rows = queries.commitments_page(conn, on=day, open_only=True).rows
        assert sorted(int(each) for each in rows["id"]) == many[1:]
    [left] = rows[rows["id"] == many[10]].to_dict("records")
    assert left["ends_before"] == date(2027, 1, 1)  # the end of its days, not of the term agreed
    assert everyone(database)[many[10]].state(late) == "to settle"


def test_the_meters_of_many_are_those_of_each(database: Database, many: list[int]) -> None:
    found = list(everyone(database).values())
    for today in (date(2026, 9, 30), ON, date(2027, 1, 1)):
        with database.read() as conn:
            together = standings(conn, found, today=today)
            assert together == {each.id: standing(conn, each, today=today) for each in found}
    assert len(together) == len(many)


def test_what_ends_within_90_days_and_who_is_stopped(database: Database, many: list[int]) -> None:
    with database.read() as conn:
        soon = queries.commitments_page(conn, on=ON, expiring_before=ON + timedelta(days=90))
        held = queries.commitments_page(conn, on=ON, stopped_only=True)
    assert list(soon.rows["id"]) == [many[10]]
    full = [each for each in many[:8] if risk(database, everyone(database)[each])[0] == 100]
    assert sorted(int(each) for each in held.rows["id"]) == full
    assert full
