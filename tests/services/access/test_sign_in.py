"""Signing in: sessions that end when they should, and guessing that gets nowhere."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import insert, select, text, update
from sqlalchemy.exc import DBAPIError

from services.access import operations, passwords, people
from services.access.model import IDLE, LOCK, SYSTEM, TRIES, TRIES_PER_IP, Principal, Role
from services.access.queries import principal_for, session_for
from services.access.tables import person, session, sign_in_attempt
from services.db.engine import Database
from services.errors import InvalidForm

EMAIL, PASSWORD = "ada@company.example", "correct horse battery"
HASHED = passwords.hash_password(PASSWORD)


@pytest.fixture
def ada(database: Database, noon: datetime) -> int:
    with database.write(at=noon) as tx:
        row = {"name": "Ada", "email": EMAIL, "role": "accounting", "password_hash": HASHED, "created_at": noon}
        row |= {"must_change_password": False, "active": True}
        return tx.conn.execute(insert(person).returning(person.c.id), row).scalar_one()


def sign_in(database, at, password=PASSWORD, email=EMAIL, ip="192.0.2.1"):
    with database.write(at=at) as tx:
        return operations.sign_in(tx, email=email, password=password, ip=ip)


def who(database, token, at):
    with database.read() as conn:
        return principal_for(conn, token, at)


def test_the_right_password_opens_a_session_that_names_the_person(database, noon, ada):
    token = sign_in(database, noon, email="  ADA@company.example ")
    assert who(database, token, noon) == Principal(ada, "Ada", Role.ACCOUNTING)


def test_only_a_hash_of_the_token_is_stored(database, noon, ada):
    token = sign_in(database, noon)
    with database.read() as conn:
        assert token not in str(conn.execute(select(session)).all())


def test_a_wrong_password_opens_nothing(database, noon, ada):
    assert sign_in(database, noon, "wrong") is None


def test_a_stranger_gets_the_same_answer_as_a_wrong_password(database, noon, ada):
    assert sign_in(database, noon, email="nobody@company.example") is None


def test_the_fifth_wrong_password_locks_even_the_right_one_for_fifteen_minutes(database, noon, ada):
    for _ in range(TRIES):
        assert sign_in(database, noon, "wrong") is None
    assert sign_in(database, noon + LOCK - timedelta(seconds=1)) is None
    assert sign_in(database, noon + LOCK) is not None


def test_a_stranger_is_locked_like_anybody(database, noon, ada):
    for _ in range(TRIES + 3):
        sign_in(database, noon, "wrong", email="nobody@company.example")
    with database.read() as conn:
        assert len(conn.execute(select(sign_in_attempt)).all()) == TRIES


def test_a_right_password_starts_the_count_again(database, noon, ada):
    for _ in range(2):
        for _ in range(TRIES - 1):
            sign_in(database, noon, "wrong")
        assert sign_in(database, noon) is not None


def test_one_address_cannot_try_many_people(database, noon, ada):
    row = {"at": noon, "ip": "192.0.2.9", "succeeded": False}
    with database.write(at=noon) as tx:
        tx.conn.execute(insert(sign_in_attempt), [row | {"email": f"p{n}@x.example"} for n in range(TRIES_PER_IP)])
    assert sign_in(database, noon, ip="192.0.2.9") is None
    assert sign_in(database, noon, ip="192.0.2.1") is not None


def test_a_session_ends_after_thirty_idle_minutes(database, noon, ada):
    token = sign_in(database, noon)
    assert who(database, token, noon + IDLE - timedelta(seconds=1))
    assert who(database, token, noon + IDLE) is None


def test_a_session_in_use_ends_after_ten_hours(database, noon, ada):
    token = sign_in(database, noon)
    for minutes in range(20, 600, 20):
        with database.write(at=noon + timedelta(minutes=minutes)) as tx:
            operations.touch(tx, token=token)
    assert who(database, token, noon + timedelta(hours=10, seconds=-1))
    assert who(database, token, noon + timedelta(hours=10)) is None


def test_a_cookie_kept_after_sign_out_opens_nothing(database, noon, ada):
    token = sign_in(database, noon)
    with database.write(at=noon) as tx:
        operations.sign_out(tx, token=token)
    assert who(database, token, noon) is None


def test_touching_does_not_wake_an_ended_session(database, noon, ada):
    token = sign_in(database, noon)
    with database.write(at=noon) as tx:
        operations.sign_out(tx, token=token)
    with database.write(at=noon + timedelta(minutes=1)) as tx:
        operations.touch(tx, token=token)
    assert who(database, token, noon + timedelta(minutes=1)) is None


@pytest.mark.parametrize("change", ["ended_at = NULL", "expires_at = '2099-01-01T00:00:00.000000Z'"])
def test_the_database_prolongs_no_session(database, noon, ada, change):
    token = sign_in(database, noon)
    with database.write(at=noon) as tx:
        operations.sign_out(tx, token=token)
    with pytest.raises(DBAPIError, match="stays ended"), database.write(at=noon) as tx:
        tx.conn.execute(text(f"UPDATE session SET {change}"))


def test_a_deactivated_person_is_out_at_the_next_look(database, noon, ada):
    token = sign_in(database, noon)
    with database.write(at=noon) as tx:
        people.deactivate(tx, by=SYSTEM, person_id=ada)
    assert who(database, token, noon) is None
    assert sign_in(database, noon) is None


def test_a_changed_role_counts_from_the_next_look(database, noon, ada):
    token = sign_in(database, noon)
    with database.write(at=noon) as tx:
        people.change_role(tx, by=SYSTEM, person_id=ada, role=Role.SUPPORT)
    assert who(database, token, noon).role is Role.SUPPORT


def test_a_one_time_password_only_lets_you_change_it(database, noon):
    with database.write(at=noon) as tx:
        given = people.create_person(tx, by=SYSTEM, name="Bo", email="Bo@company.example", role=Role.SUPPORT)
    token = sign_in(database, noon, given.password, "bo@company.example")
    assert who(database, token, noon) is None
    with database.write(at=noon) as tx:
        bo = session_for(tx.conn, token, noon).principal
        fresh = operations.change_password(tx, by=bo, current=given.password, new="four quiet green hills")
    assert who(database, fresh, noon) == bo
    assert who(database, token, noon) is None
    assert sign_in(database, noon, given.password, "bo@company.example") is None


@pytest.mark.parametrize("new", ["short", "x" * 30, "ada is my name 12", PASSWORD, "y" * 201])
def test_a_poor_new_password_is_refused_by_field(database, noon, ada, new):
    by = Principal(ada, "Ada", Role.ACCOUNTING)
    with database.write(at=noon) as tx, pytest.raises(InvalidForm) as caught:
        operations.change_password(tx, by=by, current=PASSWORD, new=new)
    assert set(caught.value.fields) == {"new"}


def test_a_wrong_current_password_is_refused_by_field(database, noon, ada):
    by = Principal(ada, "Ada", Role.ACCOUNTING)
    with database.write(at=noon) as tx, pytest.raises(InvalidForm) as caught:
        operations.change_password(tx, by=by, current="wrong", new="four quiet green hills")
    assert set(caught.value.fields) == {"current"}


def test_a_password_changed_between_looking_and_answering_opens_nothing(database, noon, ada):
    from services.access.queries import challenge

    with database.write(at=noon) as tx:
        seen = challenge(tx.conn, EMAIL, "192.0.2.1", noon)
        tx.conn.execute(update(person).values({"password_hash": "other"}))
        assert operations.answer(tx, challenge=seen, matched=True, email=EMAIL, ip="192.0.2.1") is None
