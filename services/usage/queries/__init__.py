"""Reading usage: totals and pages by day, and message by message."""

from __future__ import annotations

from services.usage.queries.days import UsagePage, by_country, by_day, by_month, by_product, page
from services.usage.queries.imports import bad_rows, complete_through, imports
from services.usage.queries.records import (
    RecordsPage,
    by_sub_account,
    number_traffic,
    records_page,
    sub_accounts,
)

__all__ = [
    "RecordsPage",
    "UsagePage",
    "bad_rows",
    "by_country",
    "by_day",
    "by_month",
    "by_product",
    "by_sub_account",
    "complete_through",
    "imports",
    "number_traffic",
    "page",
    "records_page",
    "sub_accounts",
]
