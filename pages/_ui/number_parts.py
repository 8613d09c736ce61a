"""Dedicated numbers as a list: what each costs a month, when it is charged next, and how it stands in words."""

from __future__ import annotations

from typing import Any

import pandas as pd

from pages._ui import downloads, tables, text
from pages._ui.frame import read
from pages._ui.places import country_name
from services.access.model import Principal
from services.numbers import queries as numbers
from services.numbers.model import NumberStatus
from services.reporting.exports import Column, ColumnKind, ExportTable

WORDS = {
    NumberStatus.ACTIVE.value: "Active",
    NumberStatus.CANCELLING.value: "Being cancelled",
    NumberStatus.CANCELLED.value: "Cancelled",
}
EXPORTED = {
    "e164": Column("Number"),
    "customer": Column("Customer"),
    "country": Column("Country"),
    "type": Column("Type"),
    "state": Column("Status"),
    "activated_on": Column("Since", ColumnKind.DAY),
    "cancels_on": Column("Until", ColumnKind.DAY),
    "currency": Column("Currency"),
    "monthly_micros": Column("Monthly fee", ColumnKind.MONEY),
    "next_charge_on": Column("Next charge", ColumnKind.DAY),
    "next_charge_micros": Column("Next amount", ColumnKind.MONEY),
}


def named(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows with statuses and countries in words."""
    return rows.assign(
        state=[WORDS[status] for status in rows["status"]],
        place=[country_name(code) for code in rows["country"]],
        kind=[str(kind).capitalize() for kind in rows["type"]],
    )


def listed(rows: pd.DataFrame, *, key: str, with_names: bool) -> None:
    """The grid; with names a picked row opens its customer."""
    columns: dict[str, Any] = {"e164": tables.words("Number", width=110)}
    if with_names:
        columns["customer"] = tables.words("Customer", width=140)
    columns |= {
        "place": tables.words("Country", width=85),
        "kind": tables.words("Type", width=60),
        "state": tables.words("Status", width=75),
        "activated_on": tables.day("Since", width=88),
        "cancels_on": tables.day("Until", width=80),
        "currency": tables.words("Currency", width=65),
        "monthly_micros": tables.money("A month", width=70),
        "next_charge_on": tables.day("Next charge", width=85),
        "next_charge_micros": tables.money("Amount", width=70),
    }
    alt = "Dedicated numbers"
    if with_names:
        page = "customers/customer.py"
        tables.drill(named(rows), columns, page=page, parameter="id", by="customer_id", key=key, alt=alt)
    else:
        tables.show(named(rows), columns, key=key, alt=alt)


def export(
    by: Principal, *, customer_id: int | None = None, status: NumberStatus | None = None, search: str = ""
) -> ExportTable:
    """Every number the filters leave, for a file, with control totals by currency."""
    found = read(
        numbers.page, on=text.today(), customer_id=customer_id, status=status, text=search, size=downloads.EVERY
    )
    words: dict[str, Any] = {"status": WORDS[status.value] if status else None, "search": search}
    return downloads.table_of("Dedicated numbers", named(found.rows), EXPORTED, by=by, **words)
