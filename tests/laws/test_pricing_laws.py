"""Laws of pricing: nothing is lost in a split, more money is never worth less, and the minimum is the least."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from services.money import Money, minor_unit
from services.pricing.model import ExchangeRate, bank_transfer_minimum, convert, split_gross
from services.pricing.reference import read_tax_rules
from services.settings import ROOT

TREATMENTS = [rule.treatment for rule in read_tax_rules((ROOT / "data" / "tax_rules.toml").read_text())]
CURRENCIES = ("AUD", "USD", "JPY", "KWD", "EUR")

micros = st.integers(-(10**15), 10**15)
rates = st.builds(
    lambda currency, nano: ExchangeRate(currency, date(2026, 11, 20), Decimal(nano).scaleb(-9), "a bank"),
    st.sampled_from(CURRENCIES),
    st.integers(1_000, 10**13),
)


@given(micros, st.sampled_from(CURRENCIES), st.sampled_from(TREATMENTS))
def test_net_and_tax_are_the_gross_and_tax_is_whole_coins(amount, currency, treatment):
    split = split_gross(Money(amount, currency), treatment)
    assert split.net + split.tax == split.gross
    assert split.tax.micros % minor_unit(currency) == 0
    assert split.tax.micros * amount >= 0


@given(micros, micros, rates, rates)
def test_more_money_is_never_worth_less(one, other, from_rate, to_rate):
    less, more = sorted((one, other))
    worth = [convert(Money(each, from_rate.currency), from_rate, to_rate).money for each in (less, more)]
    assert worth[0] <= worth[1]


@given(micros, rates)
def test_an_amount_is_worth_itself_in_its_own_currency(amount, rate):
    assert convert(Money(amount, rate.currency), rate, rate).money == Money(amount, rate.currency)


@given(rates)
def test_the_minimum_is_worth_200_aud_and_one_coin_less_is_not(rate):
    least = bank_transfer_minimum(rate)
    coin = minor_unit(rate.currency)
    assert least.minimum.micros % coin == 0
    assert least.minimum.micros * rate.nano >= least.aud.micros * 10**9
    assert (least.minimum.micros - coin) * rate.nano < least.aud.micros * 10**9
