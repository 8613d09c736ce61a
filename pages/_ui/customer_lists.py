"""Customers as a list: found by what was typed, with their credit."""

from __future__ import annotations

from typing import Any

import pandas as pd

from pages._ui import downloads, tables
from pages._ui.frame import read
from pages._ui.places import country_name
from services.access.model import Principal
from services.customers.queries import BalanceFilter, Sort
from services.reporting.exports import Column, ColumnKind, ExportTable
from services.search import queries as search

BALANCES = {
    BalanceFilter.POSITIVE.value: "Credit in hand",
    BalanceFilter.ZERO.value: "No credit",
    BalanceFilter.NEGATIVE.value: "Negative",
}
SORTS: dict[str, tuple[Sort, bool]] = {
    "Name": (Sort.NAME, False),
    "Newest first": (Sort.CREATED, True),
    "Account id": (Sort.ACCOUNT_ID, False),
    "Country": (Sort.COUNTRY, False),
    "Most credit": (Sort.CREDIT, True),
    "Least credit": (Sort.CREDIT, False),
}

COLUMNS: dict[str, Any] = {
    "name": tables.words("Name", width=210),
    "username": tables.words("Username", width=130),
    "account_id": tables.words("Account id", width=80),
    "place": tables.words("Country", width=105),
    "currency": tables.words("Currency", width=65),
    "credit_micros": tables.money("Credit", width=105),
    "created_on": tables.day("Customer since", width=105),
}
EXPORTED = {
    "account_id": Column("Account id"),
    "username": Column("Username"),
    "name": Column("Name"),
    "email": Column("E-mail"),
    "country": Column("Country"),
    "billing_mode": Column("Billing"),
    "created_on": Column("Customer since", ColumnKind.DAY),
    "currency": Column("Currency"),
    "credit_micros": Column("Credit", ColumnKind.MONEY),
}


def listed(rows: pd.DataFrame) -> None:
    """The grid; a picked row opens the customer."""
    named = rows.assign(place=[country_name(code) for code in rows["country"]])
    tables.drill(
        named, COLUMNS, page="customers/customer.py", parameter="id", by="id", key="customers", alt="Customers"
    )


def export(by: Principal, filters: dict[str, Any], words: dict[str, Any]) -> ExportTable:
    """Every customer the filters leave, for a file, with control totals by currency."""
    found, _ = read(search.page, **filters, size=downloads.EVERY)
    return downloads.table_of("Customers", found.rows, EXPORTED, by=by, **words)
