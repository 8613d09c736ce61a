"""Numbers on rent for tests of scheduled work: many at once, as if they had been added on one day."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import insert, select

from services.db.engine import Database
from services.money import Money
from services.numbers.tables import dedicated_number, number_rental
from services.wiring.jobs import JOBS

RENTAL = next(job for job in JOBS if job.name == "rental")
PRICE = Money.of(30, "AUD")


def rent(
    database: Database, count: int, *, at: datetime, customers: int = 1, first: int = 1, price: Money = PRICE
) -> None:
    """Enter so many numbers of customers 1.. on rent since the 1st of that month, and charge nothing."""
    with database.write(at=at) as tx:
        rows = [
            {
                "e164": f"+6149{first + index:07}",
                "customer_id": index % customers + 1,
                "country": "AU",
                "type": "mobile",
                "monthly_price_micros": price.micros,
                "currency": price.currency,
                "status": "active",
                "activated_on": tx.today.replace(day=1),
                "added_at": at,
                "added_by": "a test",
            }
            for index in range(count)
        ]
        tx.conn.execute(insert(dedicated_number), rows)


def charged(database: Database) -> list[tuple[int, date]]:
    """Every rental charged, by number and month; one that was charged twice stands here twice."""
    with database.read() as conn:
        c = number_rental.c
        return [
            (row.number_id, row.month) for row in conn.execute(select(c.number_id, c.month).order_by(c.month, c.id))
        ]
