"""Reading usage: pages of rows, and totals by product, country, day and month that come from the roll-ups."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import pandas as pd
from sqlalchemy import Connection, select

from services.customers.tables import customer
from services.periods import Period
from services.usage.model import Product
from services.usage.queries.sums import (
    Narrowing,
    Sums,
    add,
    frame,
    frame_of,
    sums_of,
    total_sums,
    totals,
)
from services.usage.tables import usage_day, usage_total_day, usage_total_month

FAR_PAGE = 5_000  # rows skipped one by one; beyond it the roll-up says on which day the page begins


@dataclass(frozen=True, slots=True)
class UsagePage:
    """One page of usage rows, newest first, and how many rows there are in all."""

    rows: pd.DataFrame
    total: int


def page(
    conn: Connection,
    *,
    period: Period,
    customer_id: int | None = None,
    product: Product | None = None,
    country: str | None = None,
    currency: str | None = None,
    page: int = 1,
    size: int = 50,
) -> UsagePage:
    """One page (from 1) of rows day x customer x product x country, newest first, with the journal entry of each.

    Columns: day, customer_id, username, customer, product, country, currency, messages, parts, micros, entry_id.
    """
    narrowing = Narrowing(customer_id, product, country, currency)
    total = _count(conn, period, narrowing)
    before, skip = _start_of_page(conn, period, narrowing, (max(page, 1) - 1) * size)
    c = usage_day.c
    wanted = (
        select(usage_day)
        .where(c.day >= period.starts_on, c.day < before, *narrowing.on(usage_day))
        .order_by(c.day.desc(), c.id.desc())
        .limit(size)
        .offset(skip)
        .subquery()
    )
    columns = [wanted.c[name] for name in ("product", "country", "currency", "messages", "parts", "micros", "entry_id")]
    found = conn.execute(
        select(wanted.c.day, wanted.c.customer_id, customer.c.username, customer.c.name.label("customer"), *columns)
        .join_from(wanted, customer, customer.c.id == wanted.c.customer_id)
        .order_by(wanted.c.day.desc(), wanted.c.id.desc())
    )
    return UsagePage(frame(found.keys(), found.all()), total)


def by_product(
    conn: Connection,
    *,
    period: Period,
    customer_id: int | None = None,
    country: str | None = None,
    currency: str | None = None,
    sub_account: str | None = None,
) -> pd.DataFrame:
    """Totals by product and currency: product, currency, row_count, messages, parts, micros."""
    return totals(conn, period, ("product", "currency"), Narrowing(customer_id, None, country, currency, sub_account))


def by_country(
    conn: Connection,
    *,
    period: Period,
    customer_id: int | None = None,
    product: Product | None = None,
    currency: str | None = None,
    sub_account: str | None = None,
) -> pd.DataFrame:
    """Totals by destination and currency: country, currency, row_count, messages, parts, micros."""
    return totals(conn, period, ("country", "currency"), Narrowing(customer_id, product, None, currency, sub_account))


def by_day(
    conn: Connection,
    *,
    period: Period,
    customer_id: int | None = None,
    product: Product | None = None,
    country: str | None = None,
    currency: str | None = None,
    sub_account: str | None = None,
) -> pd.DataFrame:
    """Totals by day, product and currency: day, product, currency, row_count, messages, parts, micros."""
    narrowing = Narrowing(customer_id, product, country, currency, sub_account)
    by = ("day", "product", "currency")
    return frame_of(sums_of(conn, narrowing.table, period, by, narrowing), by)


def by_month(
    conn: Connection,
    *,
    period: Period,
    customer_id: int | None = None,
    product: Product | None = None,
    country: str | None = None,
    currency: str | None = None,
    sub_account: str | None = None,
) -> pd.DataFrame:
    """Totals by month (its first day), product and currency, only the days inside the period."""
    narrowing = Narrowing(customer_id, product, country, currency, sub_account)
    by = ("month", "product", "currency")
    if narrowing.table is usage_total_day:
        return totals(conn, period, by, narrowing)
    sums: Sums = {}
    for (day, *rest), figures in sums_of(conn, narrowing.table, period, ("day", *by[1:]), narrowing).items():
        add(sums, {(day.replace(day=1), *rest): figures})
    return frame_of(sums, by)


def history(
    conn: Connection,
    *,
    period: Period,
    customer_id: int | None = None,
    product: Product | None = None,
    country: str | None = None,
    currency: str | None = None,
    sub_account: str | None = None,
) -> pd.DataFrame:
    """Totals by day and currency, all products together: day, currency, row_count, messages, parts, micros."""
    narrowing = Narrowing(customer_id, product, country, currency, sub_account)
    by = ("day", "currency")
    return frame_of(sums_of(conn, narrowing.table, period, by, narrowing), by)


def countries(conn: Connection) -> list[str]:
    """Every country anything was ever sent to, in the order of their codes."""
    c = usage_total_month.c
    return list(conn.execute(select(c.country).where(c.messages > 0).distinct().order_by(c.country)).scalars())


def _count(conn: Connection, period: Period, narrowing: Narrowing) -> int:
    return sum(figures[0] for figures in total_sums(conn, period, ("currency",), narrowing).values())


def _start_of_page(conn: Connection, period: Period, narrowing: Narrowing, skip: int) -> tuple[date, int]:
    """The day before which a page begins and the rows still to skip there: deep pages cost no more than the first."""
    if skip < FAR_PAGE or narrowing.customer_id is not None:
        return period.ends_before, skip
    before = period.ends_before
    for (day,), figures in sorted(sums_of(conn, usage_total_day, period, ("day",), narrowing).items(), reverse=True):
        if figures[0] > skip:
            return day + timedelta(days=1), skip
        before, skip = day, skip - figures[0]
    return before, skip
