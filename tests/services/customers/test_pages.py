"""Customers listed page by page with their credit, alike on both databases."""

from __future__ import annotations

from datetime import date

import pytest

from services.access.model import SYSTEM
from services.customers import operations, queries
from services.customers.queries import BalanceFilter, Sort
from services.customers.tables import customer
from tests import builders

ACME = {"username": "acme", "name": "Acme Pty Ltd", "email": "ann@acme.example", "country": "AU", "currency": "AUD"}


def create(books, **changes):
    return books.act(lambda tx: operations.create_customer(tx, by=SYSTEM, **(ACME | changes)), at=builders.AT)


def listed(books, **more):
    with books.read() as conn:
        shown = queries.page(conn, **more)
    return shown.rows["username"].tolist(), shown.total


@pytest.fixture
def many(database):
    """Four customers, by account id: acme, bacme, eleonore, fifty_off."""
    books = database
    builders.customers(books, 0)
    create(books, phone="+61 2 5550 1234", contact_name="Zoë")
    create(books, username="bacme", name="Beyond Acme", email="b@b.example", country="NZ", currency="USD")
    create(books, username="eleonore", name="Éléonore", email="acme@e.example", created_on=date(2026, 1, 1))
    create(books, username="fifty_off", name="50% off", email="f@f.example", country="JP", currency="JPY")
    return books


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({}, ["fifty_off", "acme", "bacme", "eleonore"]),
        ({"descending": True}, ["eleonore", "bacme", "acme", "fifty_off"]),
        ({"sort": Sort.ACCOUNT_ID}, ["acme", "bacme", "eleonore", "fifty_off"]),
        ({"sort": Sort.CREATED}, ["eleonore", "acme", "bacme", "fifty_off"]),
        ({"sort": Sort.COUNTRY}, ["acme", "eleonore", "fifty_off", "bacme"]),
        ({"country": "AU", "sort": Sort.USERNAME}, ["acme", "eleonore"]),
        ({"currency": "USD"}, ["bacme"]),
    ],
)
def test_a_page_is_filtered_and_sorted_by_the_database(many, asked, expected):
    assert listed(many, **asked) == (expected, len(expected))


def test_pages_are_cut_and_counted(many):
    assert listed(many, size=3, page=2) == (["eleonore"], 4)


def test_a_condition_from_outside_joins_the_filters(many):
    late = customer.c.account_id >= "10002"
    assert listed(many, among=late, country="NZ") == (["bacme"], 1)
    assert listed(many, among=late)[1] == 3


def test_filters_offer_what_there_is(many):
    with many.read() as conn:
        assert queries.countries_and_currencies(conn) == (["AU", "JP", "NZ"], ["AUD", "JPY", "USD"])


def test_a_page_shows_credit_and_filters_by_its_sign(many):
    with many.read() as conn:
        ids = dict(queries.page(conn).rows[["username", "id"]].itertuples(index=False, name=None))
    builders.post(many, builders.bought(ids["acme"], 5 * builders.ONE, key="a"))
    builders.post(many, builders.used(ids["eleonore"], 2 * builders.ONE, key="b"))
    assert listed(many, balance=BalanceFilter.NEGATIVE) == (["eleonore"], 1)
    assert listed(many, balance=BalanceFilter.POSITIVE) == (["acme"], 1)
    assert listed(many, balance=BalanceFilter.ZERO)[1] == 2
    with many.read() as conn:
        rows = queries.page(conn, sort=Sort.CREDIT, descending=True).rows
    assert rows["credit_micros"].tolist() == [5_000_000, 0, 0, -2_000_000]
    assert rows["credit_aud_micros"].dtype == "int64"
