"""Who will go negative on the 1st, when rental and fees are charged, and the amount that avoids it (rule 29)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd
from sqlalchemy import Column, Connection, Row, Select, func, select

from services.company.model import TaxPoint
from services.company.queries import company
from services.customers.tables import customer
from services.frames import typed
from services.ledger.chart import Purpose
from services.ledger.tables import account, account_balance
from services.money import divide, minor_unit
from services.pricing.queries import currencies, tax_treatment
from services.reporting.shortfall import RECENT_DAYS, horizon, outlooks

__all__ = ["RECENT_DAYS", "Coverage", "coverage", "named"]

COLUMNS = (
    *("customer_id", "currency", "credit_micros", "daily_micros", "use_micros", "rental_micros", "fees_micros"),
    *("balance_micros", "needed_micros"),
)
_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class Coverage:
    """Who will be below zero on the 1st, by currency and the largest gap first.

    `rows`: customer_id, currency, credit_micros (now), daily_micros (recent use a day), use_micros (expected until
    the 1st), rental_micros and fees_micros (charged by the 1st), balance_micros (after them) and needed_micros
    (credit that avoids it). `charged` counts the customers looked at; usage is complete up to `complete_through`.
    """

    rows: pd.DataFrame
    first: date
    complete_through: date
    charged: int


def coverage(conn: Connection, *, today: date) -> Coverage:
    """The prepaid customers with rental or fees to pay by the next 1st whose credit will not suffice for them.

    Expected use is the average of the last 28 days with complete usage (fewer for a younger customer) for each day
    until the 1st. One query whatever the number of customers: kept balances, daily roll-ups, what is due.
    """
    seen = horizon(conn, today)
    found = outlooks(conn, seen)
    of, counted = found.c, select(func.count().label("charged")).select_from(found).subquery()
    wanted = (
        select(found, counted.c.charged)
        .select_from(counted.outerjoin(found, of.needed > 0))
        .order_by(of.currency, of.needed.desc(), of.customer_id)
    )
    answer = conn.execute(wanted).all()
    rows = [
        (
            *(row.customer_id, row.currency, row.credit, divide(row.used, row.recent)),
            *(row.use, row.rental, row.fees, row.balance, row.needed),
        )
        for row in answer
        if row.customer_id is not None
    ]
    return Coverage(_frame(rows, COLUMNS), seen.first, seen.through, answer[0].charged)


def named(conn: Connection, rows: pd.DataFrame, *, today: date) -> pd.DataFrame:
    """Some rows of a coverage with who they are and what to ask of them.

    Adds username, customer, country, coming_micros (invoiced, not paid yet, not counted) and top_up_micros (the
    smallest top-up that brings the credit needed, tax included).
    """
    ids = rows["customer_id"].tolist()
    who = {row.id: row for row in _some(conn, _WHO, customer.c.id, ids)}
    coming = {(row.customer_id, row.currency): row.micros for row in _some(conn, _COMING, account.c.customer_id, ids)}
    top_ups = _TopUps(conn, today)
    added = []
    for customer_id, code, needed in zip(ids, rows["currency"], rows["needed_micros"].tolist(), strict=True):
        one = who[customer_id]
        top_up = top_ups.smallest(needed, code, one.country)
        added.append((one.username, one.name, one.country, coming.get((customer_id, code), 0), top_up))
    columns = ("username", "customer", "country", "coming_micros", "top_up_micros")
    return pd.concat([rows.reset_index(drop=True), _frame(added, columns)], axis=1)


_WHO = select(customer.c.id, customer.c.username, customer.c.name, customer.c.country)
_COMING = (
    select(account.c.customer_id, account.c.currency, (-account_balance.c.balance).label("micros"))
    .join_from(account, account_balance, account_balance.c.account_id == account.c.id)
    .where(account.c.purpose == Purpose.CREDIT_UNPAID.value)
)


def _some(conn: Connection, query: Select[Any], column: Column[Any], ids: Sequence[int]) -> Iterator[Row[Any]]:
    for start in range(0, len(ids), _AT_ONCE):
        yield from conn.execute(query.where(column.in_(ids[start : start + _AT_ONCE])))


def _frame(rows: Sequence[tuple[Any, ...]], columns: Sequence[str]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=list(columns))
    return typed(frame, {name: "int64" for name in columns if name.endswith(("_micros", "_id"))})


class _TopUps:
    """What turns a gap into the smallest top-up: each currency's coin and minimum, each country's tax on a top-up."""

    def __init__(self, conn: Connection, today: date) -> None:
        self._conn, self._today = conn, today
        self._least = {each.code: each.minimum_top_up.micros for each in currencies(conn)}
        self._taxed = company(conn).tax_point is TaxPoint.TOP_UP
        self._rates: dict[str, tuple[int, int]] = {}

    def smallest(self, needed: int, currency: str, country: str) -> int:
        """The least that can be paid and brings so much credit, in micros."""
        return max(self._gross(needed, country, minor_unit(currency)), self._least.get(currency, 0))

    def _gross(self, net: int, country: str, coin: int) -> int:
        if not self._taxed:
            return net
        if country not in self._rates:
            self._rates[country] = tax_treatment(self._conn, country, self._today).rate
        tax, whole = self._rates[country]
        return _up(_up(net * whole, whole - tax) // (whole - tax), coin)


def _up(micros: int, coin: int) -> int:
    return -(-micros // coin) * coin
