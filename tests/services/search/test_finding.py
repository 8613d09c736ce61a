"""Customers found by what somebody types, the same on both databases, from the moment a row is written."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import delete, func, insert, select, update

from services.access.model import SYSTEM
from services.customers import operations
from services.customers.tables import customer
from services.errors import InvalidForm
from services.numbers.tables import dedicated_number
from services.search import queries
from services.search.indexing import catch_up, index_changes, is_behind
from services.search.model import Source
from services.search.tables import search_change, search_entry, search_gram, search_item, search_word
from tests import builders

ACME = {"username": "acme", "name": "Acme Pty Ltd", "email": "ann@acme.example", "country": "AU", "currency": "AUD"}


def create(books, **changes):
    return books.act(lambda tx: operations.create_customer(tx, by=SYSTEM, **(ACME | changes)), at=builders.AT)


def found(books, typed, **more):
    with books.read() as conn:
        return list(dict.fromkeys(hit.name for hit in queries.find(conn, typed, **more)))


def listed(books, typed, **filters):
    with books.read() as conn:
        page, near = queries.page(conn, text=typed, **filters)
    return page.rows["username"].tolist(), near


def rows(books, table):
    with books.read() as conn:
        return conn.execute(select(func.count()).select_from(table)).scalar_one()


@pytest.fixture(params=["noted", "indexed"])
def many(request, database):
    """Four customers, by account id: acme, bacme, eleonore, fifty_off; before and after the index took them in."""
    books = database
    builders.customers(books, 0)
    create(books, phone="+61 2 5550 1234", contact_name="Zoë")
    create(books, username="bacme", name="Beyond Acme", email="b@b.example", country="NZ", currency="USD")
    create(books, username="eleonore", name="Éléonore", email="acme@e.example", created_on=date(2026, 1, 1))
    create(books, username="fifty_off", name="50% off", email="f@f.example", country="JP", currency="JPY")
    if request.param == "indexed":
        assert catch_up(books) == 4
    return books


FIRST = {
    "10003": "Éléonore", "10030": "Éléonore", "ACME@e.example": "Éléonore", "bacme": "Beyond Acme",
    "bacem": "Beyond Acme",
    "acme": "Acme Pty Ltd", "acmeptyltd": "Acme Pty Ltd", "cme": "Acme Pty Ltd", "eléo": "Éléonore",
    "leonore": "Éléonore",
    "xleonore": "Éléonore", "elenoroe": "Éléonore", "zoe pty": "Acme Pty Ltd", "acme beyond": "Beyond Acme",
    "beyodn acme": "Beyond Acme", "02 5550 1234": "Acme Pty Ltd", "+61255501234": "Acme Pty Ltd",
    "(02) 5550-1243": "Acme Pty Ltd", "50%": "50% off", "fifty_": "50% off", "a": "Acme Pty Ltd",
    "Acme 😀": "Acme Pty Ltd", "acme " * 100: "Acme Pty Ltd",
}  # fmt: skip
NOBODY = ["", "   ", "%", "'", '"; --', "\\", "😀", "zzyzx", "q" * 500]
LISTED = {
    "10003": (["eleonore"], False), "acme": (["acme", "bacme", "eleonore"], False), "zoe pty": (["acme"], False),
    "zoe": (["acme"], False), "pty zoe": (["acme"], False), "0255501234": (["acme"], False),
    "50%": (["fifty_off"], False), "beyodn": (["bacme"], True), "%": ([], False), "zzyzx": ([], True),
    "": (["fifty_off", "acme", "bacme", "eleonore"], False),
}  # fmt: skip


def test_the_right_one_comes_first(many):
    assert {typed: found(many, typed)[:1] for typed in FIRST} == {typed: [name] for typed, name in FIRST.items()}


def test_nothing_is_found_for_what_means_nobody(many):
    assert {typed: found(many, typed) for typed in NOBODY} == {typed: [] for typed in NOBODY}


def test_the_list_holds_whom_every_word_begins_or_the_nearest(many):
    assert {typed: listed(many, typed) for typed in LISTED} == LISTED


def test_the_list_takes_its_other_filters_too(many):
    assert listed(many, "acme", country="NZ") == (["bacme"], False)
    assert listed(many, "acme", size=2, page=2) == (["eleonore"], False)


def test_customers_are_found_each_once(many):
    with many.read() as conn:
        assert [each.username for each in queries.find_customers(conn, "acme", most=2)] == ["acme", "bacme"]


def test_a_term_changes_with_its_row(many):
    with many.write() as tx:
        tx.conn.execute(update(customer).where(customer.c.username == "bacme").values(name="Kestrel"))
    for _ in ("noted", "indexed"):
        assert found(many, "kestrel") == ["Kestrel"]
        assert "Kestrel" not in found(many, "beyond")
        assert listed(many, "beyond acme") == ([], False) or listed(many, "beyond acme")[1]
        catch_up(many)
    assert rows(many, search_change) == 0
    with many.read() as conn:
        words = set(conn.execute(select(search_word.c.word)).scalars())
    assert "beyond" not in words, "a name taken back leaves the index"


def test_a_number_is_found_with_its_customer(many):
    with many.write() as tx:
        owner = tx.conn.execute(select(customer.c.id).where(customer.c.username == "acme")).scalar_one()
        tx.conn.execute(insert(dedicated_number).values(**number(owner)))
    for typed in ("+61 488 811 200", "0488 811 200", "0488 811 020", "acme 61488811200"):
        with many.read() as conn:
            hit = queries.find(conn, typed)[0]
        assert (hit.name, hit.record.source, hit.reason) == (
            "Acme Pty Ltd", Source.NUMBER, "Dedicated number +61488811200",
        )  # fmt: skip
    assert listed(many, "488811200") == (["acme"], False)
    catch_up(many)
    assert listed(many, "488811200") == (["acme"], False)


def number(customer_id):
    """A rented number's row, whatever else the table asks for left to its plainest."""
    known = {
        "id": 7, "e164": "+61488811200", "customer_id": customer_id, "country": "AU", "type": "mobile",
        "monthly_price_micros": 10 * builders.ONE, "currency": "AUD", "status": "active",
        "activated_on": builders.TODAY, "added_at": datetime(2026, 11, 1, tzinfo=UTC), "added_by": "test",
    }  # fmt: skip
    plain = {str: "", int: 0, bool: False}
    return known | {
        column.name: plain[column.type.python_type]
        for column in dedicated_number.c
        if column.name not in known and not column.nullable and column.server_default is None
    }


def test_whoever_has_every_word_is_the_answer_and_not_a_whole_name_with_a_slip(database):
    builders.customers(database, 0)
    create(database, username="one", name="Kestrel", email="a@one.example")
    create(database, username="two", name="Kestral Kestrel", email="b@two.example")
    catch_up(database)
    assert found(database, "kestrel kestral") == ["Kestral Kestrel"]
    assert sorted(found(database, "kestrel kestrol")) == ["Kestral Kestrel", "Kestrel"]


def test_what_is_rolled_back_is_never_found(many):
    def both(tx):
        operations.create_customer(tx, by=SYSTEM, **(ACME | {"username": "gone", "name": "Gone Away"}))
        operations.create_customer(tx, by=SYSTEM, **ACME)

    with pytest.raises(InvalidForm):
        many.act(both, at=builders.AT)
    assert found(many, "gone away") == []


def test_the_index_is_empty_when_its_rows_are_gone(many):
    catch_up(many)
    with many.write() as tx:
        tx.conn.execute(delete(customer))
    assert found(many, "acme") == []
    assert catch_up(many) == 4
    assert [rows(many, table) for table in (search_word, search_gram, search_entry, search_item)] == [0, 0, 0, 0]


def test_changes_are_taken_in_a_few_at_a_time(database):
    builders.customers(database, 5)
    with database.write() as tx:
        assert index_changes(tx, most=3) == 3
    with database.read() as conn:
        assert is_behind(conn)
    assert catch_up(database) == 2
    with database.read() as conn:
        assert not is_behind(conn)
        assert len(queries.find(conn, "customer")) == 5


def test_a_common_word_hides_nobody(database):
    builders.customers(database, 0)
    create(database, username="harbour", name="Customer Harbour", email="h@h.example")
    create(database, username="quay", name="Customer", email="q@q.example")
    builders.customers(database, 450)
    catch_up(database)
    assert found(database, "harbour customer") == ["Customer Harbour"]
    assert found(database, "customer harbuor")[0] == "Customer Harbour"
    assert found(database, "customer")[0] == "Customer"
    assert found(database, "customer 321")[0] == "Customer 321"
    assert found(database, "customer 10321")[0] == "Customer 321"
    assert listed(database, "customer", size=1)[0] == ["quay"]


def test_two_common_words_meet(database):
    builders.customers(database, 700)
    with database.write() as tx:
        for index in range(1, 701):
            word = "Dental" if index % 2 else "Travel"
            name = f"Harbour {word} {index:03d}" if index % 7 == 0 else f"{word} Kestrel {index:03d}"
            tx.conn.execute(update(customer).where(customer.c.id == index).values(name=name))
    catch_up(database)
    top = found(database, "kestrel dental")
    assert len(top) == 10
    assert all("Dental Kestrel" in name for name in top)
