"""Commitments as a list by risk, with the month's meter against its minimum and the limit's against what is owed."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pandas as pd

from pages._ui import cached, commitment_drawer, downloads, drawer, tables, text
from services.access.model import Principal
from services.postpaid import queries
from services.postpaid.standing import standing as standing_of
from services.reporting.exports import Column, ColumnKind, ExportTable

MOST = 200  # commitments whose meters one screen works out
_SOON = timedelta(days=90)
_EXPORTED = {
    "id": Column("Commitment"),
    "name": Column("Customer"),
    "username": Column("Username"),
    "currency": Column("Currency"),
    "minimum_micros": Column("Minimum", ColumnKind.MONEY),
    "month_micros": Column("Used this month", ColumnKind.MONEY),
    "expected_micros": Column("Expected", ColumnKind.MONEY),
    "true_up_micros": Column("Draft true-up", ColumnKind.MONEY),
    "owed_micros": Column("Owed", ColumnKind.MONEY),
    "limit_micros": Column("Credit limit", ColumnKind.MONEY),
    "starts_on": Column("Starts", ColumnKind.DAY),
    "ends_before": Column("Ends before", ColumnKind.DAY),
    "state": Column("State"),
}


def standing(today: date, *, expiring: bool, every: bool) -> pd.DataFrame:
    """The rows with their meters, those most at risk first: a limit passed, then the largest draft true-up."""
    return cached.until_posted(_standing, today=today, expiring=expiring, every=every)


def _standing(conn: Any, *, today: date, expiring: bool, every: bool) -> pd.DataFrame:
    before = today + _SOON if expiring else None
    page = queries.commitments_page(conn, on=today, running_only=not every, expiring_before=before, size=MOST)
    rows: list[dict[str, Any]] = []
    listed = queries.commitments_by_id(conn, [int(each) for each in page.rows["id"]])
    for row in page.rows.to_dict("records"):
        kept = {str(name): value for name, value in row.items()}
        found = listed[int(kept["id"])]
        told = standing_of(conn, found, today=today)
        rows.append(
            kept
            | {
                "minimum_micros": told.minimum.micros,
                "month_micros": told.month.micros if told.month else None,
                "expected_micros": told.expected.expected if told.expected else None,
                "true_up_micros": told.true_up.micros,
                "owed_micros": told.owed.micros,
                "limit_used": f"{told.used_of_limit} %",
                "state": found.state(today) + (f", limit {told.alert} %" if told.alert else ""),
                "risk": (told.alert or 0, told.true_up.micros / told.minimum.micros),
            }
        )
    rows = sorted(rows, key=_risk, reverse=True)
    frame = pd.DataFrame(rows)
    whole = ("month_micros", "expected_micros")
    return frame.astype({name: "Int64" for name in whole if name in frame})


def _risk(row: dict[str, Any]) -> tuple[int, float]:
    alert, share = row["risk"]
    return int(alert), float(share)


def listed(rows: pd.DataFrame) -> None:
    """The grid; a picked row opens the commitment at the right."""
    columns: dict[str, Any] = {
        "name": tables.words("Customer", width=165),
        "state": tables.words("State", width=100),
        "currency": tables.words("Currency", width=65),
        "minimum_micros": tables.money("Minimum", width=85),
        "month_micros": tables.money("This month", width=90),
        "expected_micros": tables.money("Expected", width=90),
        "true_up_micros": tables.money("Draft true-up", width=95),
        "limit_used": tables.words("Of limit", width=65),
        "ends_before": tables.day("Ends before", width=95),
    }
    row = drawer.picked(rows, columns, key="commitments", alt="Commitments")
    if row is not None:
        commitment_drawer.show(int(row["id"]), key="commitments")


def export(by: Principal, rows: pd.DataFrame) -> ExportTable:
    """The same rows, for a file."""
    return downloads.table_of("Commitments", rows, _EXPORTED, by=by, on=text.day(text.today()))
