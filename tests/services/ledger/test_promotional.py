"""Promotional credit in the books: drawn first, bounded by the credit in hand, restored by undoing, never taken out."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest

from services.access.model import SYSTEM
from services.db.engine import Database
from services.integrity import books
from services.ledger import operations as ledger
from services.ledger import queries
from services.ledger.model import Account, Draft, Kind, Leg, Purpose
from services.ledger.reversing import reverse_many
from tests.builders import AT, ONE, TODAY, bought, credit, customers, granted, post, reverse, used


@pytest.fixture
def customer(database: Database) -> int:
    return customers(database, 1)[0]


def held(database: Database, customer_id: int, currency: str = "AUD") -> tuple[int, int]:
    """Credit and the promotional part of it, in whole units."""
    with database.read() as conn:
        whole = queries.credit_balance(conn, customer_id, currency)
        given = queries.promotional_credit(conn, customer_id, currency)
    return whole.micros // ONE, given.micros // ONE


def purposes(database: Database, entry_id: int) -> dict[Purpose, int]:
    with database.read() as conn:
        return {each.account.purpose: each.micros // ONE for each in queries.entry(conn, entry_id).postings}


def test_use_draws_promotional_credit_first(database: Database, customer: int) -> None:
    post(database, bought(customer, 100 * ONE, key="b"))
    post(database, granted(customer, 50 * ONE, key="g"))
    assert held(database, customer) == (150, 50)
    first = post(database, used(customer, 30 * ONE, key="u1"))
    assert held(database, customer) == (120, 20)
    assert purposes(database, first.entry_id) == {
        Purpose.CREDIT: 30,
        Purpose.REVENUE_SMS: -30,
        Purpose.PROMO_DISCOUNT: 30,
        Purpose.PROMO_DEFERRED: -30,
    }
    post(database, used(customer, 30 * ONE, key="u2"))
    assert held(database, customer) == (90, 0)
    assert len(purposes(database, post(database, used(customer, ONE, key="u3")).entry_id)) == 2


def test_a_grant_to_a_customer_below_zero_is_used_up_for_what_it_covers(database: Database, customer: int) -> None:
    post(database, used(customer, 30 * ONE, key="u"))
    post(database, granted(customer, 50 * ONE, key="g"))
    assert held(database, customer) == (20, 20)


@pytest.mark.parametrize("many", [False, True])
def test_undoing_use_restores_what_it_drew(database: Database, customer: int, *, many: bool) -> None:
    post(database, bought(customer, 100 * ONE, key="b"))
    post(database, granted(customer, 50 * ONE, key="g"))
    entry_id = post(database, used(customer, 70 * ONE, key="u")).entry_id
    with database.write(at=AT) as tx:
        if many:
            reverse_many(tx, by=SYSTEM, entries={entry_id: TODAY}, reason="a test")
        else:
            reverse(tx, entry_id)
    assert held(database, customer) == (150, 50)


def test_undoing_a_top_up_behind_a_grant_uses_the_grant_up(database: Database, customer: int) -> None:
    top_up = post(database, bought(customer, 100 * ONE, key="b")).entry_id
    post(database, used(customer, 60 * ONE, key="u"))
    post(database, granted(customer, 90 * ONE, key="g"))
    assert held(database, customer) == (130, 90)
    with database.write(at=AT) as tx:
        reverse(tx, top_up)
    assert held(database, customer) == (30, 30)


def test_a_grant_partly_used_cannot_be_undone(database: Database, customer: int) -> None:
    post(database, bought(customer, 100 * ONE, key="b"))
    grant = post(database, granted(customer, 50 * ONE, key="g")).entry_id
    post(database, used(customer, 30 * ONE, key="u"))
    with pytest.raises(ledger.CreditTooSmall, match=r"promotional credit, which has only 20\.00 AUD left"):
        database.act(lambda tx: reverse(tx, grant), at=AT)
    assert held(database, customer) == (120, 20)


def test_no_decision_takes_promotional_credit_out(database: Database, customer: int) -> None:
    post(database, bought(customer, 100 * ONE, key="b"))
    post(database, granted(customer, 50 * ONE, key="g"))
    legs = (Leg(credit(customer), 120 * ONE), Leg(Account(Purpose.BANK, "AUD", detail="main"), -120 * ONE))
    refund = Draft(Kind.BANK_PAYMENT, "test", "r", TODAY, legs, customer_id=customer)
    with pytest.raises(ledger.CreditTooSmall, match=r"takes 20\.00 AUD more than was paid for"):
        post(database, refund)
    assert held(database, customer) == (150, 50)


def test_abroad_the_last_of_it_takes_all_its_aud(database: Database, customer: int) -> None:
    facts = {"currency": "USD"}
    post(database, granted(customer, 10 * ONE, key="g1", rate="1.5", **facts))
    post(database, granted(customer, 10 * ONE + 1, key="g2", rate="1.333333", **facts))
    for n, micros in enumerate((7 * ONE, 7 * ONE, 6 * ONE + 1)):
        post(database, used(customer, micros, key=f"u{n}", rate="1.6", **facts))
    assert held(database, customer, "USD") == (0, 0)
    with database.read() as conn:
        assert {balance.base_micros for balance in queries.balances(conn, customer)} == {0}
        assert {check.name: check.search(conn) for check in books.CHECKS if check.search(conn)} == {}


def test_a_past_day_shows_what_was_held_then(database: Database, customer: int) -> None:
    post(database, granted(customer, 50 * ONE, key="g", on=TODAY - timedelta(days=10)))
    post(database, used(customer, 20 * ONE, key="u", on=TODAY - timedelta(days=5)))
    post(database, granted(customer, 40 * ONE, key="g2", on=TODAY))
    post(database, used(customer, 60 * ONE, key="late", on=TODAY - timedelta(days=7)))
    days = {11: 0, 10: 50, 7: 0, 5: 0, 0: 10}
    with database.read() as conn:
        for back, whole in days.items():
            on = TODAY - timedelta(days=back)
            assert queries.promotional_credit(conn, customer, "AUD", on=on).micros == whole * ONE


def test_a_use_waits_for_a_grant_it_did_not_know_of(postgres_database: Database) -> None:
    """The use looks for promotional credit only when it holds the customer's credit, which the grant held first."""
    [customer] = customers(postgres_database, 1)
    post(postgres_database, bought(customer, 10 * ONE, key="b"))
    with postgres_database.write(at=AT) as tx:
        ledger.post(tx, granted(customer, 50 * ONE, key="g"), by=SYSTEM)
        using = threading.Thread(target=post, args=(postgres_database, used(customer, 55 * ONE, key="u")))
        using.start()
        using.join(0.3)
        assert using.is_alive()
    using.join(30)
    assert held(postgres_database, customer) == (5, 0)
