"""What comes next for a customer's credit: how long it lasts at recent use, the next rental and fees."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Connection

from services.customers.model import Customer
from services.fees.charging import due_fees
from services.fees.queries import fees as custom_fees
from services.fees.tables import custom_fee
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
    number is charged again. `fees` are the recurring fees charged with the rental, or on the 1st to come where
    there is no rental; None where there are none.
    """

    credit: Money
    daily: Money
    days: Period
    complete_through: date | None
    rental: tuple[date, Money] | None
    fees: tuple[date, Money] | None = None

    @property
    def days_left(self) -> int | None:
        """How many days the credit lasts at recent use; None while nothing is used."""
        return max(0, self.credit.micros) // self.daily.micros if self.daily.micros > 0 else None

    def lasts_until(self, today: date) -> date | None:
        """The last day the credit suffices for; None while nothing is used, and beyond what a calendar holds."""
        left = self.days_left
        return None if left is None or left > (date.max - today).days else today + timedelta(days=left)

    @property
    def missing(self) -> Money:
        """How much more than the credit in hand the next rental and recurring fees take; zero where it suffices."""
        nothing = Money(0, self.credit.currency)
        due = sum((each[1] for each in (self.rental, self.fees) if each), nothing)
        return max(nothing, due - max(nothing, self.credit)) if due else nothing


def outlook(conn: Connection, *, customer: Customer, today: date) -> Outlook:
    """What comes next for a customer, from the roll-ups of the last days and the numbers rented."""
    through = usage.complete_through(conn)
    last = min(through or today, today)
    first = min(max(last - timedelta(days=RECENT - 1), customer.created_on), last)
    days = Period(first, last + timedelta(days=1))
    told = ledger.explain(conn, customer_id=customer.id, currency=customer.currency, period=days)
    used = -sum(line.money.micros for line in told.lines if line.kind.is_use)
    rental = _next_rental(conn, customer, today)
    return Outlook(
        credit=ledger.credit_balance(conn, customer.id, customer.currency),
        daily=Money(divide(used, days.days), customer.currency),
        days=days,
        complete_through=through,
        rental=rental,
        fees=_next_fees(conn, customer, rental[0] if rental else add_months(today.replace(day=1), 1)),
    )


def _next_fees(conn: Connection, customer: Customer, day: date) -> tuple[date, Money] | None:
    """The recurring fees of the customer that are charged with the rental of a day, and not charged yet."""
    agreed = custom_fees(conn, custom_fee.c.customer_id == customer.id, custom_fee.c.recurring.is_(True))
    due = due_fees(conn, month=day, fee_ids=[one.id for one in agreed]) if agreed else []
    return (day, sum((one.amount for one in due), Money(0, customer.currency))) if due else None


def _next_rental(conn: Connection, customer: Customer, today: date) -> tuple[date, Money] | None:
    """The next 1st, and what all numbers charged on it come to."""
    first = add_months(today.replace(day=1), 1)
    row = conn.execute(due_by_customer(conn, month=first, customer_id=customer.id)).one_or_none()
    return (first, Money(int(row.micros), customer.currency)) if row else None
