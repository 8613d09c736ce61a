"""A number is found by its last digits, as it is said on the phone: the same on both databases."""

from __future__ import annotations

import pytest
from sqlalchemy import delete, insert, text, update

from services.customers.tables import customer
from services.db import migrate
from services.db.engine import Database
from services.numbers.tables import dedicated_number
from services.search import queries
from services.search.indexing import catch_up
from services.search.model import KINDS, Record, Source, Term
from services.search.scoring import fits
from services.search.tables import search_change, search_entry, search_item, search_word
from services.search.words import Forms, paper_forms, phone_forms, typed
from tests import builders
from tests.services.search.test_finding import number

PHONES = {1: "+61 2 5550 0007", 2: "0412 345 678", 3: "+44 20 7946 5678"}


@pytest.fixture(params=["noted", "indexed"])
def books(request: pytest.FixtureRequest, database: Database) -> Database:
    """Three customers with phones, the third with a dedicated number ending in 1200."""
    builders.customers(database, 3)
    with database.write(at=builders.AT) as tx:
        for customer_id, phone in PHONES.items():
            tx.conn.execute(update(customer).where(customer.c.id == customer_id).values(phone=phone))
        tx.conn.execute(insert(dedicated_number).values(**number(3)))
    if request.param == "indexed":
        catch_up(database)
    return database


def found(books: Database, sought: str) -> list[tuple[int, Source]]:
    with books.read() as conn:
        return [(hit.record.customer_id, hit.record.source) for hit in queries.find(conn, sought)]


def listed(books: Database, sought: str) -> list[int]:
    with books.read() as conn:
        page, near = queries.page(conn, text=sought)
    return [] if near else sorted(page.rows["id"].tolist())


def test_the_last_four_are_enough(books: Database) -> None:
    one, two, three = ((place, Source.CUSTOMER) for place in (1, 2, 3))
    assert found(books, "5678")[:2] == [three, two] or found(books, "5678")[:2] == [two, three]
    assert found(books, "0007")[0] == one  # zeros count
    assert found(books, "45678")[0] == two
    assert found(books, "345 678")[0] == two
    assert found(books, "1200")[0] == (3, Source.NUMBER)
    assert found(books, "811200")[0] == (3, Source.NUMBER)
    assert found(books, "customer 0007")[0] == one


def test_the_list_has_everybody_whose_number_ends_so(books: Database) -> None:
    assert listed(books, "5678") == [2, 3]
    assert listed(books, "0007") == [1]
    assert listed(books, "customer 5678") == [2, 3]
    assert listed(books, "customer 1200 5678") == [3]
    assert listed(books, "678") == []  # fewer than four end too many numbers


def test_a_changed_number_leaves_its_old_end(books: Database) -> None:
    with books.write(at=builders.AT) as tx:
        tx.conn.execute(update(customer).where(customer.c.id == 2).values(phone="0412 999 111"))
    for _ in ("noted", "indexed"):
        assert found(books, "9111")[0] == (2, Source.CUSTOMER)
        assert listed(books, "5678") == [3]
        catch_up(books)


def test_a_paper_is_known_by_its_last_digits() -> None:
    assert paper_forms("INV-2026-000123").ends == ("3210006202",)
    assert phone_forms("+61 412 345 678").ends == ("87654321416",)
    assert phone_forms("123") == Forms(("123",), (), ())
    terms = [Term(kind, "INV-2026-004123", paper_forms("INV-2026-004123")) for kind in KINDS if kind.column == "number"]
    assert fits(typed("4123"), terms)
    assert fits(typed("004123"), terms)
    assert not fits(typed("0123"), terms)


def test_books_indexed_before_are_noted_again_by_the_step(database: Database) -> None:
    builders.customers(database, 1)
    with database.write(at=builders.AT) as tx:
        tx.conn.execute(update(customer).where(customer.c.id == 1).values(phone=PHONES[1]))
        tx.conn.execute(insert(dedicated_number).values(**number(1)))
    catch_up(database)
    with database.write(at=builders.AT) as tx:  # as an index of before looks: no ends
        ends = tx.conn.execute(text("SELECT id FROM search_word WHERE word LIKE '~%'")).scalars().all()
        assert ends
        tx.conn.execute(delete(search_entry).where(search_entry.c.word_id.in_(ends)))
        tx.conn.execute(delete(search_word).where(search_word.c.id.in_(ends)))
        kept = {row.record_id: row.words for row in tx.conn.execute(text("SELECT record_id, words FROM search_item"))}
        for record_id, words in kept.items():
            left = " ".join(word for word in words.split() if not word.startswith("~"))
            tx.conn.execute(update(search_item).where(search_item.c.record_id == record_id).values(words=left))
    assert found(database, "0007") == []
    with database.write(at=builders.AT) as tx:
        migrate.run_sql(tx.conn, "0019_search_ends")
        noted = tx.conn.execute(search_change.select().order_by(search_change.c.id)).all()
    assert [Record(row.customer_id, Source(row.source), row.record_id) for row in noted] == [
        Record(1, Source.CUSTOMER, 1),
        Record(1, Source.NUMBER, 7),
    ]
    catch_up(database)
    assert found(database, "0007")[0] == (1, Source.CUSTOMER)
    assert found(database, "1200")[0] == (1, Source.NUMBER)
