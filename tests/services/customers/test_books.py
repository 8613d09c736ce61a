"""Customers in the books: created once, found in seconds, details kept version by version."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from services.access.model import NotAllowed, Principal, Role
from services.access.tables import audit_event
from services.customers import operations, queries
from services.customers.model import BillingMode, InvoiceDetails
from services.errors import InvalidForm, LedgerdeskError, Stale
from tests import builders

SUPPORT = Principal(None, "Sam", Role.SUPPORT)
ACCOUNTING = Principal(None, "Ada", Role.ACCOUNTING)
DETAILS = InvoiceDetails("Acme Pty Ltd", "1 Road\nSydney", "", "pay@acme.example", "Ann", "+61 2 5550 1234")
ACME = {"username": "acme", "name": "Acme Pty Ltd", "email": "ann@acme.example", "country": "AU", "currency": "AUD"}


@pytest.fixture
def books(database):
    """Books with the currencies AUD, USD and JPY."""
    builders.customers(database, 0)
    return database


def create(books, at=builders.AT, by=SUPPORT, **changes):
    return books.act(lambda tx: operations.create_customer(tx, by=by, **(ACME | changes)), at=at)


def change(books, customer_id, details=DETAILS, **more):
    return books.act(
        lambda tx: operations.change_invoice_details(tx, by=SUPPORT, customer_id=customer_id, details=details, **more),
        at=builders.AT,
    )


def faults(books, **changes):
    with pytest.raises(InvalidForm) as caught:
        create(books, **changes)
    return caught.value.fields


def test_a_new_customer_gets_the_next_account_id_and_today(books):
    first, second = create(books, name="  Acme   Pty Ltd "), create(books, username="other")
    assert (first.account_id, second.account_id) == ("10001", "10002")
    assert (first.name, first.created_on, first.billing_mode) == (
        "Acme Pty Ltd",
        date(2026, 11, 20),
        BillingMode.PREPAID,
    )
    with books.read() as conn:
        assert queries.customer(conn, first.id) == queries.customer_by_account_id(conn, "10001") == first


def test_an_account_id_given_is_kept_and_passed_over_later(books):
    assert create(books, account_id="10001", created_on=date(2025, 1, 1)).created_on == date(2025, 1, 1)
    assert create(books, username="other").account_id == "10002"


def test_first_details_come_with_the_customer(books):
    customer = create(books, details=DETAILS)
    with books.read() as conn:
        assert queries.invoice_details(conn, customer.id) == DETAILS


def test_wrong_first_details_create_nobody(books):
    assert set(faults(books, details=replace(DETAILS, email="x"))) == {"email"}
    with books.read() as conn:
        assert queries.page(conn).total == 0


def test_each_wrong_field_is_told(books):
    wrong = {"username": "", "email": "x", "country": "XX", "currency": "EUR", "account_id": "12"}
    assert set(faults(books, **wrong)) == set(wrong)
    assert "EUR" in faults(books, currency="EUR")["currency"]
    assert set(faults(books, currency="")) == {"currency"}


def test_a_username_and_an_account_id_belong_to_one_customer(books):
    create(books)
    assert set(faults(books, username="ACMÉ", account_id="10001")) == {"username", "account_id"}


@pytest.mark.parametrize("role", [Role.SUPPORT, Role.ACCOUNTING, Role.MANAGER])
def test_staff_may_create_customers(books, role):
    assert create(books, by=Principal(None, "Sam", role)).username == "acme"


def test_an_administrator_may_not(books):
    with pytest.raises(NotAllowed):
        create(books, by=Principal(None, "Sam", Role.ADMIN))


def test_nobody_is_found_where_nobody_is(books):
    with books.read() as conn:
        with pytest.raises(queries.NoCustomer):
            queries.customer(conn, 1)
        with pytest.raises(queries.NoCustomer):
            queries.customer_by_account_id(conn, "10001")
        assert queries.invoice_details(conn, 1) is None


def test_changed_details_are_a_new_version_and_the_old_one_stays(books):
    customer = create(books, details=DETAILS)
    newer = replace(DETAILS, company_name="Acme Holding")
    assert change(books, customer.id, newer, reason="renamed") == 2
    with books.read() as conn:
        versions = queries.details_versions(conn, customer.id)
        assert queries.invoice_details(conn, customer.id) == newer
    assert [each.details.company_name for each in versions] == ["Acme Holding", "Acme Pty Ltd"]
    assert (versions[0].changed_by, versions[0].reason, versions[0].changed_at) == ("Sam", "renamed", builders.AT)


def test_the_same_details_are_no_new_version(books):
    customer = create(books)
    assert change(books, customer.id) == 1
    assert change(books, customer.id, replace(DETAILS, contact_name=" Ann ")) == 1


def test_a_change_on_top_of_somebody_elses_is_stale(books):
    customer = create(books, details=DETAILS)
    assert change(books, customer.id, replace(DETAILS, contact_name="Bo"), expected_version=1) == 2
    with pytest.raises(Stale):
        change(books, customer.id, replace(DETAILS, contact_name="Cy"), expected_version=1)


def test_wrong_details_or_an_unknown_customer_are_refused(books):
    customer = create(books)
    with pytest.raises(InvalidForm):
        change(books, customer.id, replace(DETAILS, address=""))
    with pytest.raises(queries.NoCustomer):
        change(books, customer.id + 1)


def test_notes_are_kept_newest_first(books):
    customer = create(books)
    for body in ("called", "wrote"):
        books.act(
            lambda tx, body=body: operations.add_note(
                tx, by=SUPPORT, customer_id=customer.id, body=body, ticket_id=" T-1 "
            ),
            at=builders.AT,
        )
    with books.read() as conn:
        kept = queries.notes(conn, customer.id)
    assert [(each.body, each.ticket_id, each.written_by) for each in kept] == [
        ("wrote", "T-1", "Sam"),
        ("called", "T-1", "Sam"),
    ]


def moved(books, customer, country, *, seen="AU", reason="Moved, ticket 4711", by=ACCOUNTING):
    return books.act(
        lambda tx: operations.change_country(
            tx, by=by, customer_id=customer.id, country=country, seen=seen, reason=reason
        ),
        at=builders.AT,
    )


def test_a_customer_that_moved_is_in_its_new_country_and_it_is_known_who_said_so(books):
    customer = create(books)
    assert moved(books, customer, "FR") == replace(customer, country="FR")
    assert moved(books, customer, "FR").country == "FR"  # said twice it is one change
    with books.read() as conn:
        [event] = conn.execute(select(audit_event).where(audit_event.c.act == "customers.change_country")).all()
    assert (event.before, event.after, event.reason) == (
        '{"country": "AU"}',
        '{"country": "FR"}',
        "Moved, ticket 4711",
    )


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"country": "XX"}, "“XX” is not a country"),
        ({"country": "FR", "reason": " "}, "Say how you know"),
        ({"country": "FR", "seen": "NZ"}, "changed the country to AU meanwhile"),
        ({"country": "FR", "by": SUPPORT}, "may not change the country of a customer"),
    ],
)
def test_a_country_is_not_changed_in_passing(books, changes, refusal):
    customer = create(books)
    with pytest.raises(LedgerdeskError, match=refusal):
        moved(books, customer, **changes)
    with books.read() as conn:
        assert queries.customer(conn, customer.id) == customer


@pytest.mark.parametrize("body", [" ", "x" * 5001])
def test_a_note_says_something_short(books, body):
    customer = create(books)
    with pytest.raises(InvalidForm):
        books.act(lambda tx: operations.add_note(tx, by=SUPPORT, customer_id=customer.id, body=body))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE invoice_details SET company_name = 'x'",
        "DELETE FROM invoice_details",
        "UPDATE customer_note SET body = 'x'",
        "DELETE FROM customer_note",
        "DELETE FROM customer",
        "UPDATE customer SET billing_mode = 'barter'",
    ],
)
def test_the_database_keeps_what_was_written(books, statement):
    customer = create(books, details=DETAILS)
    books.act(lambda tx: operations.add_note(tx, by=SUPPORT, customer_id=customer.id, body="x"))
    with pytest.raises(DBAPIError), books.write(at=builders.AT) as tx:
        tx.conn.execute(text(statement))


def test_customers_created_at_once_get_ids_of_their_own(books):
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda number: create(books, username=f"user{number}").account_id, range(8)))
    assert sorted(made) == [str(10_001 + number) for number in range(8)]
