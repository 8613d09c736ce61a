"""A customer is found by the last four digits of a card: the same on both databases, every zero counting."""

from __future__ import annotations

import pytest

from services.access.model import SYSTEM
from services.cards.operations import import_card_payments
from services.db.engine import Database
from services.search import queries
from services.search.indexing import catch_up
from services.search.model import Source
from tests.builders import AT, customers
from tests.stripe import as_list, payment_method, processor_customer


@pytest.fixture(params=["noted", "indexed"])
def books(request: pytest.FixtureRequest, database: Database) -> Database:
    """Three customers; the first and third pay with cards ending alike, the second with one ending 0007."""
    customers(database, 3)
    told = [processor_customer(f"cus_{number}", str(10_000 + number)) for number in (1, 2, 3)]
    for number, last_four in ((1, "4242"), (2, "0007"), (3, "4242")):
        told.append(payment_method(f"pm_{number}", customer=f"cus_{number}", card={"last4": last_four}))
    bring(database, *told)
    if request.param == "indexed":
        catch_up(database)
    return database


def bring(database: Database, *told: dict[str, object]) -> None:
    content = as_list(*told)
    database.act(lambda tx: import_card_payments(tx, by=SYSTEM, content=content, name="x"), at=AT)


def found(books: Database, sought: str) -> list[tuple[int, Source, str]]:
    with books.read() as conn:
        return [(hit.record.customer_id, hit.record.source, hit.reason) for hit in queries.find(conn, sought)]


def listed(books: Database, sought: str) -> list[int]:
    with books.read() as conn:
        page, near = queries.page(conn, text=sought)
    return [] if near else sorted(page.rows["id"].tolist())


def test_everybody_whose_card_ends_so_is_an_answer(books: Database) -> None:
    assert found(books, "4242") == [(1, Source.CARD, "Card ending 4242"), (3, Source.CARD, "Card ending 4242")]
    assert listed(books, "4242") == [1, 3]
    assert found(books, "customer 3 4242")[0][0] == 3


def test_zeros_count_and_fewer_than_four_digits_find_no_card(books: Database) -> None:
    assert found(books, "0007")[0] == (2, Source.CARD, "Card ending 0007")
    assert not [one for one in found(books, "7") + found(books, "007") if one[1] is Source.CARD]
    assert not [one for one in found(books, "4243") if one[1] is Source.CARD]


def test_a_card_that_was_replaced_is_found_by_its_new_digits(books: Database) -> None:
    bring(books, payment_method("pm_1", card={"last4": "1881", "exp_year": 2033}))
    for _ in ("noted", "indexed"):
        assert found(books, "1881")[0][0] == 1
        assert [one[0] for one in found(books, "4242")] == [3]
        catch_up(books)


def test_a_card_taken_off_is_still_found_because_people_ask_about_it(books: Database) -> None:
    bring(books, payment_method("pm_2", customer=None, card={"last4": "0007"}))
    assert found(books, "0007")[0][:2] == (2, Source.CARD)
