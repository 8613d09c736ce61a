"""A small shop for tests of custom fees: people, customers with credit in AUD and USD, and fees with few words."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import insert, text

from services.access import approvals, people
from services.access.model import SYSTEM, Principal, Role
from services.db.engine import Database
from services.db.types import metadata
from services.fees.model import Decided, FeeKind, WantedFee
from services.fees.operations import set_fee
from services.ledger.queries import credit_balance
from services.money import Money
from services.wiring.approvals import ACTS
from tests import builders

ONE = builders.ONE
RATE = Decimal("1.5")  # AUD for one USD
KEYWORD = WantedFee(
    1, FeeKind.KEYWORD, True, Money.of(60, "AUD"), "Keyword BLUE", "", False, "Ordered by e-mail", "4711"
)
ONCE = replace(KEYWORD, recurring=False, kind=FeeKind.SET_UP, amount=Money.of(80, "AUD"), description="Set-up of BLUE")


def at(year: int, month: int, day: int) -> datetime:
    """Noon in Sydney."""
    return datetime(year, month, day, 1, tzinfo=UTC)


@dataclass
class Shop:
    """Books with three customers (the third in USD), 1,000.00 of credit each, two accountants and a manager."""

    database: Database
    ada: Principal
    ben: Principal
    max: Principal

    def set(self, wanted: WantedFee, moment: datetime, *, nonce: str = "", by: Principal | None = None) -> Decided:
        """Set a fee as Ada does."""
        given = nonce or f"{wanted.customer_id}-{wanted.description}-{moment}-{wanted.amount.micros}"
        return self.act(moment, set_fee, by=by or self.ada, nonce=given, wanted=wanted)

    def act(self, moment: datetime, operation: Any, **facts: Any) -> Any:
        """Run an operation at a moment."""
        return self.database.act(lambda tx: operation(tx, **facts), at=moment)

    def approve(self, moment: datetime, approval_id: int | None, *, by: Principal | None = None) -> Any:
        """Agree to a request as Ben does."""
        return self.act(moment, approvals.approve, by=by or self.ben, approval_id=approval_id, acts=ACTS)

    def credit(self, customer_id: int = 1, currency: str = "AUD") -> str:
        """The customer's credit."""
        with self.database.read() as conn:
            return credit_balance(conn, customer_id, currency).plain()


def open_shop(database: Database, *, credit: int = 1_000) -> Shop:
    """The shop, opened in August 2026."""
    moment, day = at(2026, 8, 3), date(2026, 8, 3)
    builders.customers(database, 3, at=moment)
    with database.write(at=moment) as tx:
        tx.conn.execute(text("UPDATE customer SET currency = 'USD' WHERE id = 3"))
        rate = {"currency": "USD", "rate_on": day, "aud_per_unit_nano": int(RATE * 10**9), "source": "test"}
        tx.conn.execute(insert(metadata.tables["exchange_rate"]).values(rate))
        made = [
            Principal(
                people.create_person(tx, by=SYSTEM, name=name, email=f"{name}@x.example", role=role).person_id,
                name,
                role,
            )
            for name, role in (("Ada", Role.ACCOUNTING), ("Ben", Role.ACCOUNTING), ("Max", Role.MANAGER))
        ]
    for customer_id, code, worth in ((1, "AUD", "1"), (2, "AUD", "1"), (3, "USD", "1.4")) if credit else ():
        bought = builders.bought(customer_id, credit * ONE, key=str(customer_id), on=day, currency=code, rate=worth)
        builders.post(database, bought, at=moment)
    return Shop(database, *made)
