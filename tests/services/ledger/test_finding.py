"""Finding movements: every filter with its counts and sums, the balance after each, and how far a search looked."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from services.access.model import Principal, Role
from services.db.engine import Database
from services.ledger import operations as ledger
from services.ledger import queries
from services.ledger.finding import Direction, MovementFilter
from services.ledger.model import CARRIED, PLUG, Account, Draft, Kind, Leg, Purpose
from services.periods import month_of
from tests.builders import AT, ONE, TODAY, bought, credit, customers, post, reverse, used

MONTH = month_of(TODAY)
PERSON = Principal(None, "Ada Ledger", Role.ACCOUNTING)


def named(draft: Draft, memo: str) -> Draft:
    from dataclasses import replace

    return replace(draft, memo=memo)


@pytest.fixture
def books(database: Database) -> Database:
    """Two customers: top-ups with words, twelve uses over four days, one of them taken back, one top-up in USD."""
    one, two = customers(database, 2)
    early = TODAY - timedelta(days=10)
    drafts = [named(bought(one, 100 * ONE, key="first", on=early), "INV-1, received 100.00 AUD")]
    drafts += [named(bought(two, 50 * ONE, key="usd", on=early, currency="USD", rate="1.5"), "INV-2 in dollars")]
    drafts += [used(one, ONE * (n + 1), key=str(n), on=TODAY - timedelta(days=n % 4)) for n in range(12)]
    ids = database.act(lambda tx: ledger.post_many(tx, drafts, by=PERSON), at=AT)
    with database.write(at=AT) as tx:
        reverse(tx, ids[-1], on=TODAY - timedelta(days=3))
    late = used(one, 3 * ONE, key="late", on=early)
    database.act(lambda tx: ledger.post(tx, late, by=PERSON), at=AT)
    return database


def found(books: Database, *, page: int = 1, size: int = 50, searched: int = 10_000, **wanted: Any) -> Any:
    with books.read() as conn:
        filters = MovementFilter(MONTH, **wanted)
        return queries.found_movements(conn, wanted=filters, page=page, size=size, searched=searched)


@pytest.mark.parametrize("rolled_up", [False, True])
def test_money_in_holds_what_was_taken_back_and_money_out_does_not(books: Database, *, rolled_up: bool) -> None:
    if rolled_up:
        books.act(ledger.roll_up)
    came, went = found(books, direction=Direction.IN), found(books, direction=Direction.OUT)
    assert (came.total, came.sums) == (3, {"AUD": 112 * ONE, "USD": 50 * ONE})
    assert (went.total, went.sums) == (13, {"AUD": -81 * ONE})
    assert [int(micros) > 0 for micros in came.rows["micros"]] == [True] * 3


def test_an_entry_and_what_took_it_back_name_each_other(books: Database) -> None:
    frame = found(books).rows
    undoing = frame[frame["reversal_of_id"].notna()].iloc[0]
    undone = frame[frame["reversed_by_id"].notna()].iloc[0]
    assert undoing["reversal_of_id"] == undone["entry_id"]
    assert undone["reversed_by_id"] == undoing["entry_id"]
    assert found(books, reversals=True).total == 1


def test_amounts_words_and_people_are_looked_for_and_counted(books: Database) -> None:
    assert found(books, at_least=11 * ONE).total == 5
    assert found(books, at_least=2 * ONE, at_most=3 * ONE).sums == {"AUD": -8 * ONE}
    assert found(books, words="inv received").total == 1
    assert found(books, words="INV", currency="USD").sums == {"USD": 50 * ONE}
    assert found(books, words="50%").total == 0
    assert found(books, posted_by="ada").total == 15
    assert found(books, posted_by="nobody").rows.empty


def test_a_search_says_how_far_it_looked_and_counts_only_that(books: Database) -> None:
    whole, part = found(books, at_least=ONE), found(books, at_least=ONE, searched=5)
    assert (whole.total, whole.searched) == (16, None)
    assert (part.total, part.searched, part.since) == (5, 5, TODAY - timedelta(days=1))
    assert list(part.rows["entry_id"]) == list(whole.rows["entry_id"])[:5]


def test_a_search_of_what_came_in_reads_kind_by_kind_and_finds_the_same(books: Database) -> None:
    post(books, corrected(1, 2 * ONE, key="up"))
    post(books, corrected(1, -2 * ONE, key="down"))
    whole = found(books, direction=Direction.IN, at_least=ONE)
    newest = [row.entry_id for row in found(books).rows.itertuples() if row.micros > 0]
    assert len(newest) == 4  # two top-ups, a use taken back, a correction
    assert list(whole.rows["entry_id"]) == newest
    part = found(books, direction=Direction.IN, at_least=ONE, searched=3)
    assert (list(part.rows["entry_id"]), part.searched) == (newest[:3], 3)
    top_ups = found(books, direction=Direction.IN, at_least=ONE, kinds=frozenset({Kind.BANK_TOP_UP}))
    used_kinds = frozenset({Kind.USAGE_SMS})
    assert (top_ups.total, found(books, direction=Direction.IN, at_least=ONE, kinds=used_kinds).total) == (2, 1)


def corrected(customer_id: int, micros: int, *, key: str) -> Draft:
    legs = (Leg(credit(customer_id), -micros, CARRIED), Leg(Account(Purpose.PRICE_ADJUST, "AUD"), micros, PLUG))
    return Draft(Kind.CREDIT_CORRECTION, "test", key, TODAY, legs, customer_id=customer_id)


@pytest.mark.parametrize("rolled_up", [False, True])
def test_corrections_of_both_ways_on_one_day_are_counted_one_by_one(books: Database, *, rolled_up: bool) -> None:
    for number, micros in enumerate((2 * ONE, -ONE, 4 * ONE)):
        post(books, corrected(1, micros, key=f"c{number}"))
        if rolled_up and number == 1:
            books.act(ledger.roll_up)
    came, went = found(books, direction=Direction.IN), found(books, direction=Direction.OUT)
    assert (came.total, came.sums) == (5, {"AUD": 118 * ONE, "USD": 50 * ONE})
    assert (went.total, went.sums) == (14, {"AUD": -82 * ONE})
    assert len(came.rows) == 5
    assert len(went.rows) == 14


def test_when_a_day_went_both_ways_too_often_to_count_the_newest_are_looked_at(books: Database) -> None:
    for number, micros in enumerate((2 * ONE, -ONE, 4 * ONE)):
        post(books, corrected(1, micros, key=f"c{number}"))
    limited = found(books, direction=Direction.OUT, searched=2)
    assert (limited.total, limited.searched) == (2, 2)


def test_what_was_taken_back_needs_no_search_however_much_there_is(books: Database) -> None:
    assert found(books, direction=Direction.OUT, searched=2).searched is None
    assert found(books, direction=Direction.IN, searched=2).total == 3


def test_the_balance_stands_beside_every_movement_whatever_is_filtered(books: Database) -> None:
    all_of_one = found(books, customer_id=1, currency="AUD").rows
    running, expected = 0, {}
    for row in all_of_one.iloc[::-1].itertuples():
        running += row.micros
        expected[row.entry_id] = running
    assert dict(zip(all_of_one["entry_id"], all_of_one["balance_micros"], strict=True)) == expected
    assert all_of_one["balance_micros"].iloc[0] == 31 * ONE
    for filters in ({"kinds": frozenset({Kind.BANK_TOP_UP})}, {"at_least": 5 * ONE}, {"direction": Direction.IN}):
        rows = found(books, customer_id=1, currency="AUD", **filters).rows
        assert len(rows)
        assert all(expected[row.entry_id] == row.balance_micros for row in rows.itertuples())


def test_one_customer_in_two_currencies_has_no_running_balance_until_one_is_chosen(books: Database) -> None:
    assert "balance_micros" not in found(books, customer_id=2).rows
    assert list(found(books, customer_id=2, currency="USD").rows["balance_micros"]) == [50 * ONE]


def test_words_and_names_are_found_in_whatever_case_also_beyond_a_to_z(books: Database) -> None:
    draft = named(used(1, 2 * ONE, key="words"), "GENÈVE, Straße 7, ΟΔΟΣ, 100%")
    books.act(lambda tx: ledger.post(tx, draft, by=Principal(None, "Élodie Ñ", Role.ACCOUNTING)), at=AT)
    for words in ("genève", "GENÈVE straße", "οδος", "Οδος 7", "100%"):
        assert found(books, words=words).total == 1, words
    for words in ("geneve", "strasse", "0%0", "1_0"):
        assert found(books, words=words).total == 0, words
    assert found(books, posted_by="éLODIE ñ").total == 1
