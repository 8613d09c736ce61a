"""Laws of commitments: no month below its minimum, nothing consumed counts twice, a term owes what was agreed."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.money import Money, minor_unit
from services.periods import add_months
from services.postpaid.commitment import (
    AtLimit,
    BelowCommitment,
    Contract,
    Terms,
    TrueUp,
    check_commitment,
    least_commitment,
)
from services.postpaid.true_up import billed_months, early_exit, true_up_of
from services.pricing.model import ExchangeRate

days = st.dates(date(2026, 1, 1), date(2031, 12, 31))
minimums = st.integers(100_000, 5_000_000)  # cents
uses = st.integers(0, 9_000_000_000)  # micros, finer than a cent
currencies = st.sampled_from(["AUD", "EUR", "JPY"])


def contract(starts_on, months, cents, true_up=TrueUp.MONTHLY, currency="AUD"):
    minimum = Money(cents * minor_unit(currency), currency)
    terms = Terms(
        starts_on, add_months(starts_on, months), minimum, true_up, 14, minimum, 30, AtLimit.ALERT,
        minimum, Decimal(1), starts_on, "a test",
    )  # fmt: skip
    return Contract(starts_on, (terms,))


def money(agreed, micros):
    return [Money(each, agreed.now.minimum.currency) for each in micros]


def total(parts):
    return sum(each.micros for each in parts)


@given(starts_on=days, months=st.integers(12, 60), cents=minimums, currency=currencies)
def test_a_term_of_n_months_owes_exactly_n_minimums(starts_on, months, cents, currency):
    agreed = contract(starts_on, months, cents, currency=currency)
    due = agreed.due_months()
    assert agreed.committed.micros == months * agreed.now.minimum.micros
    assert sum(each.days.days for each in due) == agreed.term.days
    assert all(before.days.ends_before == after.days.starts_on for before, after in pairwise(due))
    assert all(each.minimum == agreed.now.minimum for each in due if each.is_whole)
    assert all(each.minimum.micros % minor_unit(currency) == 0 for each in due)


@given(starts_on=days, cents=minimums, micros=st.lists(uses, min_size=1, max_size=12))
def test_no_month_is_billed_below_its_minimum_and_use_counts_once(starts_on, cents, micros):
    agreed = contract(starts_on, 12, cents)
    months = billed_months(agreed, money(agreed, micros))
    for month, used in zip(months, micros, strict=True):
        assert month.billed.micros == max(month.due.minimum.micros, used)
        assert (month.true_up.micros == 0) == (used >= month.due.minimum.micros)
    assert total(month.billed for month in months) == sum(micros) + total(month.true_up for month in months)


@given(starts_on=days, cents=minimums, data=st.data())
def test_a_term_contract_bills_the_whole_term_and_only_at_its_end(starts_on, cents, data):
    agreed = contract(starts_on, 12, cents, TrueUp.TERM)
    size = len(agreed.due_months())
    micros = data.draw(st.lists(uses, min_size=size, max_size=size))
    months = billed_months(agreed, money(agreed, micros))
    assert all(not month.true_up for month in months[:-1])
    assert total(month.billed for month in months) == max(agreed.committed.micros, sum(micros))


@given(starts_on=days, cents=minimums, micros=st.lists(uses, min_size=2, max_size=12), true_up=st.sampled_from(TrueUp))
def test_billing_month_by_month_is_billing_all_at_once(starts_on, cents, micros, true_up):
    agreed = contract(starts_on, 12, cents, true_up)
    together = [month.true_up for month in billed_months(agreed, money(agreed, micros))]
    one_by_one = [true_up_of(agreed, money(agreed, micros[: place + 1])) for place in range(len(micros))]
    assert one_by_one == together


@given(starts_on=days, cents=minimums, gone=st.integers(1, 700), data=st.data(), true_up=st.sampled_from(TrueUp))
def test_leaving_early_leaves_exactly_what_was_committed_and_not_kept(starts_on, cents, gone, data, true_up):
    agreed = contract(starts_on, 12, cents, true_up)
    left_before = starts_on + timedelta(days=gone)
    run = replace(agreed, left_before=left_before)
    size = len(run.due_months())
    micros = data.draw(st.lists(uses, min_size=size, max_size=size))
    left = early_exit(agreed, money(agreed, micros), left_before=left_before)
    if left_before >= agreed.term.ends_before:
        assert not left.remaining
        return
    kept = total(each.minimum for each in run.due_months())
    kept = max(kept, sum(micros)) if true_up is TrueUp.TERM else kept
    assert left.remaining.micros == max(agreed.committed.micros - kept, 0)


@given(starts_on=days, cents=minimums, more=minimums, after=st.integers(1, 11))
def test_a_change_moves_no_month_before_it(starts_on, cents, more, after):
    agreed = contract(starts_on, 12, cents)
    since = add_months(starts_on.replace(day=1), after)
    changed = replace(agreed.now, effective_on=since, minimum=Money(more * 10_000, "AUD"))
    both = Contract(starts_on, (agreed.now, changed))
    for before, now in zip(agreed.due_months(), both.due_months(), strict=True):
        if now.days.starts_on < since:
            assert now == before


AUD = least_commitment(ExchangeRate("AUD", date(2026, 11, 1), Decimal(1), "fixed"))
EUR = least_commitment(ExchangeRate("EUR", date(2026, 11, 1), Decimal("1.637465290"), "ECB"))


def test_the_least_commitment_in_euro_is_never_worth_less():
    assert EUR.minimum == Money.of("610.70", "EUR")  # 1,000 / 1.63746529 is 610.6999...


@pytest.mark.parametrize(
    ("amount", "currency", "months", "accepted"),
    [
        ("1000.00", "AUD", 12, True),
        ("999.99", "AUD", 12, False),
        ("1000.00", "AUD", 11, False),
        ("1000.00", "AUD", 60, True),
        ("1000.00", "AUD", 61, False),
        ("610.70", "EUR", 12, True),
        ("610.69", "EUR", 12, False),
        ("610.71", "EUR", 12, True),
    ],
)
def test_the_edges_of_the_minimum(amount, currency, months, accepted):
    least = AUD if currency == "AUD" else EUR
    if accepted:
        check_commitment(Money.of(amount, currency), months, least)
        return
    with pytest.raises(BelowCommitment, match="at least" if months == 12 else "12 to 60 months"):
        check_commitment(Money.of(amount, currency), months, least)
