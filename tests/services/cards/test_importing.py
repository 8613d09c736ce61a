"""Cards of a processor's file: kept once, whatever the order, and what cannot be kept is named with its place."""

from __future__ import annotations

import itertools
import json

import pytest
from sqlalchemy.exc import DBAPIError

from services.access.model import SYSTEM
from services.cards import queries
from services.cards.importing import CardImport, ObjectsRefused
from services.cards.operations import import_card_payments
from services.cards.owners import links_of
from services.cards.reading import Unreadable
from services.db.engine import Database
from tests.builders import AT, TODAY, customers
from tests.stripe import as_lines, as_list, payment_method, processor_customer


@pytest.fixture
def books(database: Database) -> Database:
    """Three customers, accounts 10001 to 10003."""
    customers(database, 3)
    return database


def bring(books: Database, content: bytes, **options: bool) -> CardImport:
    return books.act(
        lambda tx: import_card_payments(tx, by=SYSTEM, content=content, name="cards.json", **options), at=AT
    )


def cards(books: Database, customer_id: int = 1) -> list[tuple[str, str, bool]]:
    with books.read() as conn:
        found = queries.cards_of(conn, customer_id)
    return [(one.facts.words, one.facts.expiry, one.is_on_file) for one in found]


def reasons(done: CardImport) -> list[tuple[str, str]]:
    return [(bad.place, bad.reason) for bad in done.bad_objects]


def test_a_card_is_kept_with_what_may_be_known_of_it(books: Database) -> None:
    done = bring(books, as_list(payment_method(), processor_customer()))
    assert (done.added, done.bad, done.kinds) == (2, 0, (("cards", 1), ("customers", 1)))
    with books.read() as conn:
        (card,) = queries.cards_of(conn, 1)
        assert links_of(conn, 1) == ["cus_1"]
        found = queries.page(conn, on=TODAY, text="4242")
    assert (card.facts.words, card.facts.expiry, card.facts.country) == ("Visa ending 4242", "08/2030", "US")
    assert (card.facts.wallet, card.facts.fingerprint, card.is_on_file) == ("link", "AOB934RVNwzk6xtn", True)
    assert (found.total, found.rows["customer"].tolist()) == (1, ["Customer 1"])


def test_the_same_file_again_changes_nothing(books: Database) -> None:
    content = as_lines(processor_customer(), payment_method())
    bring(books, content)
    again = bring(books, content)
    assert (again.added, again.changed, again.repeated, again.bad) == (0, 0, 2, 0)


@pytest.mark.parametrize("order", list(itertools.permutations(range(4))))
def test_any_order_of_one_file_or_of_several_keeps_the_same_card(sqlite_database: Database, order: tuple[int]) -> None:
    customers(sqlite_database, 1)
    told = [
        processor_customer(),
        payment_method(),
        payment_method(card={"exp_year": 2033, "last4": "1881"}),  # the bank replaced it
        payment_method(customer=None),  # taken off
    ]
    bring(sqlite_database, as_list(*[told[place] for place in order]))
    assert cards(sqlite_database) == [("Visa ending 1881", "08/2033", False)]
    for place in order:  # each again by itself
        bring(sqlite_database, as_list(told[place]))
    assert cards(sqlite_database) == [("Visa ending 1881", "08/2033", False)]


def test_whose_a_card_is_may_stand_in_its_own_metadata(books: Database) -> None:
    own = payment_method("pm_2", customer="cus_2", metadata={"account_id": "10002"})
    whole = payment_method("pm_4", customer=processor_customer("cus_3", "10002"))
    none = payment_method("pm_5", customer=own)  # an object, but no customer
    done = bring(books, as_list(payment_method("pm_3", customer="cus_2"), own, whole, none))
    assert [place for place, _ in reasons(done)] == ["object 4"]
    assert [words for words, _, _ in cards(books, 2)] == ["Visa ending 4242"] * 3


BAD = {
    "of nobody": (payment_method(customer="cus_9"), "Nobody knows whose cus_9 is"),
    "of no account": (
        payment_method(customer="cus_8", metadata={"account_id": "99999"}),
        "No customer has the account id 99999",
    ),
    "of a strange account": (payment_method(metadata={"account_id": "x\u0000"}), "not an account id"),
    "unnamed": (payment_method("pm_7", customer=None), "It names no customer"),
    "no card": (payment_method(type="sepa_debit"), "“sepa_debit” is no card"),
    "month as text": (payment_method(card={"exp_month": "8"}), "exp_month is “8”, not a whole number"),
    "month 13": (payment_method(card={"exp_month": 13}), "expiry 13/2030 is no month"),
    "half a year": (payment_method(card={"exp_year": 2030.0}), "exp_year is “2030.0”, not a whole number"),
    "true": (payment_method(created=True), "created is “True”, not a whole number"),
    "three digits": (payment_method(card={"last4": "424"}), "last4 is “424”, not four digits"),
    "other digits": (payment_method(card={"last4": "٤٢٤٢"}), "not four digits"),
    "a brand of signs": (payment_method(card={"brand": "vi\ud800sa"}), "no name of a brand"),
    "no card inside": (payment_method() | {"card": None}, "It has no “card”"),
    "long ago": (payment_method(created=1), "no moment of our time"),
    "another kind": ({"object": "payout", "id": "po_1"}, "An object of the kind “payout” is not read"),
    "another id": (payment_method("ch_1"), "does not begin with pm_ or card_"),
    "no kind": ({"id": "pm_1"}, "It has no “object”"),
    "no object": (7, "It is not an object"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_object_is_named_with_its_place_and_the_good_ones_are_taken(books: Database, name: str) -> None:
    wrong, sentence = BAD[name]
    done = bring(books, as_list(processor_customer(), wrong, payment_method("pm_good")))
    ((place, reason),) = reasons(done)
    assert place == "object 2"
    assert sentence in reason
    assert [words for words, _, _ in cards(books)] == ["Visa ending 4242"]


def test_all_or_nothing_refuses_the_file_for_one_bad_object(books: Database) -> None:
    content = as_list(processor_customer(), payment_method(), payment_method("pm_2", customer="cus_2"))
    with pytest.raises(ObjectsRefused, match=r"Nothing was imported: one object is bad\. Object 3: Nobody knows"):
        bring(books, content, all_or_nothing=True)
    assert cards(books) == []


def test_a_dry_run_says_what_would_be_and_keeps_nothing(books: Database) -> None:
    done = bring(books, as_list(processor_customer(), payment_method()), dry_run=True)
    assert done.words("would be imported") == "1 card, 1 customer would be imported"
    assert cards(books) == []


def test_a_customer_of_the_processor_never_becomes_another_of_ours(books: Database) -> None:
    bring(books, as_list(processor_customer()))
    done = bring(books, as_list(processor_customer(account_id="10002"), payment_method()))
    assert reasons(done) == [("object 1", "Its metadata says account 10002, and cus_1 is account 10001.")]
    both = bring(books, as_list(processor_customer("cus_5", "10001"), processor_customer("cus_5", "10003")))
    assert [reason for _, reason in reasons(both)] == ["The file names several accounts for cus_5."] * 2
    moved = bring(books, as_list(processor_customer("cus_2", "10002"), payment_method(customer="cus_2")))
    assert reasons(moved) == [("object 2", "pm_1 is kept as the card of another customer.")]


UNREADABLE = {
    "empty": (b" \n", "The file is empty"),
    "no object": (b"[]", "holds no object"),
    "cut off": (as_list(payment_method())[:-40], "ends in the middle (line 1, column"),
    "cut off in a text": (as_list(processor_customer(), payment_method())[:500], "it was cut off"),
    "a number": (b"12", "neither an object nor a list"),
    "data of nothing": (b'{"object":"list","data":7}', "neither an object nor a list"),
    "no JSON": (b"id,amount\n1,2\n", "not JSON (line 1, column 1)"),
    "UTF-16": ("{}".encode("utf-16"), "not UTF-8 text (byte 1)"),
    "no number": (b'[{"object":"payment_method","created":NaN}]', "a number that is none: NaN"),
    "deep": (b"[" * 200_000, "nested deeper"),
    "both modes": (
        as_list(payment_method(), payment_method("pm_2", livemode=True)),
        "object 1 is test, object 2 is live",
    ),
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_a_file_that_is_none_is_refused_with_one_sentence(books: Database, name: str) -> None:
    content, sentence = UNREADABLE[name]
    with pytest.raises(Unreadable) as refused:
        bring(books, content)
    assert sentence in str(refused.value)


def test_lines_are_taken_one_by_one_and_the_torn_one_is_named(books: Database) -> None:
    content = as_lines(processor_customer(), payment_method()) + json.dumps(payment_method("pm_2")).encode()[:200]
    done = bring(books, content.replace(b"\n", b"\r\n"))
    assert reasons(done) == [("line 3", "It ends in the middle: the file was cut off here.")]
    assert len(cards(books)) == 1


def test_books_hold_one_mode_of_the_processor(books: Database) -> None:
    bring(books, as_list(processor_customer()))
    with pytest.raises(Unreadable, match="of the processor's live mode, and these books hold test ones"):
        bring(books, as_list(payment_method(livemode=True)))


def test_the_database_keeps_a_card_where_it_is(books: Database) -> None:
    bring(books, as_list(processor_customer(), payment_method(), payment_method(customer=None)))
    for statement in (
        "DELETE FROM card",
        "UPDATE card SET customer_id = 2",
        "UPDATE card SET removed_at = NULL",
        "UPDATE card SET last_four = '12345'",
        "UPDATE processor_customer SET customer_id = 2",
        "DELETE FROM processor_customer",
    ):
        with pytest.raises(DBAPIError), books.write() as tx:
            tx.conn.exec_driver_sql(statement)
