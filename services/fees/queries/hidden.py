"""What the customer does not see: every hidden movement of one customer, and the register by customer and month."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd
from sqlalchemy import BigInteger, ColumnElement, Connection, Text, cast, func, select, text

from services.customers.queries import customer as read_customer
from services.customers.tables import customer
from services.fees.tables import custom_fee, custom_fee_charge
from services.frames import typed
from services.ledger.model import Kind, Purpose
from services.ledger.tables import account, account_day
from services.ledger.writing import any_of, listed
from services.money import Money, divide
from services.periods import Period

_WHOLE = 10_000  # basis points
_USE = [kind.value for kind in Kind if kind.is_use]
_REGISTER = {
    "customer_id": "int64",
    "charges": "int64",
    "hidden_micros": "int64",
    "spend_micros": "int64",
    "share_bp": "Int64",
}


@dataclass(frozen=True, slots=True)
class Register:
    """One page of the hidden-fee register, newest month first, how many rows there are, and sums by currency.

    `rows`: month (its first day), customer_id, customer, currency, charges, hidden_micros, spend_micros (usage, rental
    and custom fees of those days together), share_bp (hidden of spend in basis points; missing without any spend).
    """

    rows: pd.DataFrame
    total: int
    sums: dict[str, int]
    customers: int


def hidden_entries(conn: Connection, *, customer_id: int, period: Period) -> pd.DataFrame:
    """What moved a customer's credit in a period and is hidden from it, oldest first.

    Columns: entry_id, day, micros, description.
    `micros` is what it did to the credit: below zero for a charge, above for one taken back, as in `ledger.movements`.
    """
    c = custom_fee_charge.c
    rows = conn.execute(
        select(c.entry_id, c.posted_on, -c.micros, custom_fee.c.description)
        .join_from(custom_fee_charge, custom_fee, custom_fee.c.id == c.fee_id)
        .where(*_hidden(period), c.customer_id == customer_id)
        .order_by(c.posted_on, c.entry_id)
    )
    frame = pd.DataFrame([tuple(row) for row in rows], columns=["entry_id", "day", "micros", "description"])
    return typed(frame, {"entry_id": "int64", "micros": "int64"})


def hidden_moves(conn: Connection, *, customer_id: int, period: Period) -> list[tuple[int, int]]:
    """The same as plain pairs, oldest first: the entry and by how many micros it moved the credit."""
    c = custom_fee_charge.c
    query = select(c.entry_id, -c.micros).where(*_hidden(period), c.customer_id == customer_id)
    return [(entry_id, micros) for entry_id, micros in conn.execute(query.order_by(c.posted_on, c.entry_id))]


def hidden_total(conn: Connection, *, customer_id: int, period: Period) -> Money:
    """By how much hidden fees moved a customer's credit in a period: below zero when they took more than came back."""
    c = custom_fee_charge.c
    micros = select(cast(func.coalesce(func.sum(-c.micros), 0), BigInteger)).where(*_hidden(period))
    found = conn.execute(micros.where(c.customer_id == customer_id)).scalar_one()
    return Money(int(found), read_customer(conn, customer_id).currency)


def hidden_register(
    conn: Connection,
    *,
    period: Period,
    customer_id: int | None = None,
    currency: str | None = None,
    page: int = 1,
    size: int = 50,
) -> Register:
    """One page (from 1) of hidden amounts by customer and month; nothing is read but roll-ups and the charges."""
    c = custom_fee_charge.c
    where = [*_hidden(period)]
    where += [c.customer_id == customer_id] if customer_id is not None else []
    where += [c.currency == currency] if currency is not None else []
    grouped = (
        select(
            c.posted_month, c.customer_id, customer.c.name, c.currency, func.count().label("charges"),
            cast(func.sum(c.micros), BigInteger).label("micros"),
        )
        .join_from(custom_fee_charge, customer, customer.c.id == c.customer_id)
        .where(*where)
        .group_by(c.posted_month, c.customer_id, customer.c.name, c.currency)
    )  # fmt: skip
    of_all = grouped.subquery()
    counted = select(of_all.c.currency, func.count(), cast(func.sum(of_all.c.micros), BigInteger))
    totals = [tuple(row) for row in conn.execute(counted.group_by(of_all.c.currency).order_by(of_all.c.currency))]
    people = conn.execute(select(func.count(func.distinct(of_all.c.customer_id)))).scalar_one()
    ordered = grouped.order_by(c.posted_month.desc(), customer.c.name, c.customer_id)
    rows = conn.execute(ordered.limit(size).offset((max(page, 1) - 1) * size)).all()
    frame = _with_spend(conn, [tuple(row) for row in rows], period)
    return Register(frame, sum(count for _, count, _ in totals), {code: micros for code, _, micros in totals}, people)


def _hidden(period: Period) -> tuple[ColumnElement[bool], ...]:
    c = custom_fee_charge.c
    return c.posted_on >= period.starts_on, c.posted_on < period.ends_before, c.visible.is_(False)


def _with_spend(conn: Connection, rows: list[tuple[Any, ...]], period: Period) -> pd.DataFrame:
    """The rows with what each customer spent in its month, from the daily roll-up of its credit account."""
    names = ["month", "customer_id", "customer", "currency", "charges", "hidden_micros", "spend_micros", "share_bp"]
    found = []
    spent = _spend(conn, {row[1] for row in rows}, {row[0] for row in rows}, period) if rows else {}
    for month, customer_id, *facts, hidden in rows:
        spend = spent.get((customer_id, f"{month:%Y-%m}"), 0)
        share = divide(hidden * _WHOLE, spend) if spend > 0 else None
        found.append((month, customer_id, *facts, hidden, spend, share))
    return typed(pd.DataFrame(found, columns=names), _REGISTER)


def _spend(
    conn: Connection, ids: Collection[int], months: Collection[date], period: Period
) -> dict[tuple[int, str], int]:
    days = account_day.c
    month = func.substr(cast(days.day, Text), 1, 7)
    last = max(months)
    query = (
        select(account.c.customer_id, month, cast(func.sum(days.debit - days.credit), BigInteger))
        .join_from(account, account_day, days.account_id == account.c.id)
        .where(account.c.purpose == Purpose.CREDIT.value, text(any_of(conn, "account.customer_id", "ids")))
        .where(days.day >= max(period.starts_on, min(months)), days.day < period.ends_before)
        .where(month <= f"{last:%Y-%m}", days.kind.in_(_USE))
        .group_by(account.c.customer_id, month)
    )
    rows = conn.execute(query, {"ids": listed(conn, sorted(ids))})
    return {(customer_id, of): int(micros) for customer_id, of, micros in rows}
