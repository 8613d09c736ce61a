"""What comes next for a customer's credit: how long it lasts at recent use, and the next number rental."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Connection

from services.customers.model import Customer
from services.ledger import queries as ledger
from services.money import Money, divide
from services.numbers.queries.due import due_by_customer
from services.periods import Period, add_months
from services.usage import queries as usage

RECENT = 30  # days whose use says how long the credit lasts


@dataclass(frozen=True, slots=True)
class Outlook:
    """What the credit is used for a day, measured over `days`, and what will be deducted for numbers on which day.

    `days` ends where usage is complete, so that a late import does not look like thrift. `rental` is None where no
    number is charged again.
    """

    credit: Money
    daily: Money
    days: Period
    complete_through: date | None
    rental: tuple[date, Money] | None

    @property
    def days_left(self) -> int | None:
        """How many days the credit lasts at recent use; None while nothing is used."""
        return max(0, self.credit.micros) // self.daily.micros if self.daily.micros > 0 else None

    def lasts_until(self, today: date) -> date | None:
        """The last day the credit suffices for; None while nothing is used, and beyond what a calendar holds."""
        left = self.days_left
        return None if left is None or left > (date.max - today).days else today + timedelta(days=left)

    @property
    def missing_for_rental(self) -> Money:
        """How much more than the credit in hand the next rental takes; zero where it suffices."""
        nothing = Money(0, self.credit.currency)
        return nothing if self.rental is None else max(nothing, self.rental[1] - max(nothing, self.credit))


def outlook(conn: Connection, *, customer: Customer, today: date) -> Outlook:
    """What comes next for a customer, from the roll-ups of the last days and the numbers rented."""
    through = usage.complete_through(conn)
    last = min(through or today, today)
    first = min(max(last - timedelta(days=RECENT - 1), customer.created_on), last)
    days = Period(first, last + timedelta(days=1))
    told = ledger.explain(conn, customer_id=customer.id, currency=customer.currency, period=days)
    used = -sum(line.money.micros for line in told.lines if line.kind.is_use)
    return Outlook(
        credit=ledger.credit_balance(conn, customer.id, customer.currency),
        daily=Money(divide(used, days.days), customer.currency),
        days=days,
        complete_through=through,
        rental=_next_rental(conn, customer, today),
    )


def _next_rental(conn: Connection, customer: Customer, today: date) -> tuple[date, Money] | None:
    """The next 1st, and what all numbers charged on it come to."""
    first = add_months(today.replace(day=1), 1)
    row = conn.execute(due_by_customer(conn, month=first, customer_id=customer.id)).one_or_none()
    return (first, Money(int(row.micros), customer.currency)) if row else None
