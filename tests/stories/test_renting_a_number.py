"""Dedicated numbers, as an accountant would check them: what a rental takes, when it stops, what comes back."""

from __future__ import annotations

from datetime import date

import pytest

from services.access.model import SYSTEM
from services.db.engine import Database
from services.ledger.queries import trial_balance
from services.money import Money
from services.numbers.charging import charge_rental
from services.numbers.model import NumberStatus, NumberType
from services.numbers.operations import add_number, cancel_number, record_cancellation, refund_after_end, release_number
from services.numbers.queries import number
from services.numbers.queries.overcharged import overcharged
from tests.fees import Shop, at, open_shop

MOBILE = {"customer_id": 1, "country": "AU", "type": NumberType.MOBILE, "monthly_price": Money.of(30, "AUD")}


@pytest.fixture
def shop(database: Database) -> Shop:
    return open_shop(database)  # three customers with 1,000.00 of credit each


def rental_income(shop: Shop) -> str:
    """What dedicated numbers have earned in AUD."""
    with shop.database.read() as conn:
        rows = trial_balance(conn).set_index("account")
    return Money(-int(rows.loc["income:rental:AUD", "balance_micros"]), "AUD").plain()


def charged_on_the_first(shop: Shop, month: date) -> int:
    """How many numbers the run of that month charged."""
    return int(shop.act(at(month.year, month.month, 1), charge_rental, by=SYSTEM, month=month))


def test_a_number_from_its_first_day_to_its_release(shop: Shop) -> None:
    # 16 November: 10.00 of set-up, and half a month of 30.00, since November has 15 days left of 30
    rented = shop.act(
        at(2026, 11, 16), add_number, by=shop.ada, e164="+61491570156", setup_price=Money.of(10, "AUD"), **MOBILE
    )
    assert (shop.credit(), rental_income(shop)) == ("975.00", "25.00")

    # the 1st of December: a whole month in advance, once, however often the run is started
    assert [charged_on_the_first(shop, date(2026, 12, 1)) for _ in range(2)] == [1, 0]
    assert (shop.credit(), rental_income(shop)) == ("945.00", "55.00")

    # cancelled on the 10th, it lasts as long as it is paid for; January takes nothing
    ending = shop.act(at(2026, 12, 10), cancel_number, by=shop.ada, number_id=rented.id)
    assert ending.cancels_on == date(2027, 1, 1)
    assert charged_on_the_first(shop, date(2027, 1, 1)) == 0
    shop.act(at(2027, 1, 2), release_number, by=shop.ada, number_id=rented.id)
    with shop.database.read() as conn:
        assert number(conn, rented.id).status is NumberStatus.CANCELLED
    assert (shop.credit(), rental_income(shop)) == ("945.00", "55.00")


def test_an_end_found_late_gives_the_days_after_it_back_once(shop: Shop) -> None:
    rented = shop.act(at(2026, 11, 1), add_number, by=shop.ada, e164="+61491570157", **MOBILE)
    charged_on_the_first(shop, date(2026, 12, 1))
    assert (shop.credit(), rental_income(shop)) == ("940.00", "60.00")

    # 5 December: the carrier had ended it on 21 November, so ten days of November and all of December are too much
    facts = {"number_id": rented.id, "since": date(2026, 11, 21), "reason": "Carrier's notice of 4 December"}
    shop.act(at(2026, 12, 5), record_cancellation, by=shop.ada, **facts)
    with shop.database.read() as conn:
        assert [one.refund.plain() for one in overcharged(conn)] == ["10.00", "30.00"]
    shop.act(at(2026, 12, 5), refund_after_end, by=shop.ada, number_id=rented.id, reason="Ended by the carrier")

    # twenty days were rented: 20.00 stay earned, and there is nothing left to give back
    assert (shop.credit(), rental_income(shop)) == ("980.00", "20.00")
    with shop.database.read() as conn:
        assert overcharged(conn) == []
