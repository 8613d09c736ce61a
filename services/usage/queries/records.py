"""Reading usage message by message: pages with masked recipients, sub-accounts, imports and their bad rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd
from sqlalchemy import BigInteger, ColumnElement, Connection, Subquery, Text, and_, cast, false, func, literal, select

from services.customers.tables import customer
from services.periods import Period
from services.usage.model import Product
from services.usage.queries.sums import frame
from services.usage.records import masked
from services.usage.tables import (
    usage_day,
    usage_number_day,
    usage_record,
    usage_sub_day,
    usage_total_day,
)

_RECORD = (
    "sub_account",
    "product",
    "direction",
    "country",
    "quantity",
    "parts",
    "unit_price_micros",
    "price_micros",
    "carrier_fee_micros",
    "currency",
    "status",
    "own_number",
    "recipient",
    "external_id",
    "import_id",
)
_TYPES = {
    "id": "int64",
    "customer_id": "int64",
    "quantity": "int64",
    "parts": "int64",
    "unit_price_micros": "Int64",
    "price_micros": "int64",
    "carrier_fee_micros": "int64",
    "import_id": "int64",
    "entry_id": "Int64",
}


@dataclass(frozen=True, slots=True)
class RecordsPage:
    """One page of message records, newest day first, and how many there are in all."""

    rows: pd.DataFrame
    total: int


def records_page(
    conn: Connection,
    *,
    period: Period,
    customer_id: int | None = None,
    product: Product | None = None,
    country: str | None = None,
    sub_account: str | None = None,
    currency: str | None = None,
    page: int = 1,
    size: int = 50,
) -> RecordsPage:
    """One page (from 1) of records that count, newest day first, one customer's newest first; recipients are masked.

    Columns: id, sent_at (UTC), day, customer_id, username, customer, sub_account, product, direction, country,
    quantity, parts, unit_price_micros (NA where not said), price_micros, carrier_fee_micros, currency, status,
    own_number, recipient, external_id, import_id, entry_id (NA for free usage), posted_on.
    """
    wanted = {
        "customer_id": customer_id,
        "product": product.value if product else None,
        "country": country,
        "sub_account": sub_account,
        "currency": currency,
    }
    filters = {name: value for name, value in wanted.items() if value is not None}
    days = _records_by_day(conn, period, filters)
    skip = (max(page, 1) - 1) * size
    first, last, skip = _span_of_page(days, skip, size)
    c = usage_record.c
    within = [] if customer_id is None else [c.sent_at.desc()]  # of one customer a day is small enough to sort
    chosen = (
        select(usage_record)
        .where(c.day.between(first, last), c.undone.is_(false()))
        .where(*[c[name] == value for name, value in filters.items()])
        .order_by(c.day.desc(), *within, c.id.desc())
        .limit(size)
        .offset(skip)
        .subquery()
    )
    return RecordsPage(_page_rows(conn, chosen, by_moment=bool(within)), sum(days.values()))


def _records_by_day(conn: Connection, period: Period, filters: Mapping[str, Any]) -> dict[date, int]:
    """How many records each day has, newest first, from the roll-up that knows what is asked for."""
    table = usage_sub_day if {"customer_id", "sub_account"} & filters.keys() else usage_total_day
    c = table.c
    count = cast(func.sum(c.records), BigInteger)
    inside = (
        c.day >= period.starts_on,
        c.day < period.ends_before,
        *[c[name] == value for name, value in filters.items()],
    )
    rows = conn.execute(select(c.day, count).where(*inside).group_by(c.day).having(count > 0).order_by(c.day.desc()))
    return {row[0]: row[1] for row in rows}


def _span_of_page(days: Mapping[date, int], skip: int, size: int) -> tuple[date, date, int]:
    """The days (earliest, latest) one page lies in, and the records still to skip: a deep page costs no more."""
    latest: date | None = None
    left, wanted = skip, size
    for day, count in days.items():
        if latest is None and left >= count:
            left -= count
            continue
        if latest is None:
            latest, wanted = day, size + left
        wanted -= count
        if wanted <= 0:
            return day, latest, left
    return min(days, default=date.max), latest or date.min, left


def _page_rows(conn: Connection, chosen: Subquery, *, by_moment: bool) -> pd.DataFrame:
    """The rows of a page with the customer's name and the journal entry each is part of."""
    entry, day = usage_day.c, chosen.c
    posted = and_(
        entry.source == literal("import:") + cast(day.import_id, Text),
        entry.day == day.day,
        entry.customer_id == day.customer_id,
        entry.product == day.product,
        entry.country == day.country,
    )
    columns = [customer.c.username, customer.c.name.label("customer"), *[day[name] for name in _RECORD]]
    found = conn.execute(
        select(day.id, day.sent_at, day.day, day.customer_id, *columns, entry.entry_id, entry.posted_on)
        .join_from(chosen, customer, customer.c.id == day.customer_id)
        .outerjoin(usage_day, posted)
        .order_by(day.day.desc(), *([day.sent_at.desc()] if by_moment else []), day.id.desc())
    )
    rows = [{**row, "recipient": masked(row["recipient"] or "")} for row in found.mappings()]
    return frame(found.keys(), [tuple(row.values()) for row in rows], _TYPES)


def number_traffic(
    conn: Connection, *, period: Period, customer_id: int | None = None, e164: str | None = None
) -> pd.DataFrame:
    """Messages sent from and received on the customers' own numbers: e164, customer_id, last_on, messages, micros."""
    c = usage_number_day.c
    inside = [c.day >= period.starts_on, c.day < period.ends_before]
    inside += [c.customer_id == customer_id] if customer_id is not None else []
    inside += [c.e164 == e164] if e164 is not None else []
    sums = (_total(c.messages).label("messages"), _total(c.micros).label("micros"))
    found = conn.execute(
        select(c.e164, c.customer_id, func.max(c.day).label("last_on"), *sums)
        .where(*inside)
        .group_by(c.e164, c.customer_id)
        .order_by(c.e164, c.customer_id)
    )
    return frame(found.keys(), found.all(), dict.fromkeys(("customer_id", "messages", "micros"), "int64"))


def _total(column: ColumnElement[Any]) -> ColumnElement[int]:
    """A sum that stays a whole number on PostgreSQL too."""
    return cast(func.sum(column), BigInteger)
