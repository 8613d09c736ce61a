"""Who will go negative on the 1st: what is due, what is expected to be used, and the amount that avoids it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pandas as pd
import pytest
from sqlalchemy import Connection

from services.access.model import SYSTEM
from services.company.operations import set_up
from services.company.profile import read_profile
from services.db.engine import Database
from services.fees.model import FeeKind, WantedFee
from services.fees.operations import set_fee
from services.money import Money
from services.numbers.charging import charge_rental
from services.numbers.model import NumberType
from services.numbers.operations import add_number, cancel_number
from services.pricing.operations import load_reference
from services.reporting.coverage import coverage, named
from services.reporting.number_traffic import counted_to, idle_numbers, traffic_is_known, traffic_of
from services.settings import settings
from services.usage.model import Product, UsageDay
from services.usage.operations import import_usage, post_usage_days
from tests import builders

TODAY = date(2026, 11, 20)
ONE = builders.ONE


def short(conn: Connection, *, today: date) -> pd.DataFrame:
    return named(conn, coverage(conn, today=today).rows, today=today)


def at(month: int, day: int) -> datetime:
    return datetime(2026, month, day, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _books(database: Database) -> None:
    """Three customers since January, the first of whom rents a number at 30.00 since 1 November."""
    with database.write(at=at(11, 1)) as tx:
        load_reference(tx, by=SYSTEM, folder=settings().reference_data)
        profile = read_profile((settings().reference_data / "demo_company.toml").read_bytes())
        set_up(tx, by=SYSTEM, profile=profile)
    builders.customers(database, 3, at=at(11, 1))
    rent(database, 1, "+61491570001", at(11, 1))


def rent(database: Database, customer_id: int, e164: str, moment: datetime) -> int:
    facts = {"country": "AU", "type": NumberType.MOBILE, "monthly_price": Money.of(30, "AUD")}
    return database.act(lambda tx: add_number(tx, by=SYSTEM, e164=e164, customer_id=customer_id, **facts), at=moment).id


def buy(database: Database, customer_id: int, amount: int) -> None:
    builders.post(database, builders.bought(customer_id, amount * ONE, key=f"b{customer_id}-{amount}"))


def use(database: Database, customer_id: int, amount: int, *days: date) -> None:
    rows = [UsageDay(day, customer_id, Product.SMS, "AU", "AUD", 1, 1, amount * ONE) for day in days]
    database.act(lambda tx: post_usage_days(tx, by=SYSTEM, days=rows, source=f"u{customer_id}"), at=at(11, 20))


def test_use_and_rental_until_the_1st_are_taken_from_what_there_is(database: Database) -> None:
    buy(database, 1, 200)
    use(database, 1, 28, *(TODAY - timedelta(days=back) for back in range(1, 6)))  # 140.00, 5.00 a day over 28 days
    with database.read() as conn:
        found = coverage(conn, today=TODAY)
        (row,) = short(conn, today=TODAY).itertuples()
    assert (found.first, found.complete_through, found.charged) == (date(2026, 12, 1), TODAY - timedelta(days=1), 1)
    assert row.credit_micros == 30 * ONE  # 200 bought, 30 of rental, 140 used
    assert row.daily_micros == 5 * ONE
    assert row.use_micros == 55 * ONE  # eleven days from the 20th to the 30th
    assert row.rental_micros == 30 * ONE
    assert row.balance_micros == -55 * ONE
    assert row.needed_micros == 55 * ONE
    assert row.top_up_micros == 60_500_000  # with a tenth of GST, an eleventh of the whole


def test_who_has_enough_is_not_named_and_the_smallest_top_up_is_the_minimum(database: Database) -> None:
    buy(database, 1, 59)  # 30 of November taken, 29 left for December's 30
    with database.read() as conn:
        (row,) = short(conn, today=TODAY).itertuples()
        assert (row.needed_micros, row.top_up_micros) == (ONE, 20 * ONE)
        assert len(coverage(conn, today=TODAY).rows) == 1
    buy(database, 1, 1)
    with database.read() as conn:
        assert short(conn, today=TODAY).empty


def test_an_ending_number_a_charged_month_and_a_missed_one_count_for_what_they_cost(database: Database) -> None:
    buy(database, 1, 30)
    ending = rent(database, 2, "+61491570002", at(11, 10))  # 21.00 for 21 days, charged at once
    buy(database, 2, 21)
    end = {"number_id": ending, "effective_on": date(2026, 12, 11)}
    database.act(lambda tx: cancel_number(tx, by=SYSTEM, **end), at=at(11, 12))
    with database.read() as conn:
        found = short(conn, today=TODAY).set_index("customer_id")
        assert found["needed_micros"].to_dict() == {1: 30 * ONE, 2: 9_680_000}  # 10 of 31 days
        late = short(conn, today=date(2026, 12, 5)).set_index("customer_id")
    assert late["needed_micros"].to_dict() == {1: 60 * ONE, 2: 9_680_000}  # December was missed, January follows
    database.act(lambda tx: charge_rental(tx, by=SYSTEM, month=date(2026, 12, 1)), at=at(12, 5))
    with database.read() as conn:
        after = short(conn, today=date(2026, 12, 5)).set_index("customer_id")
    assert after["needed_micros"].to_dict() == {1: 60 * ONE}
    assert after["credit_micros"].to_dict() == {1: -30 * ONE}


def test_recurring_fees_count_beside_rental_and_alone(database: Database) -> None:
    for customer_id in (1, 2):
        buy(database, customer_id, 100)
        wanted = WantedFee(customer_id, FeeKind.KEYWORD, True, Money.of(90, "AUD"), "Keyword", "", False, "agreed")
        nonce = f"fee-of-customer-{customer_id}"
        database.act(lambda tx, n=nonce, w=wanted: set_fee(tx, by=SYSTEM, nonce=n, wanted=w), at=at(11, 20))
    with database.read() as conn:
        found = coverage(conn, today=TODAY)
        rows = short(conn, today=TODAY).set_index("customer_id")
    assert found.charged == 2
    assert rows["credit_micros"].to_dict() == {1: 37 * ONE, 2: 67 * ONE}  # 33.00 for eleven days of November
    assert rows["fees_micros"].to_dict() == {1: 90 * ONE, 2: 90 * ONE}
    assert rows["needed_micros"].to_dict() == {1: 83 * ONE, 2: 23 * ONE}


def test_who_pays_afterwards_is_left_out(database: Database) -> None:
    with database.write(at=at(11, 2)) as tx:
        tx.conn.exec_driver_sql("UPDATE customer SET billing_mode = 'postpaid' WHERE id = 1")
    with database.read() as conn:
        assert coverage(conn, today=TODAY).charged == 0


def test_a_number_without_traffic_for_sixty_days_is_idle(database: Database) -> None:
    rent(database, 2, "+61491570002", at(11, 1))
    rent(database, 3, "+61491570003", at(12, 20))
    january = date(2027, 1, 10)
    with database.read() as conn:
        assert not traffic_is_known(conn)
    lines = [
        "external_id,customer,sub_account,product,sent_at,country,quantity,parts,price,currency,own_number",
        "m1,Customer 1,,sms,2026-11-20T10:00:00+11:00,AU,3,3,0.2400,AUD,+61491570001",
        "m2,Customer 2,,sms,2026-11-05T10:00:00+11:00,AU,1,1,0.0800,AUD,+61491570002",
    ]

    def bring(*rows: str, on: datetime, **more: Any) -> None:
        file = "\n".join(rows).encode()
        database.act(lambda tx: import_usage(tx, by=SYSTEM, file=file, name="usage.csv", **more), at=on)

    bring(*lines, on=at(11, 21))
    with database.read() as conn:
        assert traffic_is_known(conn)
        assert counted_to(conn, january) == date(2026, 11, 20)
        assert idle_numbers(conn, today=january).total == 0  # a late import is no silence of a number
    late = "m3,Customer 3,,sms,2027-01-09T10:00:00+11:00,AU,1,1,0.0800,AUD,"
    bring(lines[0], late, on=datetime(2027, 1, 10, tzinfo=UTC), complete_through=date(2027, 1, 9))
    with database.read() as conn:
        found = idle_numbers(conn, today=january)
        carried = traffic_of(conn, e164s=["+61491570001", "+61491570002"], today=january)
    assert found.rows["e164"].tolist() == ["+61491570002"]  # the third is too young to be idle
    assert found.rows["last_on"].tolist() == [date(2026, 11, 5)]
    assert [tuple(row) for row in found.costs.itertuples(index=False)] == [("AUD", 1, 30 * ONE)]
    assert [tuple(row)[:3] for row in carried.itertuples(index=False)] == [("+61491570001", 1, 3)]
