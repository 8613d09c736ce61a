"""Aged receivables as a list: the tie to the books, a card a currency, the buckets of each customer, and the export."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import pandas as pd
import streamlit as st

from pages._ui import aged_drawer, cards, downloads, drawer, tables, text
from pages._ui.frame import read
from services.access.model import Principal
from services.money import MICROS, Money
from services.reporting import aged
from services.reporting.aged import Control
from services.reporting.aging import Bucket
from services.reporting.exports import Column, ColumnKind, ExportTable

_SHORT = {
    Bucket.NOT_DUE: "Not yet due",
    Bucket.TO_30: "1–30 days",
    Bucket.TO_60: "31–60 days",
    Bucket.TO_90: "61–90 days",
    Bucket.OVER_90: "Over 90",
}
_EXPORTED = {
    "customer": Column("Customer"),
    "username": Column("Username"),
    "currency": Column("Currency"),
    **{each.column: Column(each.label, ColumnKind.MONEY) for each in Bucket},
    "total_micros": Column("Total", ColumnKind.MONEY),
    "oldest_due_on": Column("Oldest due", ColumnKind.DAY),
}


def tied(ties: Sequence[Control]) -> None:
    """The receivable account of each currency against its invoices, in words; silent while there is nothing."""
    if not ties:
        return
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        for each in ties:
            books = text.money(each.ledger)
            if each.difference:
                words = f"{books} in the books, {text.amount(each.difference)} off"
                st.badge(words, color="red", icon=":material/error:")
            else:
                st.badge(f"{books} in the books, difference 0.00", color="green", icon=":material/check:")
    apart = [text.money(each.for_credit) for each in ties if each.for_credit]
    if apart:
        st.caption(
            f"The receivable account also holds unpaid invoices for credit, which never age: {', '.join(apart)}."
        )


def sums(of: pd.DataFrame) -> None:
    """What is owed and overdue, a card a currency; never added across currencies."""
    for place, row in zip(cards.row(max(4, len(of))), of.to_dict("records"), strict=False):
        with place, st.container(border=True, height="stretch", gap="xsmall"):
            st.metric(f"Owed, {row['currency']}", int(row["total_micros"]) / MICROS, format="accounting")
            overdue = text.amount(Money(int(row["overdue_micros"]), str(row["currency"])))
            st.caption(f"{text.count(int(row['customers']), 'customer')}, {overdue} overdue")


def listed(rows: pd.DataFrame, as_of: date) -> None:
    """The grid, blank where nothing is owed; a picked row opens the customer's invoices at the right."""
    columns: dict[str, Any] = {
        "customer": tables.words("Customer", width=190),
        "currency": tables.words("Currency", width=70),
        **{each.column: tables.money(_SHORT[each], width=95) for each in Bucket},
        "total_micros": tables.money("Total", width=105),
    }
    shown = rows.assign(
        **{each.column: rows[each.column].where(rows[each.column] != 0) for each in Bucket}  # float for showing only
    )
    row = drawer.picked(shown, columns, key="aged", alt="Aged receivables")
    if row is not None:
        aged_drawer.show(int(row["customer_id"]), str(row["currency"]), as_of, key="aged")


def export(by: Principal, wanted: dict[str, Any], words: dict[str, str], ties: Sequence[Control]) -> ExportTable:
    """Everybody the filters leave, with the account's own balance and the difference under the sums."""
    found = read(aged.aged, **wanted, size=downloads.EVERY)
    table = downloads.table_of("Aged receivables", found.rows, _EXPORTED, by=by, **words)
    proof: list[tuple[str, Money]] = []
    for each in ties:
        code = each.currency
        proof += [
            (f"Owed for use, {code}", each.debts),
            (f"Unpaid invoices for credit, {code}", each.for_credit),
            (f"Receivable account, {code}", each.ledger),
            (f"Difference, {code}", each.difference),
        ]
    return replace(table, totals=tuple(proof))
