"""Coverage of the 1st worked out in the database is what plain arithmetic on each customer comes to."""

from __future__ import annotations

import random
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection

from services.access.model import SYSTEM
from services.company.operations import set_up
from services.company.profile import read_profile
from services.db.engine import Database
from services.fees.changing import change_fee
from services.fees.charging import due_fees
from services.fees.model import FeeKind, WantedFee
from services.fees.operations import end_fee, set_fee
from services.ledger.chart import USAGE_KINDS
from services.money import Money, divide, minor_unit
from services.numbers.charging import due_rentals
from services.numbers.model import NumberType
from services.numbers.operations import add_number, cancel_number
from services.pricing.operations import load_reference
from services.reporting.coverage import coverage, named
from services.settings import settings
from services.usage.model import Product, UsageDay
from services.usage.operations import post_usage_days
from tests import builders

CUSTOMERS = 14
ONE = builders.ONE
LAST_USE = date(2026, 11, 19)
CURRENCIES = ("AUD", "USD", "JPY")


def at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 1, tzinfo=UTC)


def _company(database: Database, chance: random.Random) -> None:
    """Customers of three currencies, some of them new, with numbers, fees, credit and use as it falls."""
    with database.write(at=at(date(2026, 11, 1))) as tx:
        load_reference(tx, by=SYSTEM, folder=settings().reference_data)
        profile = read_profile((settings().reference_data / "demo_company.toml").read_bytes())
        set_up(tx, by=SYSTEM, profile=profile)
    for customer_id in builders.customers(database, CUSTOMERS, at=at(date(2026, 11, 1))):
        created = date(2026, 11, 20) - timedelta(days=chance.randint(0, 40))
        facts = (chance.choice(CURRENCIES), created.isoformat(), customer_id)
        with database.write() as tx:
            words = "UPDATE customer SET currency = '{}', created_on = '{}' WHERE id = {}".format(*facts)
            tx.conn.exec_driver_sql(words)
        _live(database, chance, customer_id, facts[0])


def _live(database: Database, chance: random.Random, customer_id: int, currency: str) -> None:
    bought = builders.bought(customer_id, chance.randint(1, 90) * ONE, key=f"b{customer_id}", currency=currency)
    builders.post(database, bought)
    price = Money(chance.randrange(7, 40) * ONE, currency)
    for place in range(chance.randint(0, 2)):
        facts: dict[str, Any] = {"country": "AU", "type": NumberType.MOBILE, "monthly_price": price}
        facts |= {"e164": f"+6149157{customer_id:02}{place:02}", "customer_id": customer_id}
        day = date(2026, 11, chance.randint(1, 18))
        number = database.act(lambda tx, f=facts: add_number(tx, by=SYSTEM, **f), at=at(day))
        if chance.random() < 0.4:
            end = {"number_id": number.id, "effective_on": date(2026, 12, chance.randint(18, 31))}
            database.act(lambda tx, e=end: cancel_number(tx, by=SYSTEM, **e), at=at(date(2026, 11, 18)))
    if chance.random() < 0.6:
        _agree(database, chance, customer_id, Money(chance.randrange(3, 30) * ONE, currency))
    used_on = [LAST_USE - timedelta(days=back) for back in range(35) if not back or chance.random() < 0.5]
    rows = [
        UsageDay(day, customer_id, Product.SMS, "AU", currency, 1, 1, chance.randint(1, 3_999_999)) for day in used_on
    ]
    used = lambda tx: post_usage_days(tx, by=SYSTEM, days=rows, source=f"u{customer_id}")  # noqa: E731
    database.act(used, at=at(date(2026, 11, 20)))


def _agree(database: Database, chance: random.Random, customer_id: int, amount: Money) -> None:
    """A monthly fee that begins next month, sometimes changed in January, sometimes ended within a month."""
    begins = date(2026, 12, chance.choice((1, 1, 9)))
    wanted = WantedFee(customer_id, FeeKind.OTHER, True, amount, "Fee", "", False, "agreed", starts_on=begins)
    moment, nonce = at(date(2026, 11, 19)), f"fee-of-customer-{customer_id}"
    fee_id = database.act(lambda tx: set_fee(tx, by=SYSTEM, nonce=nonce, wanted=wanted), at=moment).fee_id
    assert fee_id is not None
    if chance.random() < 0.5:
        change = {"fee_id": fee_id, "amount": amount + amount, "from_month": date(2027, 1, 1), "expected_version": 1}
        database.act(lambda tx: change_fee(tx, by=SYSTEM, reason="agreed", **change), at=moment)
    if chance.random() < 0.4:
        end: dict[str, Any] = {"fee_id": fee_id, "ends_before": date(2026, 12, 21)}
        database.act(lambda tx: end_fee(tx, by=SYSTEM, reason="agreed", **end), at=moment)


def _plainly(conn: Connection, today: date) -> tuple[int, list[tuple[Any, ...]]]:
    """How many are charged by the 1st, and who falls short: customer, use, rental, fees, balance, needed."""
    first = (today.replace(day=1) + timedelta(days=31)).replace(day=1)
    rental, fees = Counter[int](), Counter[int]()
    for month in (today, first):
        rental.update(_sums([(one.number.customer_id, one.amount.micros) for one in due_rentals(conn, month=month)]))
        fees.update(_sums([(one.customer_id, one.amount.micros) for one in due_fees(conn, month=month)]))
    charged = {customer_id for customer_id, micros in (rental + fees).items() if micros}
    found = []
    for customer_id in sorted(charged):
        currency, created = conn.exec_driver_sql(
            f"SELECT currency, created_on FROM customer WHERE id = {customer_id}"
        ).one()
        age = (LAST_USE - date.fromisoformat(str(created))).days + 1
        since = LAST_USE - timedelta(days=27)
        used, credit = _of_ledger(conn, customer_id, since)
        use = divide(used * max((first - LAST_USE).days - 1, 0), min(max(age, 1), 28))
        balance = credit - use - rental[customer_id] - fees[customer_id]
        if balance < 0:
            coin = minor_unit(currency)
            needed = -(balance // coin) * coin
            found.append((currency, -needed, customer_id, use, rental[customer_id], fees[customer_id], balance))
    return len(charged), sorted(found)


def _sums(pairs: list[tuple[int, int]]) -> Counter[int]:
    sums = Counter[int]()
    for customer_id, micros in pairs:
        sums[customer_id] += micros
    return sums


def _of_ledger(conn: Connection, customer_id: int, since: date) -> tuple[int, int]:
    """What was used on the days, and the credit, added up posting by posting."""
    rows = conn.exec_driver_sql(
        "SELECT p.amount, e.kind, e.effective_on FROM posting AS p JOIN account AS a ON a.id = p.account_id"
        " JOIN journal_entry AS e ON e.id = p.entry_id"
        f" WHERE a.customer_id = {customer_id} AND a.purpose = 'credit'"
    ).all()
    days = [(micros, kind.strip(), date.fromisoformat(str(day))) for micros, kind, day in rows]
    used = sum(micros for micros, kind, day in days if kind in USAGE_KINDS and since <= day <= LAST_USE)
    return used, -sum(micros for micros, _, _ in days)


@pytest.mark.parametrize("seed", [1, 2])
def test_the_database_works_out_what_plain_arithmetic_does(database: Database, seed: int) -> None:
    _company(database, random.Random(seed))  # noqa: S311 - a company, no secret
    for today in (date(2026, 11, 20), date(2026, 11, 30), date(2026, 12, 6)):
        with database.read() as conn:
            charged, expected = _plainly(conn, today)
            found = coverage(conn, today=today)
            known = named(conn, found.rows.iloc[1:4], today=today)
        columns = ["currency", "needed_micros", "customer_id", "use_micros", "rental_micros", "fees_micros"]
        rows = found.rows.assign(needed_micros=-found.rows["needed_micros"])[[*columns, "balance_micros"]]
        assert expected
        assert [tuple(row) for row in rows.itertuples(index=False)] == expected
        assert found.charged == charged
        assert known["customer"].tolist() == [f"Customer {row[2]}" for row in expected[1:4]]
