"""What a customer's own year suggests: a minimum it can live with, and a limit a month is billed within."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from services.money import MICROS, Money
from services.postpaid.suggestion import suggest

LEAST = Money.of("1000", "AUD")
MONTHS = st.lists(st.integers(0, 50_000 * MICROS), max_size=12)


def test_the_limit_covers_the_month_and_the_days_its_invoice_may_stay_unpaid() -> None:
    large = suggest([3_000 * MICROS] * 6, LEAST, payment_days=14)
    assert large
    assert (large.minimum.text(), large.limit.text()) == ("2,400.00 AUD", "4,400.00 AUD")
    small = suggest([360 * MICROS] * 6, LEAST, payment_days=14)  # the minimum is owed all the same, by true-up
    assert small
    assert (small.minimum.text(), small.limit.text()) == ("1,000.00 AUD", "1,500.00 AUD")
    assert "or the minimum, for 44 days" in small.formula


def test_nothing_is_suggested_without_use() -> None:
    assert suggest([0] * 12, LEAST, payment_days=14) is None


@given(MONTHS, st.sampled_from([7, 14, 30, 45, 60]))
def test_a_suggestion_is_a_commitment_and_holds_more_than_a_month_of_it(monthly: list[int], days: int) -> None:
    told = suggest(monthly, LEAST, payment_days=days)
    if told is None:
        assert not any(monthly[-6:])
        return
    assert told.minimum >= LEAST
    assert told.limit.micros * 30 >= told.minimum.micros * (30 + days)
