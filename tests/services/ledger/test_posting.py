"""Posting: what an entry does to balances, roll-ups and the books."""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime, timedelta
from threading import Barrier, Thread

import pytest

from services.access.model import SYSTEM
from services.db.engine import Database
from services.ledger import operations as ledger
from services.ledger import queries
from services.ledger.model import Account, Draft, Kind, Leg, Purpose, Unbalanced
from services.ledger.period_lock import CannotClose, NotYet, PeriodClosed
from services.money import Money
from services.periods import Period, month_of
from tests.builders import AT, ONE, TODAY, bought, credit, customers, post, reverse, used


def test_credit_bought_less_what_was_used_is_the_balance(database: Database) -> None:
    (one,) = customers(database, 1)
    post(database, bought(one, 200 * ONE, key="a"))
    post(database, used(one, 79_200, key="b"))
    with database.read() as conn:
        assert queries.credit_balance(conn, one, "AUD") == Money.of("199.9208", "AUD")


def test_the_same_event_posts_once(database: Database) -> None:
    (one,) = customers(database, 1)
    first, again = (post(database, bought(one, ONE, key="a")) for _ in range(2))
    assert (first.entry_id, again.repeated) == (again.entry_id, True)


def test_the_same_event_twice_in_one_batch_posts_once(database: Database) -> None:
    (one,) = customers(database, 1)
    drafts = [bought(one, ONE, key="a"), bought(one, ONE, key="a")]
    ids = database.act(lambda tx: ledger.post_many(tx, drafts, by=SYSTEM), at=AT)
    assert ids[0] == ids[1]


def test_the_same_event_with_another_amount_is_a_conflict(database: Database) -> None:
    (one,) = customers(database, 1)
    post(database, bought(one, ONE, key="a"))
    with pytest.raises(ledger.IdempotencyConflict):
        post(database, bought(one, 2 * ONE, key="a"))


def test_use_takes_credit_below_zero_because_it_is_a_fact(database: Database) -> None:
    (one,) = customers(database, 1)
    post(database, used(one, ONE, key="a"))
    with database.read() as conn:
        assert queries.credit_balance(conn, one, "AUD") == Money(-ONE, "AUD")


def test_a_decision_may_not_take_credit_below_zero(database: Database) -> None:
    (one,) = customers(database, 1)
    entry = post(database, bought(one, 10 * ONE, key="a"))
    post(database, used(one, ONE, key="b"))
    with pytest.raises(ledger.CreditTooSmall, match=r"needs 10\.00 AUD .* only 9\.00 AUD"), database.write(at=AT) as tx:
        reverse(tx, entry.entry_id)


def test_a_reversal_is_the_mirror_image_and_happens_once(database: Database) -> None:
    (one,) = customers(database, 1)
    entry = post(database, bought(one, ONE, key="a"))
    with database.write(at=AT) as tx:
        undone = reverse(tx, entry.entry_id)
        assert reverse(tx, entry.entry_id).entry_id == undone.entry_id
        with pytest.raises(ledger.NotReversible):
            reverse(tx, undone.entry_id)
        assert queries.credit_balance(tx.conn, one, "AUD") == Money(0, "AUD")
        assert queries.entry(tx.conn, entry.entry_id).reversed_by_id == undone.entry_id


def test_an_unbalanced_draft_cannot_even_be_written() -> None:
    with pytest.raises(Unbalanced):
        Draft(Kind.BANK_TOP_UP, "test", "a", TODAY, (Leg(credit(1), 1), Leg(Account(Purpose.BANK, "AUD"), -2)))


def test_a_foreign_prepayment_is_used_at_the_rate_it_was_bought_at(database: Database) -> None:
    (one,) = customers(database, 1)
    post(database, bought(one, 100 * ONE, key="a", currency="USD", rate="1.50"))
    post(database, used(one, 40 * ONE, key="b", currency="USD", rate="1.70"))
    with database.read() as conn:
        assert queries.balance_on(conn, credit(one, "USD"), TODAY) == (Money(-60 * ONE, "USD"), -90 * ONE)


def test_the_last_use_takes_the_whole_remaining_base(database: Database) -> None:
    (one,) = customers(database, 1)
    post(database, bought(one, 100 * ONE, key="a", currency="USD", rate="1.523337"))
    for part, key in ((33_333_333, "b"), (33_333_333, "c"), (33_333_334, "d")):
        post(database, used(one, part, key=key, currency="USD"))
    with database.read() as conn:
        assert queries.balance_on(conn, credit(one, "USD"), TODAY) == (Money(0, "USD"), 0)


def test_use_beyond_the_credit_goes_at_the_rate_of_its_day(database: Database) -> None:
    (one,) = customers(database, 1)
    post(database, bought(one, 10 * ONE, key="a", currency="USD", rate="1.50"))
    post(database, used(one, 12 * ONE, key="b", currency="USD", rate="2"))
    with database.read() as conn:
        assert queries.balance_on(conn, credit(one, "USD"), TODAY) == (Money(2 * ONE, "USD"), 4 * ONE)


def test_undoing_a_foreign_top_up_after_use_strands_no_base(database: Database) -> None:
    (one,) = customers(database, 1)
    first = post(database, bought(one, 100 * ONE, key="a", currency="USD", rate="1.5"))
    post(database, bought(one, 100 * ONE, key="b", currency="USD", rate="1.4"))
    post(database, used(one, 100 * ONE, key="c", currency="USD"))
    with database.write(at=AT) as tx:
        reverse(tx, first.entry_id)
        assert queries.balance_on(tx.conn, credit(one, "USD"), TODAY) == (Money(0, "USD"), 0)


def test_the_balance_on_a_past_day_counts_what_took_effect_by_then(database: Database) -> None:
    (one,) = customers(database, 1)
    post(database, bought(one, 10 * ONE, key="a", on=TODAY - timedelta(days=40)))
    post(database, used(one, ONE, key="late", on=TODAY - timedelta(days=20)))
    with database.read() as conn:
        on = {
            back: queries.balance_on(conn, credit(one), TODAY - timedelta(days=back))[0].micros for back in (41, 30, 5)
        }
    assert on == {41: 0, 30: -10 * ONE, 5: -9 * ONE}


def test_an_explanation_ties_and_names_each_class(database: Database) -> None:
    (one,) = customers(database, 1)
    post(database, bought(one, 10 * ONE, key="a", on=date(2026, 10, 30)))
    post(database, bought(one, 5 * ONE, key="b", on=date(2026, 11, 2)))
    post(database, used(one, ONE, key="c", on=date(2026, 11, 3)))
    post(database, used(one, ONE, key="d", on=date(2026, 11, 19)))
    with database.read() as conn:
        told = queries.explain(
            conn, customer_id=one, currency="AUD", period=Period(date(2026, 11, 1), date(2026, 11, 10))
        )
    assert (told.opening.micros, told.closing.micros, told.difference.micros) == (10 * ONE, 14 * ONE, 0)
    assert [(line.kind, line.rows, line.money.micros) for line in told.lines] == [
        (Kind.BANK_TOP_UP, 1, 5 * ONE),
        (Kind.USAGE_SMS, 1, -ONE),
    ]


def test_a_closed_month_takes_nothing_and_reopens_only_last(database: Database) -> None:
    (one,) = customers(database, 1)
    post(database, bought(one, ONE, key="a", on=date(2026, 9, 5)))
    post(database, bought(one, ONE, key="b", on=date(2026, 10, 5)))
    with database.write(at=AT) as tx:
        with pytest.raises(CannotClose, match="September 2026 is still open"):
            ledger.close_period(tx, by=SYSTEM, period=202610)
        ledger.close_period(tx, by=SYSTEM, period=202609)
        ledger.close_period(tx, by=SYSTEM, period=202610)
        with pytest.raises(PeriodClosed, match="October 2026 is closed"):
            ledger.post(tx, bought(one, ONE, key="c", on=date(2026, 10, 6)), by=SYSTEM)
        with pytest.raises(PeriodClosed, match="before the last closed month"):
            ledger.post(tx, bought(one, ONE, key="c", on=date(2026, 8, 6)), by=SYSTEM)
        with pytest.raises(CannotClose):
            ledger.reopen_period(tx, by=SYSTEM, period=202609)
        ledger.reopen_period(tx, by=SYSTEM, period=202610)
        ledger.post(tx, bought(one, ONE, key="c", on=date(2026, 10, 6)), by=SYSTEM)


def test_a_month_that_is_not_over_cannot_be_closed(database: Database) -> None:
    (one,) = customers(database, 1)
    post(database, bought(one, ONE, key="a"))
    with pytest.raises(CannotClose, match="not over"), database.write(at=AT) as tx:
        ledger.close_period(tx, by=SYSTEM, period=202611)


def test_nothing_is_posted_into_a_month_that_has_not_begun(database: Database) -> None:
    (one,) = customers(database, 1)
    with pytest.raises(NotYet):
        post(database, bought(one, ONE, key="a", on=date(2026, 12, 1)))


def test_movements_page_in_order_with_the_balance_after_each(database: Database) -> None:
    (one, two) = customers(database, 2)
    drafts = [bought(one, 100 * ONE, key="start", on=TODAY - timedelta(days=18))]
    drafts += [used(one, ONE * (n + 1), key=str(n), on=TODAY - timedelta(days=n % 4)) for n in range(12)]
    drafts += [used(two, ONE, key=f"other{n}", on=TODAY) for n in range(5)]
    database.act(lambda tx: ledger.post_many(tx, drafts, by=SYSTEM), at=AT)
    with database.read() as conn:
        pages = [
            queries.movements(conn, period=month_of(TODAY), customer_id=one, currency="AUD", page=page, size=5)
            for page in (1, 2, 3)
        ]
        every = queries.movements(conn, period=month_of(TODAY), page=2, size=10)
    rows = [row for page in pages for row in page.rows.itertuples()]
    assert [row.day for row in rows] == sorted((row.day for row in rows), reverse=True)
    assert [page.total for page in pages] == [13, 13, 13]
    assert rows[0].balance_micros == 22 * ONE
    assert all(new.balance_micros - new.micros == old.balance_micros for new, old in itertools.pairwise(rows))
    assert (every.total, len(every.rows), every.sums) == (18, 8, {"AUD": 17 * ONE})


def test_control_totals_are_the_same_before_and_after_rolling_up(database: Database) -> None:
    ids = customers(database, 3)
    drafts = [bought(n, ONE, key=f"b{n}") for n in ids] + [used(n, 5, key=f"u{n}", on=date(2026, 10, 9)) for n in ids]
    database.act(lambda tx: ledger.post_many(tx, drafts, by=SYSTEM), at=AT)
    with database.read() as conn:
        before = queries.trial_balance(conn)
    assert database.act(ledger.roll_up) == 6
    assert database.act(ledger.roll_up) == 0
    with database.read() as conn:
        after = queries.trial_balance(conn)
        october = queries.trial_balance(conn, as_of=date(2026, 10, 31))
    assert before.equals(after)
    assert int(after["balance_micros"].sum()) == 0
    assert int(october["balance_micros"].sum()) == 0
    assert next(iter(october["account"])) == "income:revenue_sms:AUD"


def test_eight_writers_cannot_overdraw_one_wallet(database: Database) -> None:
    (one,) = customers(database, 1)
    for key in "abc":  # three top-ups of 40.00, of which 30.00 is used: only two can be undone
        post(database, bought(one, 40 * ONE, key=key))
    post(database, used(one, 30 * ONE, key="used"))
    wins: list[int] = []
    barrier = Barrier(8)

    def undo() -> None:
        barrier.wait()
        for entry_id in (1, 2, 3):
            try:
                posted = database.act(lambda tx, entry_id=entry_id: reverse(tx, entry_id), at=AT)
            except ledger.CreditTooSmall:
                continue
            wins.extend([] if posted.repeated else [entry_id])

    threads = [Thread(target=undo) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.read() as conn:
        assert queries.credit_balance(conn, one, "AUD") == Money(10 * ONE, "AUD")
    assert len(wins) == 2


def test_the_moment_of_posting_is_the_transactions(database: Database) -> None:
    (one,) = customers(database, 1)
    at = datetime(2026, 10, 31, 13, 30, tzinfo=UTC)  # already 1 November in Sydney
    with database.write(at=at) as tx:
        assert tx.today == date(2026, 11, 1)
        ledger.post(tx, bought(one, ONE, key="a", on=tx.today), by=SYSTEM)
