"""Adding usage up from the coarsest table that knows what is asked for, so that millions of rows cost no more."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import pandas as pd
from sqlalchemy import BigInteger, ColumnElement, Connection, Table, cast, func, select

from services import frames
from services.periods import Period
from services.usage.grain import around_whole_months, whole_months
from services.usage.model import Product
from services.usage.tables import usage_day, usage_sub_day, usage_total_day, usage_total_month

FIGURES = ("row_count", "messages", "parts", "micros")
TYPES = {
    "customer_id": "int64",
    "row_count": "int64",
    "messages": "int64",
    "parts": "int64",
    "micros": "int64",
    "entry_id": "Int64",
}
Sums = dict[tuple[Any, ...], list[int]]

_NOTHING = (0, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Narrowing:
    """What a screen may narrow usage by; a sub-account only beside its customer, and "" is the account itself."""

    customer_id: int | None = None
    product: Product | None = None
    country: str | None = None
    currency: str | None = None
    sub_account: str | None = None

    @property
    def table(self) -> Table:
        """The daily table that knows what is asked for: of all customers, of one, or of its sub-accounts."""
        if self.sub_account is not None:
            return usage_sub_day
        return usage_total_day if self.customer_id is None else usage_day

    def on(self, table: Table) -> list[ColumnElement[bool]]:
        """The conditions on one table; the roll-ups of all customers know no customer."""
        wanted = {
            "customer_id": self.customer_id,
            "product": self.product.value if self.product else None,
            "country": self.country,
            "currency": self.currency,
            "sub_account": self.sub_account,
        }
        return [table.c[name] == value for name, value in wanted.items() if value is not None]


def totals(conn: Connection, period: Period, by: tuple[str, ...], narrowing: Narrowing) -> pd.DataFrame:
    """The figures of a period by the columns named, as a frame in their order."""
    return frame_of(total_sums(conn, period, by, narrowing), by)


def total_sums(conn: Connection, period: Period, by: tuple[str, ...], narrowing: Narrowing) -> Sums:
    """Whole months from the monthly roll-up, the days around them from the daily one; one customer's from the days."""
    if narrowing.table is not usage_total_day:
        return sums_of(conn, narrowing.table, period, by, narrowing)
    sums: Sums = {}
    for piece in around_whole_months(period):
        plain = tuple(name for name in by if name != "month")
        month = (piece.starts_on.replace(day=1),) if "month" in by else ()
        found = sums_of(conn, usage_total_day, piece, plain, narrowing)
        add(sums, {(*month, *key): row for key, row in found.items()})
    if months := whole_months(period):
        add(sums, sums_of(conn, usage_total_month, months, by, narrowing))
    return sums


def sums_of(conn: Connection, table: Table, period: Period, by: tuple[str, ...], narrowing: Narrowing) -> Sums:
    """The figures of one table in a period, by the columns named."""
    when = table.c.month if table is usage_total_month else table.c.day
    count: ColumnElement[Any] = func.sum(table.c.row_count) if "row_count" in table.c else func.count()
    # PostgreSQL sums BIGINT to NUMERIC, which would arrive as a decimal or a float
    sums = [cast(figure, BigInteger) for figure in (count, *(func.sum(table.c[name]) for name in FIGURES[1:]))]
    groups = [table.c[name] for name in by]
    inside = (when >= period.starts_on, when < period.ends_before, *narrowing.on(table))
    rows = conn.execute(select(*groups, *sums).where(*inside).group_by(*groups))
    return {tuple(row[: len(by)]): list(row[len(by) :]) for row in rows}


def add(sums: Sums, more: Sums) -> None:
    """Add figures by key to others."""
    for key, figures in more.items():
        sums[key] = [one + other for one, other in zip(sums.get(key, _NOTHING), figures, strict=True)]


def frame_of(sums: Sums, by: tuple[str, ...]) -> pd.DataFrame:
    """A frame in the order of its keys; what was imported and undone again leaves rows behind that say nothing."""
    return frame([*by, *FIGURES], [(*key, *sums[key]) for key in sorted(sums) if any(sums[key][1:])])


def frame(
    names: Iterable[str], rows: Sequence[Sequence[Any]], types: Mapping[str, str] = MappingProxyType(TYPES)
) -> pd.DataFrame:
    """A frame whose whole numbers stay whole numbers, also when there is no row."""
    columns = list(names)
    return frames.frame(columns, rows, {name: kind for name, kind in types.items() if name in columns})
