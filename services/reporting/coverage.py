"""Who will go negative on the 1st, when rental and fees are charged, and the amount that avoids it (rule 29)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pandas as pd
from sqlalchemy import BigInteger, Connection, Row, Select, and_, cast, func, literal, or_, select, union_all

from services.company.model import TaxPoint
from services.company.queries import company
from services.customers.model import BillingMode
from services.customers.tables import customer
from services.fees.charging import due_fees
from services.fees.tables import custom_fee
from services.ledger.chart import USAGE_KINDS, Purpose
from services.ledger.tables import account, account_balance, account_day
from services.money import divide, minor_unit
from services.numbers.queries.due import due_by_customer
from services.periods import add_months
from services.pricing.queries import currencies, tax_treatment
from services.usage.queries import complete_through

RECENT_DAYS = 28  # four whole weeks, so that every weekday counts alike
COLUMNS = (
    *("customer_id", "username", "customer", "country", "currency", "credit_micros", "coming_micros"),
    *("daily_micros", "use_micros", "rental_micros", "fees_micros", "balance_micros", "needed_micros", "top_up_micros"),
)


@dataclass(frozen=True, slots=True)
class Coverage:
    """Who will be below zero on the 1st, the largest gaps of each currency first.

    `rows`: customer_id, username, customer, country, currency, credit_micros (now), coming_micros (invoiced, not paid
    yet, not counted), daily_micros (recent use a day), use_micros (expected until the 1st), rental_micros and
    fees_micros (charged by the 1st), balance_micros (after them), needed_micros (credit that avoids it) and
    top_up_micros (the smallest top-up that brings it, tax included). `charged` counts the customers looked at.
    """

    rows: pd.DataFrame
    first: date
    complete_through: date
    charged: int


@dataclass(frozen=True, slots=True)
class _Outlook:
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

    def recent_days(self, created_on: date) -> int:
        """How many of the recent days the customer has existed."""
        return min(max((self.through - created_on).days + 1, 1), RECENT_DAYS)


def coverage(conn: Connection, *, today: date) -> Coverage:
    """The prepaid customers with rental or fees to pay by the next 1st whose credit will not suffice for them.

    Expected use is the average of the last 28 days with complete usage (fewer for a younger customer) for each day
    until the 1st. One query whatever the number of customers: kept balances, daily roll-ups, what is due.
    """
    yesterday = today - timedelta(days=1)
    outlook = _Outlook(today, min(complete_through(conn) or yesterday, yesterday))
    fees = _fees(conn, outlook)
    found = [(row, fees.get(row.id, 0)) for row in conn.execute(_facts(conn, outlook))]
    due = [(row, of_fees) for row, of_fees in found if row.rental or of_fees]
    gaps = _Gaps(conn, today)
    rows = [shown for row, of_fees in due if (shown := gaps.row(row, of_fees, outlook))]
    frame = pd.DataFrame(rows, columns=list(COLUMNS))
    frame = frame.astype({name: "int64" for name in COLUMNS if name.endswith(("_micros", "_id"))})
    order = frame.sort_values(["currency", "needed_micros", "customer_id"], ascending=[True, False, True])
    return Coverage(order.reset_index(drop=True), outlook.first, outlook.through, len(due))


def short_on_the_first(conn: Connection, *, today: date) -> int:
    """How many customers will go negative on the next 1st."""
    return len(coverage(conn, today=today).rows)


class _Gaps:
    """What turns a gap into the smallest top-up: each currency's coin and minimum, each country's tax on a top-up."""

    def __init__(self, conn: Connection, today: date) -> None:
        self._conn, self._today = conn, today
        self._least = {each.code: each.minimum_top_up.micros for each in currencies(conn)}
        self._taxed = company(conn).tax_point is TaxPoint.TOP_UP
        self._rates: dict[str, tuple[int, int]] = {}

    def row(self, row: Row[Any], fees: int, outlook: _Outlook) -> tuple[Any, ...] | None:
        """The row of a customer who goes below zero; None for the others. `fees` are due by the 1st, in micros."""
        recent = outlook.recent_days(row.created_on)
        use = divide(row.used * outlook.days_left, recent)
        after = row.credit - use - row.rental - fees
        if after >= 0:
            return None
        coin = minor_unit(row.currency)
        needed = _up(-after, coin)
        return (
            *(row.id, row.username, row.name, row.country, row.currency, row.credit, row.coming),
            *(divide(row.used, recent), use, row.rental, fees, after, needed),
            max(self._gross(needed, row.country, coin), self._least.get(row.currency, 0)),
        )

    def _gross(self, net: int, country: str, coin: int) -> int:
        if not self._taxed:
            return net
        if country not in self._rates:
            self._rates[country] = tax_treatment(self._conn, country, self._today).rate
        tax, whole = self._rates[country]
        return _up(-(-net * whole // (whole - tax)), coin)


def _up(micros: int, coin: int) -> int:
    return -(-micros // coin) * coin


def _facts(conn: Connection, outlook: _Outlook) -> Select[Any]:
    """Each prepaid customer with something due: what it has, what is coming, what it used lately, what it will pay."""
    due = _due(conn, outlook).subquery()
    credit, kept = account.alias("credit"), account_balance.alias("kept")
    days = account_day.c
    used = (
        select(cast(func.sum(days.debit - days.credit), BigInteger))
        .where(
            days.account_id == credit.c.id,
            days.day >= outlook.since,
            days.day <= outlook.through,
            days.kind.in_([kind.value for kind in USAGE_KINDS]),
        )
        .scalar_subquery()
    )
    unpaid = account.alias("unpaid")
    coming = (
        select(-account_balance.c.balance)
        .join(unpaid, unpaid.c.id == account_balance.c.account_id)
        .where(
            unpaid.c.customer_id == customer.c.id,
            unpaid.c.purpose == Purpose.CREDIT_UNPAID.value,
            unpaid.c.currency == due.c.currency,
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
            *(customer.c.id, customer.c.username, customer.c.name, customer.c.country, customer.c.created_on),
            *(due.c.currency, due.c.rental),
            func.coalesce(-kept.c.balance, 0).label("credit"),
            func.coalesce(coming, 0).label("coming"),
            func.coalesce(used, 0).label("used"),
        )
        .select_from(due)
        .join(customer, customer.c.id == due.c.customer_id)
        .outerjoin(credit, own)
        .outerjoin(kept, kept.c.account_id == credit.c.id)
        .where(customer.c.billing_mode == BillingMode.PREPAID.value)
    )


def _due(conn: Connection, outlook: _Outlook) -> Select[Any]:
    """Rental charged by the 1st, by customer and currency: this month's if it was not, and the next.

    Customers with recurring fees are among them, with a rental of 0 where they rent nothing.
    """
    parts = []
    for month in (outlook.today, outlook.first):
        rentals = due_by_customer(conn, month=month).subquery()
        parts.append(select(rentals.c.customer_id, rentals.c.currency, rentals.c.micros.label("rental")))
    parts.append(
        select(custom_fee.c.customer_id, custom_fee.c.currency, literal(0))
        .where(
            custom_fee.c.recurring, or_(custom_fee.c.ends_before.is_(None), custom_fee.c.ends_before > outlook.today)
        )
        .distinct()
    )
    each = union_all(*parts).subquery()
    rental = cast(func.sum(each.c.rental), BigInteger).label("rental")
    return select(each.c.customer_id, each.c.currency, rental).group_by(each.c.customer_id, each.c.currency)


def _fees(conn: Connection, outlook: _Outlook) -> dict[int, int]:
    """Recurring fees charged by the 1st, by customer, in micros of its currency."""
    found: dict[int, int] = {}
    for month in (outlook.today, outlook.first):
        for fee in due_fees(conn, month=month):
            found[fee.customer_id] = found.get(fee.customer_id, 0) + fee.amount.micros
    return found
