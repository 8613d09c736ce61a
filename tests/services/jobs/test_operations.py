"""Holding, releasing and capping a job: by whom, with a reason, once, and on record."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from services.access.model import SYSTEM, Principal, Role
from services.access.tables import audit_event
from services.db.engine import Database
from services.errors import InvalidForm
from services.jobs import queries
from services.jobs.model import AlreadyHeld, Hold, NotHeld, WrongCap
from services.jobs.operations import hold, release, set_cap
from tests.builders import AT, TODAY
from tests.rented import RENTAL

MANAGER = Principal(None, "Mia", Role.MANAGER)


def standing(database: Database) -> queries.Standing:
    with database.read() as conn:
        return queries.standings(conn, jobs=[RENTAL], on=TODAY)[0]


def test_a_hold_names_who_when_and_why_and_is_released_with_a_reason(database: Database) -> None:
    with database.write(at=AT) as tx:
        hold(tx, by=MANAGER, job="rental", reason=" The prices look wrong. ")
    assert standing(database).hold == Hold("rental", AT, "Mia", "The prices look wrong.")
    assert standing(database).troubles(TODAY) == ["Number rental: on hold by Mia, The prices look wrong."]
    with database.write(at=AT) as tx:
        release(tx, by=MANAGER, job="rental", reason="They are right.")
    assert standing(database).hold is None
    with database.read() as conn:
        trail = conn.execute(select(audit_event.c.act, audit_event.c.reason).order_by(audit_event.c.id)).all()
    assert [tuple(one) for one in trail] == [
        ("jobs.hold", "The prices look wrong."),
        ("jobs.hold", "They are right."),
    ]


def test_a_second_hold_or_release_and_a_missing_reason_are_refused(database: Database) -> None:
    with database.write(at=AT) as tx:
        with pytest.raises(NotHeld, match="not on hold"):
            release(tx, by=SYSTEM, job="rental", reason="No reason")
        with pytest.raises(InvalidForm, match="Say why"):
            hold(tx, by=SYSTEM, job="rental", reason="  ")
        hold(tx, by=SYSTEM, job="rental", reason="First")
        with pytest.raises(AlreadyHeld, match="already"):
            hold(tx, by=SYSTEM, job="rental", reason="Second")
        with pytest.raises(InvalidForm, match="may run again"):
            release(tx, by=SYSTEM, job="rental", reason="")
    assert standing(database).hold.reason == "First"


def test_a_cap_is_set_changed_and_taken_away(database: Database) -> None:
    caps = []
    for most in (500, 500, 20, None):
        with database.write(at=AT) as tx:
            set_cap(tx, by=MANAGER, job="rental", most=most)
        caps.append(standing(database).cap)
    assert caps == [500, 500, 20, None]
    with database.read() as conn:
        assert len(conn.execute(select(audit_event.c.id)).all()) == 3
    with database.write(at=AT) as tx, pytest.raises(WrongCap):
        set_cap(tx, by=MANAGER, job="rental", most=0)
