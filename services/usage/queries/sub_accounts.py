"""Reading usage by customer and sub-account, of what was imported message by message."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd
from sqlalchemy import BigInteger, CompoundSelect, Connection, cast, func, select, union_all

from services.customers.tables import customer
from services.periods import Period
from services.usage.grain import around_whole_months, whole_months
from services.usage.model import Product
from services.usage.queries.sums import Narrowing, frame
from services.usage.tables import usage_sub_day, usage_sub_month

_FIGURES = ("records", "messages", "parts", "micros")


@dataclass(frozen=True, slots=True)
class SubAccountsPage:
    """One page of totals by sub-account, dearest first, and how many sub-accounts there are in all."""

    rows: pd.DataFrame
    total: int


def by_sub_account(
    conn: Connection,
    *,
    period: Period,
    customer_id: int | None = None,
    product: Product | None = None,
    country: str | None = None,
    currency: str | None = None,
) -> pd.DataFrame:
    """Totals of every customer and sub-account; columns as in `sub_accounts_page`."""
    filters = {"customer_id": customer_id, "product": product, "country": country, "currency": currency}
    return sub_accounts_page(conn, period=period, **filters, size=None).rows  # type: ignore[arg-type]  # as named


def sub_accounts_page(
    conn: Connection,
    *,
    period: Period,
    customer_id: int | None = None,
    product: Product | None = None,
    country: str | None = None,
    currency: str | None = None,
    page: int = 1,
    size: int | None = 50,
) -> SubAccountsPage:
    """One page (from 1) of totals by customer and sub-account, dearest first, of what was imported by message.

    Columns: customer_id, username, customer, sub_account ("" is the account itself), currency, records, messages,
    parts, micros. `size=None` means all.
    """
    of = _rows(period, Narrowing(customer_id, product, country, currency)).subquery().c
    key = (of.customer_id, of.sub_account, of.currency)
    # added up and cut before the names are joined: few of the rows meet the customers
    total = cast(func.count().over(), BigInteger).label("total")
    sums = select(*key, *[cast(func.sum(of[name]), BigInteger).label(name) for name in _FIGURES], total).group_by(*key)
    order = (func.sum(of.micros).desc(), of.customer_id, of.sub_account)
    cut = sums.order_by(*order).limit(size).offset((max(page, 1) - 1) * (size or 0)).subquery()
    found = conn.execute(
        select(
            cut.c.customer_id,
            customer.c.username,
            customer.c.name.label("customer"),
            cut.c.sub_account,
            cut.c.currency,
            *[cut.c[name] for name in _FIGURES],
            cut.c.total,
        )
        .join_from(cut, customer, customer.c.id == cut.c.customer_id)
        .order_by(cut.c.micros.desc(), cut.c.customer_id, cut.c.sub_account)
    )
    counts = dict.fromkeys(("customer_id", "records", "messages", "parts", "micros", "total"), "int64")
    rows = frame(found.keys(), found.all(), counts)
    return SubAccountsPage(rows.drop(columns="total"), int(rows["total"].iloc[0]) if len(rows) else 0)


def _rows(period: Period, narrowing: Narrowing) -> CompoundSelect[Any]:
    """The rows to add up: of whole months by month, of the days around them by day."""
    pieces = [(usage_sub_day, usage_sub_day.c.day, piece) for piece in around_whole_months(period)]
    if months := whole_months(period):
        pieces.append((usage_sub_month, usage_sub_month.c.month, months))
    pieces = pieces or [(usage_sub_day, usage_sub_day.c.day, period)]  # a period of no days
    return union_all(
        *(
            select(*[table.c[name] for name in ("customer_id", "sub_account", "currency", *_FIGURES)]).where(
                when >= piece.starts_on, when < piece.ends_before, *narrowing.on(table)
            )
            for table, when, piece in pieces
        )
    )


def sub_accounts(conn: Connection, *, customer_id: int) -> list[str]:
    """The names of a customer's sub-accounts that sent anything, in order, without the account itself."""
    c = usage_sub_month.c
    named = select(c.sub_account).where(c.customer_id == customer_id, c.sub_account != "").distinct()
    return list(conn.execute(named.order_by(c.sub_account)).scalars())
