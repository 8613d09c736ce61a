"""What each customer has, will use and will be charged until the next 1st: one select, whatever the number of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import (
    CTE,
    BigInteger,
    ColumnElement,
    Connection,
    Select,
    and_,
    case,
    cast,
    func,
    literal,
    select,
    union_all,
)

from services.customers.model import BillingMode
from services.customers.tables import customer
from services.fees.queries import due as fees
from services.ledger.chart import USAGE_KINDS, Purpose
from services.ledger.tables import account, account_balance, account_day
from services.money import minor_unit
from services.numbers.queries import due as numbers
from services.periods import add_months
from services.pricing.queries import currencies
from services.usage.queries import complete_through

RECENT_DAYS = 28  # four whole weeks, so that every weekday counts alike


@dataclass(frozen=True, slots=True)
class Horizon:
    """The days a forecast rests on: recent ones up to the last complete one, and those left before the 1st."""

    today: date
    through: date

    @property
    def first(self) -> date:
        """The next 1st."""
        return add_months(self.today.replace(day=1), 1)

    @property
    def since(self) -> date:
        """The first of the recent days."""
        return self.through - timedelta(days=RECENT_DAYS - 1)

    @property
    def days_left(self) -> int:
        """Days before the 1st whose use is not in the books yet."""
        return max((self.first - self.through).days - 1, 0)


def horizon(conn: Connection, today: date) -> Horizon:
    """The days of a forecast made today: usage counts as far as it is complete."""
    yesterday = today - timedelta(days=1)
    return Horizon(today, min(complete_through(conn) or yesterday, yesterday))


def outlooks(conn: Connection, seen: Horizon) -> CTE:
    """Each prepaid customer with something due by the 1st, once a currency, in micros.

    Columns: customer_id, currency, credit, used (on the recent days), recent (how many of them), use (expected until
    the 1st), rental, fees, needed (credit that keeps the balance at zero, a whole coin up; nothing where it suffices).
    """
    facts = _facts(conn, seen).cte("facts").prefix_with("MATERIALIZED")  # else SQLite adds the use up anew at each name
    of = facts.c
    use = _divided(of.used * seen.days_left, of.recent).label("use")
    balance = of.credit - use - of.rental - of.fees
    coin = case({each.code: minor_unit(each.code) for each in currencies(conn)}, value=of.currency, else_=1)
    needed = case((balance < 0, (coin - 1 - balance) // coin * coin), else_=0)
    return select(facts, use, balance.label("balance"), needed.label("needed")).cte("outlooks")


def _facts(conn: Connection, seen: Horizon) -> Select[Any]:
    due = _due(conn, seen).subquery()
    credit, kept, day = account.alias("credit"), account_balance.alias("kept"), account_day.c
    used = (
        select(cast(func.sum(day.debit - day.credit), BigInteger))
        .where(
            day.account_id == credit.c.id,
            day.day >= seen.since,
            day.day <= seen.through,
            day.kind.in_([kind.value for kind in USAGE_KINDS]),
        )
        .scalar_subquery()
    )
    own = and_(
        credit.c.customer_id == due.c.customer_id,
        credit.c.purpose == Purpose.CREDIT.value,
        credit.c.currency == due.c.currency,
    )
    return (
        select(
            *(due.c.customer_id, due.c.currency, due.c.rental, due.c.fees, _recent_days(seen).label("recent")),
            func.coalesce(-kept.c.balance, 0).label("credit"),
            func.coalesce(used, 0).label("used"),
        )
        .select_from(due)
        .join(customer, customer.c.id == due.c.customer_id)
        .outerjoin(credit, own)
        .outerjoin(kept, kept.c.account_id == credit.c.id)
        .where(customer.c.billing_mode == BillingMode.PREPAID.value, due.c.rental + due.c.fees > 0)
    )


def _due(conn: Connection, seen: Horizon) -> Select[Any]:
    """Rental and recurring fees charged by the 1st, by customer and currency: this month's if not yet, and the next."""
    parts = []
    nothing = cast(literal(0), BigInteger)
    for month in (seen.today, seen.first):
        rented = numbers.due_by_number(conn, month=month).subquery().c
        parts.append(select(rented.customer_id, rented.currency, rented.micros.label("rental"), nothing.label("fees")))
        agreed = fees.due_by_fee(conn, month=month).subquery().c
        parts.append(select(agreed.customer_id, agreed.currency, nothing.label("rental"), agreed.micros.label("fees")))
    each = union_all(*parts).subquery().c
    sums = [cast(func.sum(column), BigInteger).label(column.name) for column in (each.rental, each.fees)]
    return select(each.customer_id, each.currency, *sums).group_by(each.customer_id, each.currency)


def _recent_days(seen: Horizon) -> ColumnElement[int]:
    """How many of the recent days the customer has existed, at least one."""
    younger = [
        (customer.c.created_on == seen.through - timedelta(days=days - 1), days)
        for days in range(RECENT_DAYS - 1, 1, -1)
    ]
    return case((customer.c.created_on <= seen.since, RECENT_DAYS), *younger, else_=1)


def _divided(top: ColumnElement[int], bottom: ColumnElement[int]) -> ColumnElement[int]:
    """`money.divide` by something positive as a column: halves away from zero."""
    quotient = (2 * func.abs(top) + bottom) // (2 * bottom)
    return case((top >= 0, quotient), else_=-quotient)
