"""The calendar of statements: which days are complete, quiet, missing or not imported yet, as the gates see them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.banking.calendar import DayState, Kept, calendar, stretches
from services.banking.operations import undo_import
from services.money import Money
from tests.bank_books import ANN, bring_in, company_with_accounts, mt940

AT = datetime(2026, 11, 29, 1, 0, tzinfo=UTC)
TODAY = date(2026, 11, 29)


@pytest.fixture
def books(database):
    company_with_accounts(database, AT)
    return database


def days(database, code="aud"):
    with database.read() as conn:
        (account,) = [each for each in calendar(conn, today=TODAY) if each.bank_account == code]
    return [(each.state.value, f"{each.starts_on:%m%d}", f"{each.ends_on:%m%d}") for each in account.stretches]


def month(opening, on, until, *amounts, **more):
    return mt940([(on, amount, f"L{on}") for amount in amounts], opening=opening, on=on, until=until, **more)


def test_days_are_complete_quiet_and_awaited(books):
    bring_in(books, month("100.00", "1101", "1105", "10.00"), AT)
    bring_in(books, month("110.00", "1109", "1110", "5.00"), AT)
    assert days(books) == [
        ("complete", "1101", "1105"),
        ("quiet", "1106", "1108"),
        ("complete", "1109", "1110"),
        ("awaited", "1111", "1128"),
    ]


def test_days_before_a_statement_that_does_not_go_on_are_missing_until_theirs_comes(books):
    bring_in(books, month("125.00", "1109", "1128", "5.00"), AT)
    bring_in(books, month("100.00", "1101", "1105", "10.00"), AT)
    assert days(books)[1] == ("missing", "1106", "1108")
    bring_in(books, month("110.00", "1106", "1108", "15.00"), AT)
    assert [state for state, *_ in days(books)] == ["complete", "complete", "complete"]


def test_a_statement_that_does_not_tie_is_said_and_an_undone_one_is_gone(books):
    done = bring_in(books, month("100.00", "1101", "1128", "10.00", closing="115.00"), AT, accept_untied=True)
    assert days(books) == [("untied", "1101", "1128")]
    books.act(lambda tx: undo_import(tx, by=ANN, file_id=done.file_id, reason="wrong"), at=AT)
    with books.read() as conn:
        assert calendar(conn, today=TODAY) == []


def test_lines_lost_between_two_days_mark_the_day_before(books):
    bring_in(books, month("125.00", "1106", "1128", "5.00"), AT)
    bring_in(books, month("100.00", "1101", "1105", "10.00"), AT)
    assert days(books) == [
        ("complete", "1101", "1104"),
        ("missing", "1105", "1105"),
        ("complete", "1106", "1128"),
    ]


FIRST = date(2026, 1, 1)
spans = st.lists(
    st.tuples(st.integers(0, 60), st.integers(0, 12), st.sampled_from([True, False, None]), st.booleans()),
    min_size=1,
    max_size=8,
)


@given(spans)
def test_every_day_from_the_first_statement_to_yesterday_has_exactly_one_state(drawn):
    kept = []
    for place, (start, length, ties, leads_on) in enumerate(sorted(drawn, key=lambda each: each[0])):
        first = FIRST + timedelta(days=start)
        zero = Money(0, "AUD")
        last = first + timedelta(days=length)
        kept.append(Kept(place, "f", "1", first, last, zero, zero, ties, leads_on if place else True))
    today = FIRST + timedelta(days=90)
    found = stretches(kept, today)
    every = [day for each in found for day in each.within]
    assert every == [kept[0].starts_on + timedelta(days=place) for place in range(len(every))]
    assert every[-1] == today - timedelta(days=1)
    for each in found:
        covered = [any(one.starts_on <= day <= one.ends_on for one in kept) for day in each.within]
        assert all(covered) is (each.state in {DayState.COMPLETE, DayState.UNTIED, DayState.UNPROVEN})
    assert found[-1].state is DayState.AWAITED
