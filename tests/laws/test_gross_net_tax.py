"""Every amount from 0.01 to 100,000.00, in every currency and under every tax rule: net and tax are the gross.

Of a tenth on top of the net there are totals no net explains: with 200.03 in all, 10 % of a net of 181.85 is 18.185,
which is 18.19 and one cent too many. The total is what was agreed, so the paper prints it, its eleventh as the tax
(18.18) and the rest as the net (181.85).
"""

from __future__ import annotations

import csv
from functools import cache

import numpy as np
import pytest

from services.money import MICROS, Money, minor_unit
from services.papers.wording import number_text
from services.pricing.model import TaxTreatment, split_gross
from services.pricing.reference import read_tax_rules
from services.settings import ROOT

RULES = {rule.treatment.code: rule.treatment for rule in read_tax_rules((ROOT / "data" / "tax_rules.toml").read_text())}
LARGEST = 100_000
CURRENCIES = [row["code"] for row in csv.DictReader((ROOT / "data" / "currencies.csv").read_text().splitlines())]


@cache
def coins(currency: str) -> int:
    """How many of the currency's smallest coins make the largest amount."""
    return LARGEST * MICROS // minor_unit(currency)


def tax_in_coins(gross: np.ndarray, rate: tuple[int, int]) -> np.ndarray:
    """The tax's share of the gross in whole coins, halves up: the law, told apart from the code that is tried."""
    top, bottom = rate
    return (2 * gross * top + bottom) // (2 * bottom)


@pytest.mark.parametrize("treatment", RULES.values(), ids=list(RULES))
@pytest.mark.parametrize("coin", sorted({minor_unit(code) for code in CURRENCIES}))
def test_every_amount_is_split_into_whole_coins_that_add_up(treatment: TaxTreatment, coin: int):
    currency = next(code for code in CURRENCIES if minor_unit(code) == coin)
    gross = np.arange(1, coins(currency) + 1, dtype=np.int64)
    tax = tax_in_coins(gross, treatment.rate)
    net = gross - tax
    assert ((net + tax) == gross).all()
    assert ((tax >= 0) & (net >= 0)).all()
    assert (np.diff(tax) >= 0).all()
    assert (np.diff(net) >= 0).all()
    assert (tax == 0).all() or treatment.shows_tax


@pytest.mark.parametrize("currency", CURRENCIES)
@pytest.mark.parametrize("treatment", RULES.values(), ids=list(RULES))
def test_the_code_splits_as_the_law_does(treatment: TaxTreatment, currency: str):
    """Every coin up to 200 and every 997th from there on, which meets each remainder of eleven as often."""
    coin, most = minor_unit(currency), coins(currency)
    wanted = np.unique(np.concatenate([np.arange(1, 20_001), np.arange(20_001, most + 1, 997), [most]]))
    wanted = wanted[wanted <= most] if treatment.rate[0] else wanted[:50]
    for gross, tax in zip(wanted.tolist(), tax_in_coins(wanted, treatment.rate).tolist(), strict=True):
        split = split_gross(Money(gross * coin, currency), treatment)
        assert (split.tax.micros, split.net.micros) == (tax * coin, (gross - tax) * coin)


def test_the_amounts_a_cent_cannot_be_split_of_are_those_five_over_a_multiple_of_eleven():
    gross = np.arange(1, coins("AUD") + 1, dtype=np.int64)
    net = gross - tax_in_coins(gross, (1, 11))
    on_top = (net + 5) // 10  # ten per cent of the net in whole cents, halves up
    explained = net + on_top == gross
    assert (np.flatnonzero(~explained) + 1).tolist() == list(range(5, coins("AUD") + 1, 11))
    # no other net would explain them either
    nets = np.arange(0, coins("AUD") + 1, dtype=np.int64)
    reached = np.zeros(coins("AUD") + 1, dtype=bool)
    totals = nets + (nets + 5) // 10
    reached[totals[totals <= coins("AUD")]] = True
    assert (np.flatnonzero(~reached)).tolist() == list(range(5, coins("AUD") + 1, 11))


@pytest.mark.parametrize(
    ("gross", "net", "tax"),
    [
        ("0.05", "0.05", "0.00"),
        ("200.03", "181.85", "18.18"),
        ("200.14", "181.95", "18.19"),
        ("99,999.95", "90,909.05", "9,090.90"),
    ],
)
def test_what_is_printed_where_a_cent_cannot_be_split(gross: str, net: str, tax: str):
    total = Money.of(gross.replace(",", ""), "AUD")
    assert (total.micros // minor_unit("AUD")) % 11 == 5
    split = split_gross(total, RULES["au-gst"])
    assert [number_text(each, "en") for each in (split.net, split.tax, split.gross)] == [net, tax, gross]
