"""Reading usage by customer and sub-account, of what was imported message by message."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pandas as pd
from sqlalchemy import BigInteger, CompoundSelect, Connection, Select, Table, cast, func, select, union_all

from services.customers.tables import customer
from services.periods import Period, month_of
from services.usage.grain import around_whole_months, outside_in_month, whole_months
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
    of = _rows(conn, period, Narrowing(customer_id, product, country, currency)).subquery().c
    key = (of.customer_id, of.sub_account, of.currency)
    # added up and cut before the names are joined: few of the rows meet the customers
    total = cast(func.count().over(), BigInteger).label("total")
    sums = select(*key, *[cast(func.sum(of[name]), BigInteger).label(name) for name in _FIGURES], total)
    # a month less all its days leaves nothing of some
    sums = sums.group_by(*key).having(func.sum(of.records) != 0)
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


def dearest_by_product(
    conn: Connection, *, customer_id: int, period: Period, most: int
) -> dict[Product, list[tuple[str, int, int]]]:
    """For each product the `most` dearest sub-accounts of a customer in a period: name, messages, micros.

    Read at once and without a frame, for runs over many customers: a calendar month from its totals, any other period
    from its days.
    """
    table = usage_sub_month if period == month_of(period.starts_on) else usage_sub_day
    c = table.c
    when = c.month if table is usage_sub_month else c.day
    micros, messages = (cast(func.sum(each), BigInteger) for each in (c.micros, c.messages))
    place = func.row_number().over(partition_by=c.product, order_by=(func.sum(c.micros).desc(), c.sub_account))
    sums = (
        select(c.product, c.sub_account, messages.label("messages"), micros.label("micros"), place.label("place"))
        .where(c.customer_id == customer_id, when >= period.starts_on, when < period.ends_before)
        .group_by(c.product, c.sub_account)
        .having(func.sum(c.records) != 0)
        .subquery()
    )
    found: dict[Product, list[tuple[str, int, int]]] = {}
    for row in conn.execute(select(sums).where(sums.c.place <= most).order_by(sums.c.product, sums.c.place)):
        found.setdefault(Product(row.product), []).append((row.sub_account, int(row.messages), int(row.micros)))
    return found


def _rows(conn: Connection, period: Period, narrowing: Narrowing) -> CompoundSelect[Any]:
    """The rows to add up: whole months by month; of a part of a month the days, or the month less the other days."""
    parts = [_part(usage_sub_day, period, narrowing)] if not period.days else []
    if months := whole_months(period):
        parts.append(_part(usage_sub_month, months, narrowing))
    held = _held(conn)
    for piece in around_whole_months(period):
        others = outside_in_month(piece, held)
        if sum(other.days for other in others) < piece.days:
            parts.append(_part(usage_sub_month, month_of(piece.starts_on), narrowing))
            parts += [_part(usage_sub_day, other, narrowing, sign=-1) for other in others]
        else:
            parts.append(_part(usage_sub_day, piece, narrowing))
    return union_all(*parts)


def _part(table: Table, period: Period, narrowing: Narrowing, *, sign: int = 1) -> Select[Any]:
    c = table.c
    when = c.month if table is usage_sub_month else c.day
    figures = [(sign * c[name]).label(name) for name in _FIGURES]
    inside = (when >= period.starts_on, when < period.ends_before, *narrowing.on(table))
    return select(c.customer_id, c.sub_account, c.currency, *figures).where(*inside)


def _held(conn: Connection) -> Period:
    """From the first to the last day anything was sent on; a period of no days where nothing was."""
    day = usage_sub_day.c.day
    first: date | None = conn.execute(select(func.min(day))).scalar()
    last: date | None = conn.execute(select(func.max(day))).scalar()
    return Period(first, last + timedelta(days=1)) if first and last else Period(date.min, date.min)


def sub_accounts(conn: Connection, *, customer_id: int) -> list[str]:
    """The names of a customer's sub-accounts that sent anything, in order, without the account itself."""
    c = usage_sub_month.c
    named = select(c.sub_account).where(c.customer_id == customer_id, c.sub_account != "").distinct()
    return list(conn.execute(named.order_by(c.sub_account)).scalars())
