"""Laws of number rental: no day is charged twice, none after the number ends, and months add up to the price."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.money import Money, minor_unit
from services.numbers.model import DedicatedNumber, NumberStatus, NumberType
from services.periods import Period, add_months, month_of

FIRST = date(2026, 1, 1)
days = st.integers(0, 400).map(lambda offset: FIRST + timedelta(days=offset))


@st.composite
def numbers(draw: st.DrawFn) -> DedicatedNumber:
    start = draw(days)
    end = draw(st.none() | days.map(lambda day: max(day, start)))
    code = draw(st.sampled_from(["AUD", "JPY", "KWD"]))
    price = Money(draw(st.integers(1, 10_000)) * minor_unit(code), code)
    status = NumberStatus.CANCELLING if end else NumberStatus.ACTIVE
    return DedicatedNumber(1, "+61491570001", 1, "AU", NumberType.MOBILE, price, status, start, end and start, end)


def charged(number: DedicatedNumber) -> list[tuple[Period, Money]]:
    months = Period(FIRST, add_months(FIRST, 15)).months()
    return [found for month in months if (found := number.rental_for(month))]


@given(numbers())
def test_no_day_is_charged_twice_and_none_is_left_out(number: DedicatedNumber) -> None:
    covered = [days.starts_on + timedelta(days=i) for days, _amount in charged(number) for i in range(days.days)]
    end = number.cancels_on or add_months(FIRST, 15)
    assert covered == [number.activated_on + timedelta(days=i) for i in range((end - number.activated_on).days)]


@given(numbers())
def test_nothing_is_charged_after_the_number_ends(number: DedicatedNumber) -> None:
    assert all(number.cancels_on is None or days.ends_before <= number.cancels_on for days, _amount in charged(number))


@given(numbers())
def test_a_whole_month_costs_its_price_and_a_part_no_more(number: DedicatedNumber) -> None:
    for days, amount in charged(number):
        assert amount == number.monthly_price if days == month_of(days.starts_on) else amount <= number.monthly_price


@given(numbers(), days)
def test_the_next_charge_is_a_first_after_today_that_will_be_charged(number: DedicatedNumber, today: date) -> None:
    if following := number.next_charge(today):
        on, amount = following
        assert on > today or on == number.activated_on
        assert number.rental_for(on) is not None
        assert number.rental_for(on)[1] == amount
