"""Matched receipts, newest first, each to be taken back from its invoice with a reason."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from pages._ui import cached, downloads, filters, tables, text
from pages._ui.forms import Form
from pages._ui.frame import Screen, empty, plain, read
from services.frames import typed
from services.payments import queries as payments
from services.payments.operations import undo_allocation
from services.periods import Period
from services.reporting.exports import Column, ColumnKind, ExportTable


def matched(screen: Screen) -> None:
    """What was matched in the period, newest first; a picked row can be taken back."""
    page = tables.page_number("matched_page")
    period = filters.chosen_period()
    found = read(payments.page, period=period, page=page, size=tables.PAGE_SIZE)
    if not found.total:
        empty(f"No receipt was matched in {text.period(period)}.", "Choose a longer period.")
        return
    with screen.acts, st.container(width="content"):
        downloads.menu("matched receipts", lambda: _export(screen, period))
    row = tables.pick(_stated(found.rows), _MATCHED, alt="Matched receipts", key="matched")
    tables.pager("matched_page", total=found.total, page=page, noun="match", plural="matches")
    if row is None:
        st.caption("Pick a row to take a receipt back from its invoice.")
    elif tables.exact(row["undone_at"]):
        st.caption(f"{plain(str(row['undone_by']))} took it back: {plain(str(row['undone_reason']))}.")
    else:
        _take_back(row)


def _stated(rows: pd.DataFrame) -> pd.DataFrame:
    state = ["Taken back" if tables.exact(at) else "Counts" for at in rows["undone_at"]]
    return typed(rows.assign(state=state), dict.fromkeys(("paid_micros", "fee_micros", "net_micros"), "Int64"))


def _export(screen: Screen, period: Period) -> ExportTable:
    rows = _stated(read(payments.page, period=period, page=1, size=downloads.EVERY).rows)
    return downloads.table_of("Matched receipts", rows, _EXPORTED, by=screen.by, period=text.period(period))


_EXPORTED = {
    "allocated_on": Column("Matched", ColumnKind.DAY),
    "number": Column("Invoice"),
    "counterparty": Column("Received from"),
    "currency": Column("Currency"),
    "paid_micros": Column("Received", ColumnKind.MONEY),
    "fee_micros": Column("Bank fee", ColumnKind.MONEY),
    "net_micros": Column("Credit", ColumnKind.MONEY),
    "state": Column("State"),
    "rule": Column("Rule"),
    "score": Column("Score", ColumnKind.COUNT),
    "allocated_by": Column("By"),
}
_MATCHED: dict[str, Any] = {
    "allocated_on": tables.day("Matched", width=88),
    "number": tables.words("Invoice", width=116),
    "counterparty": tables.words("Received from", width=165),
    "currency": tables.words("Currency", width=63),
    "paid_micros": tables.money("Received", width=76),
    "fee_micros": tables.money("Bank fee", width=68),
    "net_micros": tables.money("Credit", width=76),
    "state": tables.words("State", width=64),
    "rule": tables.words("Rule", width=125),
}


def _take_back(row: Any) -> None:
    form = Form(f"undo_match_{int(row['id'])}")
    st.caption(f"{plain(str(row['allocated_by']))} matched it: {plain(str(row['rule']))}.")
    with form.drawn():
        reason = form.text("reason", f"Why the receipt is taken back from {row['number']}")
        sent = st.form_submit_button("Undo", icon=":material/undo:")
    told = f"Taken back: {row['number']} waits for its money again, and the receipt for its invoice."
    if sent and form.act(undo_allocation, told=told, allocation_id=int(row["id"]), reason=reason):
        cached.forget()
        st.rerun()
