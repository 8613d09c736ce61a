"""The company and its bank accounts in the books: dated, kept, and changed by two people."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from services.access import approvals, people
from services.access.model import SYSTEM, NotAllowed, Principal, Role
from services.company import operations, queries
from services.company.profile import read_profile
from services.errors import InvalidForm, Stale
from services.settings import ROOT
from services.wiring.approvals import ACTS

PROFILE = read_profile((ROOT / "data" / "demo_company.toml").read_bytes())
NEW = {"bank": "Second Example Bank"}


@pytest.fixture
def empty(database, noon):
    """Books with currencies, and no company."""
    with database.write(at=noon) as tx:
        for code in ("AUD", "NZD", "GBP", "EUR", "USD", "SGD"):
            tx.conn.execute(text(f"INSERT INTO currency VALUES ('{code}', 2, 1, 2)"))
    return database


@pytest.fixture
def books(empty, noon):
    """Books of the demo company."""
    empty.act(lambda tx: operations.set_up(tx, by=SYSTEM, profile=PROFILE), at=noon)
    return empty


@pytest.fixture
def pair(books, noon):
    """Two people of accounting."""
    with books.write(at=noon) as tx:
        made = [
            people.create_person(tx, by=SYSTEM, name=name, email=f"{name}@x.example", role=Role.ACCOUNTING)
            for name in ("ann", "ben")
        ]
    return [Principal(one.person_id, name, Role.ACCOUNTING) for one, name in zip(made, ("ann", "ben"), strict=True)]


def ask(books, noon, by, changes=NEW, code="aud-main"):
    return books.act(
        lambda tx: operations.request_bank_account_change(tx, by=by, code=code, changes=changes, reason="moved"),
        at=noon,
    )


def approve(books, at, by, approval_id):
    return books.act(lambda tx: approvals.approve(tx, by=by, approval_id=approval_id, acts=ACTS), at=at)


def test_the_company_stands_as_its_file_says(books):
    with books.read() as conn:
        assert queries.company(conn) == PROFILE.company
        assert [each.code for each in queries.bank_accounts(conn)] == [each.code for each in PROFILE.bank_accounts]
        assert queries.bank_account_for(conn, "GBP").lines == PROFILE.bank_accounts[2].lines


def test_a_profile_without_a_day_holds_from_today(empty, noon):
    undated = replace(PROFILE, company=replace(PROFILE.company, valid_from=None))
    company = empty.act(lambda tx: operations.set_up(tx, by=SYSTEM, profile=undated), at=noon)
    assert company.valid_from == date(2026, 11, 20)


def test_the_company_is_set_up_once(books, noon):
    with pytest.raises(operations.AlreadySetUp):
        books.act(lambda tx: operations.set_up(tx, by=SYSTEM, profile=PROFILE), at=noon)


def test_books_without_a_company_say_how_to_set_it_up(database):
    with database.read() as conn, pytest.raises(queries.NotSetUp, match="init"):
        queries.company(conn)


def test_a_bank_account_needs_its_currency(database, noon):
    with pytest.raises(operations.CurrencyMissing, match="aud-main is in AUD"):
        database.act(lambda tx: operations.set_up(tx, by=SYSTEM, profile=PROFILE), at=noon)


def test_before_its_first_day_there_was_no_company(books):
    with books.read() as conn:
        assert queries.company(conn, on=date(2000, 7, 1)).name == PROFILE.company.name
        with pytest.raises(queries.NotSetUp):
            queries.company(conn, on=date(2000, 6, 30))


def test_an_unknown_account_or_currency_is_not_found(books):
    with books.read() as conn:
        with pytest.raises(queries.NoBankAccount, match="“x”"):
            queries.bank_account_of(conn, "x")
        with pytest.raises(queries.NoBankAccount, match="JPY"):
            queries.bank_account_for(conn, "JPY")


def test_a_change_waits_for_a_second_person(books, noon, pair):
    approval_id = ask(books, noon, pair[0])
    with books.read() as conn:
        assert queries.bank_account_of(conn, "aud-main").bank == "First Example Bank, Sydney"
    with pytest.raises(approvals.SelfApproval):
        approve(books, noon, pair[0], approval_id)


def test_an_approved_change_is_a_new_version_dated_that_day(books, noon, pair):
    approval_id = ask(books, noon, pair[0])
    approve(books, noon + timedelta(days=2), pair[1], approval_id)
    with books.read() as conn:
        newest, first = queries.bank_account_versions(conn, "aud-main")
        assert queries.bank_account_of(conn, "aud-main") == newest
    assert (newest.bank, newest.version, newest.changed_on) == ("Second Example Bank", 2, date(2026, 11, 22))
    assert (newest.changed_by, newest.approved_by, newest.reason) == ("ann", "ben", "moved")
    assert (first.bank, first.changed_on) == ("First Example Bank, Sydney", date(2026, 11, 20))


def test_lines_and_activity_change_too(books, noon, pair):
    changes = {"active": False, "lines": [["BSB", "082-998"]]}
    approve(books, noon, pair[1], ask(books, noon, pair[0], changes))
    with books.read() as conn:
        assert queries.bank_account_of(conn, "aud-main").lines == (("BSB", "082-998"),)
        with pytest.raises(queries.NoBankAccount):
            queries.bank_account_for(conn, "AUD")


def test_of_two_requests_the_later_approval_is_stale(books, noon, pair):
    one, other = ask(books, noon, pair[0]), ask(books, noon, pair[0], {"bank": "Third"})
    approve(books, noon, pair[1], one)
    with pytest.raises(Stale, match="aud-main changed since"):
        approve(books, noon, pair[1], other)


@pytest.mark.parametrize(("changes", "field"), [({"currency": "NZD"}, "currency"), ({"iban": "GB00"}, "iban")])
def test_a_wrong_change_is_refused_by_its_field(books, noon, pair, changes, field):
    with pytest.raises(InvalidForm) as caught:
        ask(books, noon, pair[0], changes)
    assert field in caught.value.fields


def test_the_present_details_are_no_change(books, noon, pair):
    with pytest.raises(operations.NothingToChange):
        ask(books, noon, pair[0], {"bank": "First Example Bank, Sydney "})


def test_the_operation_itself_refuses_one_person_doing_both(books, noon, pair):
    payload = {"requested_by_id": pair[0].person_id}
    with pytest.raises(operations.SamePerson):
        books.act(lambda tx: operations.apply_bank_account_change(tx, by=pair[0], payload=payload), at=noon)


def test_support_may_not_ask(books, noon):
    with pytest.raises(NotAllowed):
        ask(books, noon, Principal(1, "Sam", Role.SUPPORT))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE bank_account_version SET bank = 'x'",
        "DELETE FROM bank_account_version",
        "UPDATE company_profile SET name = 'x'",
        "DELETE FROM company_profile",
    ],
)
def test_the_database_keeps_every_version(books, noon, statement):
    with pytest.raises(DBAPIError), books.write(at=noon) as tx:
        tx.conn.execute(text(statement))
