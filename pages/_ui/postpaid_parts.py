"""Postpaid applications as a list: where each stands, what is asked for and whose turn it is."""

from __future__ import annotations

from typing import Any

import pandas as pd

from pages._ui import application_drawer, downloads, drawer, tables, text
from pages._ui.frame import read
from pages._ui.postpaid_words import WORDS, turn_of
from services.access.model import Principal
from services.postpaid import queries
from services.reporting.exports import Column, ColumnKind, ExportTable

_EXPORTED = {
    "id": Column("Application"),
    "name": Column("Customer"),
    "username": Column("Username"),
    "country": Column("Country"),
    "state": Column("State"),
    "turn": Column("Waits for"),
    "currency": Column("Currency"),
    "asked_minimum_micros": Column("A month", ColumnKind.MONEY),
    "asked_limit_micros": Column("Credit limit", ColumnKind.MONEY),
    "asked_months": Column("Months", ColumnKind.COUNT),
    "opened_on": Column("Opened", ColumnKind.DAY),
    "opened_by": Column("Opened by"),
    "recommended_by": Column("Recommended by"),
    "decided_by": Column("Decided by"),
}


def named(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows with states and turns in words."""
    today = text.today()
    return rows.assign(
        state=[WORDS[status] for status in rows["status"]],
        turn=[turn_of(status, signed=signed) for status, signed in zip(rows["status"], rows["signed"], strict=True)],
        age=[text.count((today - day).days, "day") for day in rows["opened_on"]],
    )


def listed(rows: pd.DataFrame) -> None:
    """The grid; a picked row opens the application at the right."""
    columns: dict[str, Any] = {
        "name": tables.words("Customer", width=190),
        "state": tables.words("State", width=105),
        "turn": tables.words("Waits for", width=115),
        "currency": tables.words("Currency", width=65),
        "asked_minimum_micros": tables.money("A month", width=90),
        "asked_limit_micros": tables.money("Credit limit", width=95),
        "age": tables.words("Age", width=75),
        "opened_by": tables.words("Opened by", width=120),
    }
    row = drawer.picked(named(rows), columns, key="postpaid", alt="Postpaid applications")
    if row is not None:
        application_drawer.show(int(row["id"]), key="postpaid")


def export(by: Principal, wanted: dict[str, Any], status: str | None) -> ExportTable:
    """Every application the filter leaves, for a file."""
    found = read(queries.applications_page, **wanted, size=downloads.EVERY)
    state = WORDS[status] if status else "not decided yet"
    return downloads.table_of("Postpaid applications", named(found.rows), _EXPORTED, by=by, state=state)
