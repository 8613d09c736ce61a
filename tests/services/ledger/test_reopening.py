"""A closed month opens again only when one person asks and another approves."""

from __future__ import annotations

from datetime import date

import pytest

from services.access import approvals, people
from services.access.model import SYSTEM, Principal, Role
from services.db.engine import Database
from services.ledger import operations as ledger
from services.ledger.period_lock import CannotClose
from services.wiring.approvals import ACTS
from tests.builders import AT, ONE, bought, customers, post


def _person(database: Database, name: str, role: Role) -> Principal:
    email = f"{name}@ledgerdesk.example"
    made = database.act(lambda tx: people.create_person(tx, by=SYSTEM, name=name, email=email, role=role), at=AT)
    return Principal(made.person_id, name, role)


def _closed_october(database: Database) -> int:
    (one,) = customers(database, 1)
    post(database, bought(one, ONE, key="a", on=date(2026, 10, 5)))
    database.act(lambda tx: ledger.close_period(tx, by=SYSTEM, period=202610), at=AT)
    return one


def test_one_asks_another_approves_and_the_month_is_open(database: Database) -> None:
    customer = _closed_october(database)
    ada, ben = _person(database, "Ada", Role.ACCOUNTING), _person(database, "Ben", Role.MANAGER)
    asked = database.act(
        lambda tx: ledger.request_reopening(tx, by=ada, period=202610, reason="A statement came late"), at=AT
    )
    with pytest.raises(approvals.SelfApproval):
        database.act(lambda tx: approvals.approve(tx, by=ada, approval_id=asked, acts=ACTS), at=AT)
    database.act(lambda tx: approvals.approve(tx, by=ben, approval_id=asked, acts=ACTS), at=AT)
    assert not post(database, bought(customer, ONE, key="late", on=date(2026, 10, 6))).repeated


def test_a_month_that_is_not_the_last_closed_one_cannot_be_asked_for(database: Database) -> None:
    _closed_october(database)
    with pytest.raises(CannotClose, match="not the last closed month"):
        database.act(lambda tx: ledger.request_reopening(tx, by=SYSTEM, period=202609, reason="Why not"), at=AT)
