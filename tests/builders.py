"""Small honest rows for tests: the fewest facts a customer or a posting needs."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

from sqlalchemy import func, insert, select

from services.access.model import SYSTEM
from services.db.engine import Database, Transaction
from services.db.types import metadata
from services.ledger import operations as ledger
from services.ledger.model import CARRIED, PLUG, Account, Draft, Kind, Leg, Posted, Purpose

AT = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)
TODAY = date(2026, 11, 20)
ONE = 1_000_000


def customers(database: Database, count: int = 3, *, at: datetime = AT) -> list[int]:
    """Enter currencies and customers with the least a row needs; returns the customers' ids."""
    with database.write(at=at) as tx:
        currency, customer = metadata.tables["currency"], metadata.tables["customer"]
        if not tx.conn.execute(select(func.count()).select_from(currency)).scalar():
            for code, digits in (("AUD", 2), ("USD", 2), ("JPY", 0)):
                row = {"code": code, "minor_digits": digits}
                row |= {"minimum_top_up_micros": 20 * ONE, "maximum_top_up_micros": 10**7 * ONE}
                tx.conn.execute(insert(currency).values(**row))
        first = tx.conn.execute(select(func.coalesce(func.max(customer.c.id), 0))).scalar_one() + 1
        for number in range(first, first + count):
            tx.conn.execute(insert(customer).values(**_customer(number)))
    return list(range(first, first + count))


def _customer(number: int) -> dict[str, object]:
    name = f"Customer {number}"
    return {
        "id": number,
        "account_id": str(10_000 + number),
        "username": name,
        "username_key": name.lower(),
        "name": name,
        "name_key": name.lower(),
        "email": f"c{number}@customers.example",
        "email_key": f"c{number}@customers.example",
        "phone": "",
        "contact_name": "",
        "country": "AU",
        "currency": "AUD",
        "billing_mode": "prepaid",
        "created_on": date(2026, 1, 1),
    }


def credit(customer_id: int, currency: str = "AUD") -> Account:
    """The customer's credit account."""
    return Account(Purpose.CREDIT, currency, customer_id)


def bought(
    customer_id: int, micros: int, *, key: str, on: date = TODAY, currency: str = "AUD", rate: str = "1"
) -> Draft:
    """Credit bought by bank transfer, straight from the unallocated receipts."""
    receipts = Account(Purpose.UNALLOCATED, currency)
    legs = (Leg(receipts, micros), Leg(credit(customer_id, currency), -micros))
    return Draft(Kind.BANK_TOP_UP, "test", key, on, legs, customer_id=customer_id, rate=Decimal(rate))


def used(customer_id: int, micros: int, *, key: str, on: date = TODAY, currency: str = "AUD", rate: str = "1") -> Draft:
    """SMS sent: a fact, posted even when the credit does not suffice."""
    legs = (
        Leg(credit(customer_id, currency), micros, CARRIED),
        Leg(Account(Purpose.REVENUE_SMS, currency), -micros, PLUG),
    )
    return Draft(Kind.USAGE_SMS, "test", key, on, legs, customer_id=customer_id, rate=Decimal(rate))


def post(database: Database, draft: Draft, *, at: datetime = AT) -> Posted:
    """Post one draft in a transaction of its own."""
    return database.act(lambda tx: ledger.post(tx, draft, by=SYSTEM), at=at)


def reverse(tx: Transaction, entry_id: int, *, on: date = TODAY) -> Posted:
    """Reverse an entry for no better reason than a test."""
    return ledger.reverse(tx, by=SYSTEM, entry_id=entry_id, on=on, reason="a test")


def granted(
    customer_id: int, micros: int, *, key: str, on: date = TODAY, currency: str = "AUD", rate: str = "1"
) -> Draft:
    """Promotional credit given to a customer; taken back where `micros` is negative, as when it expires."""
    given = Account(Purpose.PROMO_DEFERRED, currency, customer_id)
    legs = (Leg(credit(customer_id, currency), -micros, CARRIED), Leg(given, micros, PLUG))
    if micros < 0:
        difference = Leg(Account(Purpose.FX_GAIN, currency), 0, PLUG)
        legs = (Leg(given, micros, CARRIED), Leg(credit(customer_id, currency), -micros, CARRIED), difference)
    kind = Kind.PROMO_GRANT if micros > 0 else Kind.PROMO_EXPIRED
    return Draft(kind, "test", key, on, legs, customer_id=customer_id, rate=Decimal(rate))
