"""The proof of the tax split: every amount a paper may be over, as the code itself splits it."""

from __future__ import annotations

from services.money import Money, minor_unit
from services.pricing.model import split_gross
from tests.laws.test_gross_net_tax import CURRENCIES, RULES, coins


def every_amount_is_split(share: float) -> str:
    """Every amount to 100,000 in every size of coin, under every tax rule: net and tax in whole coins are the gross."""
    step, tried = max(1, round(1 / share)), 0
    by_coin = {minor_unit(code): code for code in CURRENCIES}
    for treatment in RULES.values():
        top, bottom = treatment.rate
        apart = step if top or step == 1 else 10 * step  # without a tax there is little to go wrong
        for coin, currency in by_coin.items():
            for gross in range(1, coins(currency) + 1, apart):
                split = split_gross(Money(gross * coin, currency), treatment)
                tax, left = divmod(split.tax.micros, coin)
                assert left == 0
                assert split.net.micros + split.tax.micros == gross * coin
                assert abs(2 * (gross * top - tax * bottom)) <= bottom  # the nearest coin to the exact share
                tried += 1
    return f"{tried:,} amounts under {len(RULES)} rules: none is off by a coin, net + tax is the gross of each"
