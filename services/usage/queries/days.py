"""Reading usage: pages of rows, and totals that come from the roll-ups so that five million rows cost no more."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from types import MappingProxyType
from typing import Any

import pandas as pd
from sqlalchemy import BigInteger, ColumnElement, Connection, Table, cast, func, select

from services.customers.tables import customer
from services.periods import Period
from services.usage.grain import around_whole_months, whole_months
from services.usage.model import Product
from services.usage.tables import usage_day, usage_total_day, usage_total_month

FAR_PAGE = 5_000  # rows skipped one by one; beyond it the roll-up says on which day the page begins

_FIGURES = ("row_count", "messages", "parts", "micros")
_NOTHING = (0, 0, 0, 0)
_Sums = dict[tuple[Any, ...], list[int]]

_TYPES = {
    "customer_id": "int64",
    "row_count": "int64",
    "messages": "int64",
    "parts": "int64",
    "micros": "int64",
    "entry_id": "Int64",
}


@dataclass(frozen=True, slots=True)
class UsagePage:
    """One page of usage rows, newest first, and how many rows there are in all."""

    rows: pd.DataFrame
    total: int


@dataclass(frozen=True, slots=True)
class _Filters:
    """What a screen may narrow usage by."""

    customer_id: int | None = None
    product: Product | None = None
    country: str | None = None
    currency: str | None = None

    def on(self, table: Table) -> list[ColumnElement[bool]]:
        """The conditions on one table; roll-ups know no customer."""
        wanted = {
            "customer_id": self.customer_id,
            "product": self.product.value if self.product else None,
            "country": self.country,
            "currency": self.currency,
        }
        return [table.c[name] == value for name, value in wanted.items() if value is not None]


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
    filters = _Filters(customer_id, product, country, currency)
    total = _count(conn, period, filters)
    before, skip = _start_of_page(conn, period, filters, (max(page, 1) - 1) * size)
    c = usage_day.c
    wanted = (
        select(usage_day)
        .where(c.day >= period.starts_on, c.day < before, *filters.on(usage_day))
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
) -> pd.DataFrame:
    """Totals by product and currency: product, currency, row_count, messages, parts, micros."""
    return _totals(conn, period, ("product", "currency"), _Filters(customer_id, None, country, currency))


def by_country(
    conn: Connection,
    *,
    period: Period,
    customer_id: int | None = None,
    product: Product | None = None,
    currency: str | None = None,
) -> pd.DataFrame:
    """Totals by destination and currency: country, currency, row_count, messages, parts, micros."""
    return _totals(conn, period, ("country", "currency"), _Filters(customer_id, product, None, currency))


def by_day(
    conn: Connection,
    *,
    period: Period,
    customer_id: int | None = None,
    product: Product | None = None,
    country: str | None = None,
    currency: str | None = None,
) -> pd.DataFrame:
    """Totals by day, product and currency: day, product, currency, row_count, messages, parts, micros."""
    filters = _Filters(customer_id, product, country, currency)
    by = ("day", "product", "currency")
    return _frame_of(_sums(conn, usage_total_day if customer_id is None else usage_day, period, by, filters), by)


def by_month(
    conn: Connection,
    *,
    period: Period,
    customer_id: int | None = None,
    product: Product | None = None,
    country: str | None = None,
    currency: str | None = None,
) -> pd.DataFrame:
    """Totals by month (its first day), product and currency, only the days inside the period."""
    filters = _Filters(customer_id, product, country, currency)
    if customer_id is None:
        return _totals(conn, period, ("month", "product", "currency"), filters)
    days = by_day(conn, period=period, customer_id=customer_id, product=product, country=country, currency=currency)
    sums: _Sums = {}
    for day, product_name, code, *figures in days.itertuples(index=False):
        _add(sums, {(day.replace(day=1), product_name, code): [int(figure) for figure in figures]})
    return _frame_of(sums, ("month", "product", "currency"))


def _totals(conn: Connection, period: Period, by: tuple[str, ...], filters: _Filters) -> pd.DataFrame:
    return _frame_of(_total_sums(conn, period, by, filters), by)


def _total_sums(conn: Connection, period: Period, by: tuple[str, ...], filters: _Filters) -> _Sums:
    """Whole months from the monthly roll-up, the days around them from the daily one, one customer from the rows."""
    if filters.customer_id is not None:
        return _sums(conn, usage_day, period, by, filters)
    sums: _Sums = {}
    for piece in around_whole_months(period):
        plain = tuple(name for name in by if name != "month")
        month = (piece.starts_on.replace(day=1),) if "month" in by else ()
        _add(sums, {(*month, *key): row for key, row in _sums(conn, usage_total_day, piece, plain, filters).items()})
    if months := whole_months(period):
        _add(sums, _sums(conn, usage_total_month, months, by, filters))
    return sums


def _sums(conn: Connection, table: Table, period: Period, by: tuple[str, ...], filters: _Filters) -> _Sums:
    """The figures of one table in a period, by the columns named."""
    when = table.c.month if table is usage_total_month else table.c.day
    count: ColumnElement[Any] = func.count() if table is usage_day else func.sum(table.c.row_count)
    # PostgreSQL sums BIGINT to NUMERIC, which would arrive as a decimal or a float
    sums = [cast(figure, BigInteger) for figure in (count, *(func.sum(table.c[name]) for name in _FIGURES[1:]))]
    groups = [table.c[name] for name in by]
    inside = (when >= period.starts_on, when < period.ends_before, *filters.on(table))
    rows = conn.execute(select(*groups, *sums).where(*inside).group_by(*groups))
    return {tuple(row[: len(by)]): list(row[len(by) :]) for row in rows}


def _add(sums: _Sums, more: _Sums) -> None:
    for key, figures in more.items():
        sums[key] = [one + other for one, other in zip(sums.get(key, _NOTHING), figures, strict=True)]


def _frame_of(sums: _Sums, by: tuple[str, ...]) -> pd.DataFrame:
    """What was imported and undone again leaves rows behind that say nothing."""
    return frame([*by, *_FIGURES], [(*key, *sums[key]) for key in sorted(sums) if any(sums[key][1:])])


def frame(
    names: Iterable[str], rows: Sequence[Sequence[Any]], types: Mapping[str, str] = MappingProxyType(_TYPES)
) -> pd.DataFrame:
    """A frame whose whole numbers stay whole numbers, also when there is no row."""
    frame = pd.DataFrame([tuple(row) for row in rows], columns=list(names))
    held = {str(name): str(kind) for name, kind in frame.dtypes.items()}
    wrong = {name: kind for name, kind in types.items() if held.get(name, kind) != kind}
    return frame.astype(wrong) if wrong else frame


def _count(conn: Connection, period: Period, filters: _Filters) -> int:
    return sum(figures[0] for figures in _total_sums(conn, period, ("currency",), filters).values())


def _start_of_page(conn: Connection, period: Period, filters: _Filters, skip: int) -> tuple[date, int]:
    """The day before which a page begins and the rows still to skip there: deep pages cost no more than the first."""
    if skip < FAR_PAGE or filters.customer_id is not None:
        return period.ends_before, skip
    before = period.ends_before
    for (day,), figures in sorted(_sums(conn, usage_total_day, period, ("day",), filters).items(), reverse=True):
        if figures[0] > skip:
            return day + timedelta(days=1), skip
        before, skip = day, skip - figures[0]
    return before, skip
