"""Dunning as a list: who is overdue, how far the letters went, what is promised or paused, and the export of it."""

from __future__ import annotations

from typing import Any

import pandas as pd

from pages._ui import downloads, drawer, dunning_drawer, tables, text
from pages._ui.frame import read
from services.access.model import Principal
from services.dunning import queries
from services.dunning.model import Stage
from services.dunning.queries import Need
from services.reporting.exports import Column, ColumnKind, ExportTable

_EXPORTED = {
    "customer": Column("Customer"),
    "username": Column("Username"),
    "state": Column("State"),
    "currency": Column("Currency"),
    "overdue_micros": Column("Overdue", ColumnKind.MONEY),
    "invoices": Column("Invoices", ColumnKind.COUNT),
    "days": Column("Days", ColumnKind.COUNT),
    "letter": Column("Last letter"),
    "reminded_on": Column("On", ColumnKind.DAY),
    "promised_micros": Column("Promised", ColumnKind.MONEY),
    "promised_on": Column("Promised by", ColumnKind.DAY),
    "paused": Column("Paused because"),
    "paused_until": Column("Paused until", ColumnKind.DAY),
}


def named(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows with states, letters and days in words and numbers."""
    today = text.today()
    return rows.assign(
        state=[Need(int(each)).label for each in rows["need"]],
        letter=[Stage(int(each)).label if pd.notna(each) else "" for each in rows["stage"]],
        days=[(today - each).days for each in rows["oldest_due_on"]],
    )


def listed(rows: pd.DataFrame) -> None:
    """The grid; a picked row opens the customer's debts at the right."""
    columns: dict[str, Any] = {
        "customer": tables.words("Customer", width=185),
        "state": tables.words("State", width=140),
        "currency": tables.words("Currency", width=70),
        "overdue_micros": tables.money("Overdue", width=95),
        "days": tables.number("Days", width=55),
        "reminded_on": tables.day("Last letter", width=100),
        "promised_on": tables.day("Promised by", width=100),
        "paused_until": tables.day("Paused until", width=100),
    }
    row = drawer.picked(named(rows), columns, key="dunning", alt="Dunning")
    if row is not None:
        dunning_drawer.show(int(row["customer_id"]), str(row["currency"]), key="dunning")


def export(by: Principal, wanted: dict[str, Any], words: dict[str, str]) -> ExportTable:
    """Everybody the filters leave, for a file."""
    found = read(queries.worklist, **wanted, size=downloads.EVERY)
    return downloads.table_of("Dunning", named(found.rows), _EXPORTED, by=by, **words)
