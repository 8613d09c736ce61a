"""Commitments as a list by risk, with the month's meter against its minimum and the limit's against what is owed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pandas as pd

from pages._ui import cached, commitment_drawer, downloads, drawer, tables, text
from services.access.model import Principal
from services.customers.stopping import stopped as stops
from services.frames import typed
from services.postpaid import queries
from services.postpaid.model import Commitment
from services.postpaid.standing import Standing, standings
from services.reporting.exports import Column, ColumnKind, ExportTable

FILTERS = {"expiring": "ends within 90 days", "every": "ended ones too", "stopped": "stopped only"}
_AT_ONCE = 500  # commitments whose days are held in memory together
_MAYBE = ("month_micros", "expected_micros")
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


@dataclass(frozen=True)
class Shown:
    """The rows of one page with their meters, and how many commitments fit in all."""

    rows: pd.DataFrame
    total: int


def standing(today: date, *, page: int = 1, size: int = tables.PAGE_SIZE, **filters: Any) -> Shown:
    """A page of those most at risk first; `filters` are expiring, every and stopped, as the screen's switches."""
    return cached.until_posted(_standing, today=today, page=page, size=size, **filters)


def _standing(
    conn: Any, *, today: date, page: int, size: int, expiring: bool = False, every: bool = False, stopped: bool = False
) -> Shown:
    found = queries.commitments_page(
        conn,
        on=today,
        open_only=not every,
        expiring_before=today + _SOON if expiring else None,
        stopped_only=stopped,
        page=page,
        size=size,
    )
    rows = [{str(name): value for name, value in row.items()} for row in found.rows.to_dict("records")]
    whole: list[dict[str, Any]] = []
    for place in range(0, len(rows), _AT_ONCE):
        whole += _with_meters(conn, rows[place : place + _AT_ONCE], today)
    frame = pd.DataFrame(whole)
    return Shown(typed(frame, {name: "Int64" for name in _MAYBE if name in frame}), found.total)


def _with_meters(conn: Any, rows: list[dict[str, Any]], today: date) -> list[dict[str, Any]]:
    kept = queries.commitments_by_id(conn, [int(row["id"]) for row in rows])
    told = standings(conn, list(kept.values()), today=today)
    barred = stops(conn, [int(row["customer_id"]) for row in rows])
    held = queries.bill_holds(conn, ids=list(kept))
    return [
        row
        | _meters(told[int(row["id"])])
        | {
            "state": _state(
                kept[int(row["id"])], today, stopped=int(row["customer_id"]) in barred, held=row["id"] in held
            )
        }
        for row in rows
    ]


def _state(found: Commitment, today: date, *, stopped: bool, held: bool) -> str:
    state = found.state(today)
    state = "stopped" if stopped and state == "running" else state
    return f"{state}, held" if held else state


def _meters(told: Standing) -> dict[str, Any]:
    return {
        "minimum_micros": told.minimum.micros,
        "month_micros": told.month.micros if told.month else None,
        "expected_micros": told.expected.expected if told.expected else None,
        "true_up_micros": told.true_up.micros,
        "owed_micros": told.owed.micros,
        "limit_used": f"{told.used_of_limit} %",
    }


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


def export(by: Principal, today: date, **filters: Any) -> ExportTable:
    """Every commitment the filters leave, for a file with its control totals by currency."""
    rows = standing(today, size=downloads.EVERY, **filters).rows
    if rows.empty:
        rows = pd.DataFrame(columns=list(_EXPORTED))
    said = ", ".join(words for name, words in FILTERS.items() if filters.get(name)) or "all not ended"
    return downloads.table_of("Commitments", rows, _EXPORTED, by=by, on=text.day(today), shown=said)
