"""Movements of credit as a list: in one column what came in, in another what went out, and what they are called."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import pandas as pd
import streamlit as st

from pages._ui import cards, downloads, drawer, tables, text
from pages._ui.frame import read
from services.access.model import Principal
from services.customers import queries as customers
from services.ledger import queries as ledger
from services.ledger.model import Kind
from services.money import Money
from services.periods import Period
from services.reporting.exports import Column, ColumnKind, ExportTable

MOVES_CREDIT = tuple(
    kind for kind in Kind if kind is Kind.BANK_TOP_UP or kind is Kind.RENTAL or kind.value.startswith("usage_")
)
LABELS = {kind.value: kind.label for kind in Kind}


def shown(rows: pd.DataFrame, *, with_names: bool) -> pd.DataFrame:
    """The rows with labels, amounts apart by direction, and the customers' names where asked for."""
    micros = [int(each) for each in rows["micros"]]
    frame = rows.assign(
        movement=[_label(kind, undone) for kind, undone in zip(rows["kind"], rows["reversal_of_id"], strict=True)],
        in_micros=pd.array([each if each > 0 else None for each in micros], dtype="Int64"),
        out_micros=pd.array([-each if each < 0 else None for each in micros], dtype="Int64"),
    )
    if with_names:
        ids = sorted({int(each) for each in rows["customer_id"].dropna()})
        names = read(customers.names, ids=ids) if ids else {}
        frame = frame.assign(customer=[names.get(int(each), "") for each in rows["customer_id"]])
    return frame


def _label(kind: str, reversal_of: Any) -> str:
    return f"{LABELS[kind]}, taken back" if tables.exact(reversal_of) else LABELS[kind]


def listed(rows: pd.DataFrame, *, key: str, currency: str | None = None, with_names: bool = False) -> None:
    """The grid; a picked row opens its journal entry at the right."""
    frame = shown(rows, with_names=with_names)
    unit = f", {currency}" if currency else ""
    columns: dict[str, Any] = {"day": tables.day("Day", width=95), "movement": tables.words("Movement", width=125)}
    if with_names:
        columns["customer"] = tables.words("Customer", width=135)
    columns["memo"] = tables.words("What for", width=185 if with_names else 295)
    if not currency:
        columns["currency"] = tables.words("Currency", width=65)
    columns |= {"in_micros": tables.money(f"In{unit}", width=95), "out_micros": tables.money(f"Out{unit}", width=95)}
    if "balance_micros" in frame:
        columns["balance_micros"] = tables.money(f"Balance{unit}", width=105)
    row = drawer.picked(frame, columns, key=key, alt="Movements of credit")
    if row is not None:
        drawer.show_entry(int(row["entry_id"]), key=key)


def sums(of: Mapping[str, int]) -> None:
    """What the movements come to, a card a currency; never added across currencies."""
    for place, (code, micros) in zip(cards.row(max(4, len(of))), sorted(of.items()), strict=False):
        with place:
            cards.money("Change", Money(micros, code))


EXPORTED = {
    "day": Column("Day", ColumnKind.DAY),
    "entry_id": Column("Entry", ColumnKind.COUNT),
    "movement": Column("Movement"),
    "customer": Column("Customer"),
    "memo": Column("What for"),
    "currency": Column("Currency"),
    "micros": Column("Amount", ColumnKind.MONEY),
}


def export(
    by: Principal, *, period: Period, customer_id: int | None, kinds: Collection[Kind], currency: str | None
) -> ExportTable:
    """Every movement the filters leave, for a file, with control totals by currency."""
    found = read(
        ledger.movements,
        period=period,
        customer_id=customer_id,
        kinds=kinds,
        currency=currency,
        size=downloads.EVERY,
    )
    frame = shown(found.rows, with_names=True)
    words: dict[str, Any] = {
        "period": f"{period.starts_on} to {period.last_day}",
        "movements": ", ".join(kind.label for kind in kinds),
        "in_currency": currency,
    }
    return downloads.table_of("Transactions", frame, EXPORTED, by=by, **words)


def choose_kinds(key: str) -> list[Kind]:
    """The filter by class of movement, in the address bar by its words."""
    chosen: list[Kind] = st.multiselect(
        "Movement", MOVES_CREDIT, key=key, bind="query-params", format_func=lambda kind: kind.label, width=320
    )
    return chosen


def nothing(period: Period) -> tuple[str, str]:
    """Why there is no movement, and what next."""
    return f"No credit moved in {text.period(period)} that fits.", "Clear the filters or choose a longer period."
