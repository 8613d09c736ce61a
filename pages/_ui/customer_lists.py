"""Customers as a list: found by what was typed, with their credit; and what else a searched text may name."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from pages._ui import downloads, menu, tables, text
from pages._ui.frame import read
from pages._ui.places import country_name
from services.access.model import Principal
from services.customers import queries as customers
from services.customers.queries import BalanceFilter, Sort
from services.invoices import queries as invoices
from services.numbers import queries as numbers
from services.reporting.exports import Column, ColumnKind, ExportTable

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
_SHORTEST_ELSEWHERE = 4  # shorter texts name too many invoices and numbers to be worth looking

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


def elsewhere(by: Principal, sought: str) -> None:
    """Links to the invoices and dedicated numbers a searched text names, above the customers it names."""
    if len(sought) < _SHORTEST_ELSEWHERE:
        return
    papers = read(invoices.page, text=sought, size=3).rows
    digits = sum(sign.isdigit() for sign in sought) >= _SHORTEST_ELSEWHERE
    lines = read(numbers.page, on=text.today(), text=sought, size=3).rows if digits else pd.DataFrame()
    with st.container(gap="xxsmall"):
        for number, reference, name, key in _columns(papers, "number", "reference", "company_name", "id"):
            label = f"Invoice {number}, {reference}, {name}"
            menu.link(by, "billing/invoice.py", label, icon=":material/request_quote:", id=key)
        for number, name, key in _columns(lines, "e164", "customer", "customer_id"):
            label = f"Number {number}, {name}"
            menu.link(by, "customers/customer.py", label, icon=":material/dialpad:", id=key)


def _columns(frame: pd.DataFrame, *names: str) -> list[tuple[str, ...]]:
    if frame.empty:
        return []
    return [tuple(str(cell) for cell in row) for row in zip(*(frame[name] for name in names), strict=True)]


def export(by: Principal, filters: dict[str, Any], words: dict[str, Any]) -> ExportTable:
    """Every customer the filters leave, for a file, with control totals by currency."""
    found = read(customers.page, **filters, size=downloads.EVERY)
    return downloads.table_of("Customers", found.rows, EXPORTED, by=by, **words)
