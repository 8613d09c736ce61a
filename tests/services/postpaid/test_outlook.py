"""The outlook of a commitment: what was billed stays, what lies ahead is forecast, and what if changes only sums."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.access.model import SYSTEM
from services.db.engine import Database
from services.money import MICROS, Money
from services.periods import Period, add_months
from services.postpaid import queries
from services.postpaid.billing import bill_months, turn_commitments
from services.postpaid.commitment import AtLimit, Contract, Terms, TrueUp
from services.postpaid.forecast import month_total, months_ahead
from services.postpaid.model import Commitment, MonthBilled
from services.postpaid.outlook import BackTest, History, back_test, curve, outlook
from services.postpaid.standing import history, standing
from tests.invoicing import open_shop
from tests.postpaid import at, committed, staff, uses

TODAY = date(2026, 10, 16)
START = date(2026, 7, 1)


def agreed(true_up: TrueUp = TrueUp.MONTHLY, minimum: str = "1000") -> Contract:
    terms = Terms(
        START, add_months(START, 12), Money.of(minimum, "AUD"), true_up, 14, Money.of("3000", "AUD"), 30, AtLimit.ALERT,
        Money.of(minimum, "AUD"), Decimal(1), START, "a test",
    )  # fmt: skip
    return Contract(START, (terms,))


def level(amount: int, first: date = date(2026, 1, 1), until: date = TODAY) -> dict[date, int]:
    """The same use on every day."""
    return {first + timedelta(days=each): amount * MICROS for each in range((until - first).days)}


def seen(amount: int, true_up: TrueUp = TrueUp.MONTHLY) -> History:
    return History(agreed(true_up), TODAY, level(amount), ())


def test_even_days_go_on_evenly() -> None:
    told = outlook(seen(30))
    october = told.running
    assert october
    assert (october.total.actual, october.total.expected) == (15 * 30 * MICROS, 31 * 30 * MICROS)
    assert told.shortfall.text() == "70.00 AUD"
    assert told.expected.text() == f"{365 * 30:,}.00 AUD"
    assert told.committed.text() == "12,000.00 AUD"
    assert told.months[-1].low == told.months[-1].high == 365 * 30 * MICROS  # no week differed from another


def test_a_contract_settled_at_term_lets_good_months_make_up_for_weak_ones() -> None:
    monthly, term = outlook(seen(30)), outlook(seen(30, TrueUp.TERM))
    assert monthly.true_ups.micros == sum(max(1000 - 30 * days, 0) for days in _lengths()) * MICROS
    assert term.true_ups.text() == f"{12_000 - 365 * 30:,}.00 AUD"


def _lengths() -> list[int]:
    return [each.days.days for each in agreed().due_months()]


def test_what_if_moves_only_the_days_to_come() -> None:
    told, half = outlook(seen(30)), outlook(seen(30), percent=50)
    assert half.months[0] == told.months[0]
    assert half.running
    assert half.running.total.expected == (15 * 30 + 16 * 15) * MICROS
    assert half.shortfall.text() == "310.00 AUD"
    more = outlook(seen(30), percent=200)
    assert more.shortfall.micros == 0
    assert more.expected > told.expected > half.expected


def test_what_if_another_minimum_leaves_the_months_that_are_billed() -> None:
    billed = _billed(seen(30), 2)
    told = outlook(replace(seen(30), billed=billed), minimum=Money.of("2000", "AUD"))
    assert [each.due.minimum.text() for each in told.months[:3]] == ["1,000.00 AUD", "1,000.00 AUD", "2,000.00 AUD"]
    assert [each.is_billed for each in told.months[:3]] == [True, True, False]
    assert told.to_come.micros == sum(2000 - 30 * days for days in _lengths()[2:]) * MICROS


def _billed(of: History, count: int) -> tuple[MonthBilled, ...]:
    months = outlook(of).months[:count]
    at_noon = at(2026, 9, 1)
    return tuple(
        MonthBilled(
            each.due.month, each.due.days.starts_on, each.due.days.ends_before,
            Money(each.total.expected, "AUD"), each.due.minimum, each.true_up, 1, 1, at_noon,
        )
        for each in months
    )  # fmt: skip


def test_what_came_late_stands_in_the_first_month_not_billed() -> None:
    first = seen(30)
    billed = _billed(first, 2)
    late = dict(first.daily) | {START: first.daily[START] + 5 * MICROS}
    told = outlook(History(first.contract, TODAY, late, billed))
    assert told.months[0].total.expected == 31 * 30 * MICROS
    assert told.months[2].total.expected == (30 * 30 + 5) * MICROS


def test_the_curve_joins_what_is_used_and_what_is_expected() -> None:
    drawn = curve(outlook(seen(30)), today=TODAY)
    assert drawn.used[-1] == (TODAY - timedelta(days=1), 107 * 30 * MICROS) == drawn.expected[0]
    assert drawn.plan[-1] == (date(2027, 6, 30), 12_000 * MICROS)
    assert drawn.band[0][1:] == (107 * 30 * MICROS,) * 2
    over = curve(outlook(seen(30)), today=date(2027, 8, 1))
    assert over.expected == ()


def test_a_back_test_needs_history_and_knows_an_even_customer() -> None:
    assert back_test({}, today=TODAY) is None
    assert back_test(level(30, date(2026, 9, 1)), today=TODAY) is None
    assert back_test(level(30), today=TODAY) == BackTest(6, 0, 0, 6)


micros = st.integers(0, 50_000_000)


@given(weeks=st.lists(st.lists(micros, min_size=7, max_size=7), min_size=14, max_size=20), percent=st.integers(50, 200))
def test_one_month_and_the_months_ahead_are_one_forecast(weeks: list[list[int]], percent: int) -> None:
    days = [each for week in weeks for each in week]
    daily = {TODAY - timedelta(days=len(days) - place): each for place, each in enumerate(days)}
    month = Period(date(2026, 10, 1), date(2026, 11, 1))
    [told, later] = months_ahead(
        daily, [month, Period(date(2026, 11, 1), date(2026, 12, 1))], known_before=TODAY, percent=percent
    )
    assert told == month_total(daily, month, known_before=TODAY, percent=percent)
    assert later.actual == 0 <= later.low <= later.expected <= later.high


@given(
    daily=st.dictionaries(st.dates(date(2026, 6, 1), date(2026, 10, 15)), micros, max_size=60),
    percent=st.integers(50, 199),
)
def test_more_use_never_raises_a_true_up(daily: dict[date, int], percent: int) -> None:
    of = History(agreed(), TODAY, daily, ())
    less, more = outlook(of, percent=percent), outlook(of, percent=percent + 1)
    assert more.expected >= less.expected
    assert more.to_come <= less.to_come
    assert less.committed == more.committed


@pytest.fixture
def running(database: Database) -> Commitment:
    """A commitment since July whose July and August are billed."""
    people, wattle = staff(database), open_shop(database)["AU"]
    made = committed(database, people, wattle, START)
    database.act(lambda tx: turn_commitments(tx, by=SYSTEM, commitment_ids=[made.id]), at=at(2026, 7, 1))
    for month, amount in ((7, "1200.00"), (8, "400.00"), (9, "700.00")):
        uses(database, wattle, amount, date(2026, month, 10), by=people["Ann"])
    for month in (7, 8):
        database.act(
            lambda tx, month=month: bill_months(tx, by=SYSTEM, month=date(2026, month, 1), commitment_ids=[made.id]),
            at=at(2026, month + 1, 1),
        )
    with database.read() as conn:
        return queries.commitment(conn, made.id)


def test_the_books_give_the_outlook_its_history(database: Database, running: Commitment) -> None:
    with database.read() as conn:
        told = outlook(history(conn, running, today=TODAY))
        meters = standing(conn, running, today=TODAY)
    assert [each.true_up.text() for each in told.months[:3]] == ["0.00 AUD", "600.00 AUD", "300.00 AUD"]
    assert [each.is_billed for each in told.months[:3]] == [True, True, False]
    assert told.running
    assert meters.expected == told.running.total
    assert meters.true_up == told.shortfall


def test_what_is_left_of_a_commitment_that_was_left_early_is_a_true_up_to_come() -> None:
    left = replace(agreed(), left_before=date(2026, 12, 1))
    kept, charged = (outlook(History(left, TODAY, level(30), (), charges)) for charges in (False, True))
    assert (charged.to_come - kept.to_come).text() == "7,000.00 AUD"  # December to June
    assert charged.months[-1].true_up - kept.months[-1].true_up == charged.to_come - kept.to_come


@pytest.mark.parametrize("charges_rest", [False, True])
@pytest.mark.parametrize("true_up", list(TrueUp))
def test_the_draft_true_up_is_what_the_month_would_be_billed(
    database: Database, running: Commitment, true_up: TrueUp, *, charges_rest: bool
) -> None:
    terms = replace(running.contract.now, true_up=true_up)
    contract = replace(running.contract, versions=(terms,), left_before=date(2026, 12, 1))
    found = replace(running, contract=contract, charges_rest=charges_rest)
    with database.read() as conn:
        first, last = (standing(conn, found, today=date(2026, month, 30)) for month in (10, 11))
    rest = 7_000 * MICROS if charges_rest else 0  # December to June
    assert first.expected
    assert last.expected
    if true_up is TrueUp.MONTHLY:
        assert first.true_up.micros == 1_000 * MICROS - first.expected.expected
        assert last.true_up.micros == 1_000 * MICROS - last.expected.expected + rest
    else:  # July to November less the 2,300.00 used from July to September, and what November likely brings
        assert first.true_up.micros == 0
        assert last.true_up.micros == 2_700 * MICROS - last.expected.expected + rest
