"""Custom fees, as an accountant would check them: what is agreed, what a month takes, what the customer sees."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from services.access.model import SYSTEM
from services.db.engine import Database
from services.fees.model import NotEnoughCredit
from services.fees.operations import change_fee, charge_fees, reverse_charge
from services.fees.queries import hidden_register
from services.ledger.queries import trial_balance
from services.money import Money
from services.periods import Period
from tests.builders import post, used
from tests.fees import KEYWORD, ONCE, Shop, at, open_shop


@pytest.fixture
def shop(database: Database) -> Shop:
    return open_shop(database)  # three customers with 1,000.00 of credit each


def income(shop: Shop) -> str:
    """What custom fees have earned in AUD."""
    with shop.database.read() as conn:
        rows = trial_balance(conn).set_index("account")
    return Money(-int(rows.loc["income:custom_fee:AUD", "balance_micros"]), "AUD").plain()


def test_a_hidden_keyword_from_its_order_to_a_wrong_charge_taken_back(shop: Shop) -> None:
    # 16 November: a set-up of 80.00, and a keyword for 60.00 a month; November has 15 days left of 30
    shop.set(ONCE, at(2026, 11, 16))
    shop.set(KEYWORD, at(2026, 11, 16))
    assert (shop.credit(), income(shop)) == ("890.00", "110.00")

    # the price rises from January on; December is charged as agreed before
    shop.act(
        at(2026, 11, 20), change_fee, by=shop.ada, fee_id=2, amount=Money.of(75, "AUD"), from_month=date(2027, 1, 1),
        reason="The carrier raised its price", expected_version=1,
    )  # fmt: skip
    for day in (date(2026, 12, 1), date(2027, 1, 1)):
        shop.act(at(day.year, day.month, 1), charge_fees, by=SYSTEM, month=day)
    assert (shop.credit(), income(shop)) == ("755.00", "245.00")

    # the set-up was promised for free: it is taken back, and income with it
    shop.act(at(2027, 1, 8), reverse_charge, by=shop.ben, charge_id=1, reason="Set-up was promised for free")
    assert (shop.credit(), income(shop)) == ("835.00", "165.00")

    # what the customer never saw, month by month: the reversal stands where it took effect
    with shop.database.read() as conn:
        found = hidden_register(conn, period=Period(date(2026, 11, 1), date(2027, 2, 1))).rows
    hidden = [Money(int(micros), "AUD").plain() for micros in found["hidden_micros"]]
    assert [f"{month:%b}" for month in found["month"]] == ["Jan", "Dec", "Nov"]
    assert hidden == ["-5.00", "60.00", "110.00"]


def test_a_short_code_over_the_limit_takes_two_people(shop: Shop) -> None:
    dear = replace(KEYWORD, description="Short code 19881988", amount=Money.of(300, "AUD"), starts_on=date(2026, 12, 1))
    asked = shop.set(dear, at(2026, 11, 16))
    assert (asked.waits, shop.credit()) == (True, "1000.00")
    shop.approve(at(2026, 11, 17), asked.approval_id, by=shop.max)
    shop.act(at(2026, 12, 1), charge_fees, by=SYSTEM, month=date(2026, 12, 1))
    assert shop.credit() == "700.00"


def test_the_month_that_was_agreed_posts_below_zero_and_a_new_fee_does_not(shop: Shop) -> None:
    shop.set(replace(KEYWORD, starts_on=date(2026, 12, 1)), at(2026, 11, 16))
    post(shop.database, used(1, 980_000_000, key="campaign", on=date(2026, 11, 20)))  # 20.00 are left
    shop.act(at(2026, 12, 1), charge_fees, by=SYSTEM, month=date(2026, 12, 1))
    assert shop.credit() == "-40.00"
    with pytest.raises(NotEnoughCredit, match="nothing a person decides may create a negative balance"):
        shop.set(ONCE, at(2026, 12, 2))
    assert shop.credit() == "-40.00"
