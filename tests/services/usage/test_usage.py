"""Usage posts once, deducts credit, and adds up the same from rows and roll-ups."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest
from sqlalchemy import insert
from sqlalchemy.exc import DBAPIError

from services.access.model import SYSTEM, Principal, Role
from services.customers.operations import create_customer
from services.db.engine import Database
from services.errors import Forbidden
from services.ledger.queries import credit_balance
from services.periods import Period, month_of
from services.pricing.tables import currency, exchange_rate
from services.usage.grain import around_whole_months, outside_in_month, whole_months
from services.usage.model import NotUsage, Product, UsageChanged, UsageDay
from services.usage.operations import post_usage_days
from services.usage.queries import by_country, by_day, by_month, by_product, complete_through, page

OCTOBER = Period(date(2026, 10, 1), date(2026, 11, 1))


@pytest.fixture
def customers(database: Database, noon: datetime) -> tuple[int, int]:
    """One customer in AUD and one in USD, without any credit; a US dollar is 1.50 AUD."""
    with database.write(at=noon) as tx:
        limits = {"minor_digits": 2, "minimum_top_up_micros": 20_000_000, "maximum_top_up_micros": 10_000_000_000}
        tx.conn.execute(insert(currency), [{"code": code, **limits} for code in ("AUD", "USD")])
        rate = {"currency": "USD", "rate_on": date(2026, 1, 2), "aud_per_unit_nano": int(Decimal("1.5") * 10**9)}
        tx.conn.execute(insert(exchange_rate), {**rate, "source": "test"})
        home = create_customer(
            tx, by=SYSTEM, username="fern", name="Fern", email="a@fern.example", country="AU", currency="AUD"
        )
        abroad = create_customer(
            tx, by=SYSTEM, username="kelp", name="Kelp", email="a@kelp.example", country="US", currency="USD"
        )
    return home.id, abroad.id


def sms(customer_id: int, day: date, micros: int = 79_200, country: str = "AU", code: str = "AUD") -> UsageDay:
    return UsageDay(day, customer_id, Product.SMS, country, code, 1, 1, micros)


def post(database: Database, noon: datetime, days: list[UsageDay], source: str = "october") -> int:
    with database.write(at=noon) as tx:
        return post_usage_days(tx, by=SYSTEM, days=days, source=source)


def test_usage_in_another_currency_than_the_customers_is_refused_whole(
    database: Database, noon: datetime, customers: tuple[int, int]
) -> None:
    day = date(2026, 10, 3)
    mixed = [sms(customers[0], day), sms(customers[0], day, country="US", code="USD")]
    for wrong in (mixed, [sms(customers[1], day)], [sms(7_777, day)]):
        with pytest.raises(NotUsage):
            post(database, noon, wrong)
    with database.read() as conn:
        assert credit_balance(conn, customers[0], "AUD").micros == 0


def test_usage_takes_credit_below_zero_because_it_is_a_fact(
    database: Database, noon: datetime, customers: tuple[int, int]
) -> None:
    post(database, noon, [sms(customers[0], date(2026, 10, 3)), sms(customers[1], date(2026, 10, 3), code="USD")])
    with database.read() as conn:
        assert credit_balance(conn, customers[0], "AUD").micros == -79_200
        assert credit_balance(conn, customers[1], "USD").micros == -79_200


def test_a_source_posted_again_changes_nothing(database: Database, noon: datetime, customers: tuple[int, int]) -> None:
    days = [sms(customers[0], date(2026, 10, day)) for day in (1, 2, 3)]
    assert post(database, noon, days[:2]) == 2
    assert post(database, noon, days) == 1
    assert post(database, noon, days) == 0
    with database.read() as conn:
        assert page(conn, period=OCTOBER).total == 3
        assert credit_balance(conn, customers[0], "AUD").micros == -3 * 79_200


def test_a_source_that_contradicts_itself_is_refused(
    database: Database, noon: datetime, customers: tuple[int, int]
) -> None:
    post(database, noon, [sms(customers[0], date(2026, 10, 1))])
    with pytest.raises(UsageChanged, match="already reported SMS of 2026-10-01"):
        post(database, noon, [sms(customers[0], date(2026, 10, 1), 5)])
    with pytest.raises(UsageChanged):
        post(database, noon, [sms(customers[0], date(2026, 10, 1)), sms(customers[0], date(2026, 10, 1), 5, "NZ")])


def test_countries_of_one_day_share_an_entry_and_free_usage_has_none(
    database: Database, noon: datetime, customers: tuple[int, int]
) -> None:
    day = date(2026, 10, 5)
    post(
        database,
        noon,
        [sms(customers[0], day), sms(customers[0], day, country="NZ"), sms(customers[1], day, 0, "US", "USD")],
    )
    with database.read() as conn:
        rows = page(conn, period=OCTOBER).rows
        assert rows.loc[rows["customer_id"] == customers[0], "entry_id"].nunique() == 1
        assert rows.loc[rows["customer_id"] == customers[1], "entry_id"].isna().all()
        assert rows["micros"].dtype == "int64"


def test_totals_agree_however_they_are_cut(database: Database, noon: datetime, customers: tuple[int, int]) -> None:
    days = [date(2026, month, day) for month in (7, 8, 9, 10) for day in (1, 15, 28)]
    post(database, noon, [sms(customers[0], day, 1_000 + day.day) for day in days])
    for period in (Period(date(2026, 7, 10), date(2026, 10, 20)), OCTOBER, Period(date(2026, 8, 2), date(2026, 8, 29))):
        wanted = sum(1_000 + day.day for day in days if day in period)
        with database.read() as conn:
            for read in (by_product, by_country, by_day, by_month):
                assert read(conn, period=period)["micros"].sum() == wanted
                assert read(conn, period=period, customer_id=customers[0])["micros"].sum() == wanted
            assert by_month(conn, period=period).equals(by_month(conn, period=period, customer_id=customers[0]))
            assert complete_through(conn) == date(2026, 10, 28)


def test_pages_run_from_the_newest_row_and_a_far_page_begins_where_it_should(
    database: Database, noon: datetime, customers: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    post(database, noon, [sms(customers[i % 2], date(2026, 10, 1 + i), code=("AUD", "USD")[i % 2]) for i in range(9)])
    with database.read() as conn:
        plain = [page(conn, period=OCTOBER, page=number, size=4).rows for number in (1, 2, 3)]
        monkeypatch.setattr("services.usage.queries.days.FAR_PAGE", 0)
        far = [page(conn, period=OCTOBER, page=number, size=4).rows for number in (1, 2, 3)]
        assert [list(rows["day"]) for rows in plain] == [list(rows["day"]) for rows in far]
        assert plain[0]["day"].iloc[0] == date(2026, 10, 9)
        assert page(conn, period=OCTOBER, customer_id=customers[0]).total == 5
        assert page(conn, period=OCTOBER, product=Product.FAX).rows.empty


def test_support_may_not_post_usage(database: Database, noon: datetime, customers: tuple[int, int]) -> None:
    with database.write(at=noon) as tx, pytest.raises(Forbidden):
        post_usage_days(tx, by=Principal(1, "Sam", Role.SUPPORT), days=[], source="x")


def test_the_database_keeps_what_was_reported(database: Database, noon: datetime, customers: tuple[int, int]) -> None:
    post(database, noon, [sms(customers[0], date(2026, 10, 1))])
    for attack in ("UPDATE usage_day SET micros = 0", "DELETE FROM usage_day"):
        with pytest.raises(DBAPIError, match="never"), database.write(at=noon) as tx:
            tx.conn.exec_driver_sql(attack)


@pytest.mark.parametrize("wrong", [{"messages": 0}, {"micros": -1}, {"country": "au"}, {"country": "AUS"}])
def test_what_is_no_usage_is_refused(wrong: dict[str, object]) -> None:
    row = {"messages": 1, "parts": 1, "micros": 1, "country": "AU"} | wrong
    with pytest.raises(NotUsage):
        UsageDay(day=date(2026, 1, 1), customer_id=1, product=Product.SMS, currency="AUD", **row)


def test_a_period_is_cut_into_whole_months_and_the_days_around_them() -> None:
    period = Period(date(2026, 1, 20), date(2026, 4, 3))
    assert whole_months(period) == Period(date(2026, 2, 1), date(2026, 4, 1))
    assert [piece.days for piece in around_whole_months(period)] == [12, 2]
    assert whole_months(month_of(date(2026, 2, 3))) == month_of(date(2026, 2, 3))
    assert around_whole_months(month_of(date(2026, 2, 3))) == []


def test_beside_a_part_of_a_month_only_the_days_that_can_hold_rows_lie_outside() -> None:
    running = Period(date(2026, 11, 1), date(2026, 11, 25))
    assert outside_in_month(running, Period(date(2026, 1, 5), date(2026, 11, 25))) == []
    rest = Period(date(2026, 11, 25), date(2026, 11, 27))
    assert outside_in_month(running, Period(date(2026, 1, 5), date(2026, 11, 27))) == [rest]
    middle = Period(date(2026, 3, 10), date(2026, 3, 20))
    every = Period(date(2026, 1, 1), date(2026, 12, 1))
    assert [piece.days for piece in outside_in_month(middle, every)] == [9, 12]
    assert outside_in_month(middle, Period(date.min, date.min)) == []
