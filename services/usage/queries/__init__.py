"""Reading usage: totals and pages by day, and message by message."""

from __future__ import annotations

from services.usage.queries.days import (
    UsagePage,
    by_country,
    by_day,
    by_month,
    by_product,
    countries,
    history,
    page,
)
from services.usage.queries.imports import ImportsPage, bad_rows, complete_through, imports, imports_page
from services.usage.queries.previewing import Preview, preview
from services.usage.queries.records import RecordsPage, number_traffic, records_page
from services.usage.queries.sub_accounts import SubAccountsPage, by_sub_account, sub_accounts, sub_accounts_page

__all__ = [
    "ImportsPage",
    "Preview",
    "RecordsPage",
    "SubAccountsPage",
    "UsagePage",
    "bad_rows",
    "by_country",
    "by_day",
    "by_month",
    "by_product",
    "by_sub_account",
    "complete_through",
    "countries",
    "history",
    "imports",
    "imports_page",
    "number_traffic",
    "page",
    "preview",
    "records_page",
    "sub_accounts",
    "sub_accounts_page",
]
