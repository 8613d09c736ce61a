"""Payers remembered: whose account paid for which customer, forgotten where it was learned wrongly."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
import streamlit as st

from pages._ui import cached, downloads, filters, menu, tables
from pages._ui.forms import Form
from pages._ui.frame import Screen, empty, plain, read
from services.payments.payers import queries
from services.payments.payers.model import Payer
from services.payments.payers.operations import forget_payer
from services.reporting.exports import Column, ColumnKind, ExportTable

_COLUMNS: dict[str, Any] = {
    "customer": tables.words("Customer", width=190),
    "account": tables.words("Payer’s account", width=215),
    "name": tables.words("Named by the bank", width=190),
    "times": tables.number("Paid", width=55),
    "last_on": tables.day("Last on", width=90),
    "shared": tables.words("Also pays for", width=100),
}
_EXPORTED = {
    "customer": Column("Customer"),
    "account": Column("Payer’s account"),
    "name": Column("Named by the bank"),
    "times": Column("Paid", ColumnKind.COUNT),
    "last_on": Column("Last on", ColumnKind.DAY),
    "shared": Column("Also pays for"),
}


def screen(opened: Screen) -> None:
    """The list, the last to pay first; a picked one can be forgotten with a reason."""
    typed = filters.words("Find", key="payers_q", placeholder="Customer or account")
    page = tables.page_number("payers_page")
    found, total = read(queries.payers, text=typed, page=page)
    if not found:
        next_step = "Look for something else." if typed else "Accounts are remembered as their receipts are matched."
        empty("No payer is remembered" + (" by that." if typed else " yet."), next_step)
        return
    with opened.acts:
        downloads.menu("remembered payers", lambda: _exported(opened, typed))
    turn = st.session_state.get("payers_turn", 0)
    row = tables.pick(_frame(found), _COLUMNS, alt="Payers remembered", key=f"payers_{turn}")
    tables.pager("payers_page", total=total, page=page, noun="remembered payer")
    if row is None:
        st.caption("A remembered account speaks for its customer when a receipt is matched. Pick one to forget it.")
    else:
        _forget(opened, next(each for each in found if _same(each, row)))


def _same(each: Payer, row: Any) -> bool:
    return (each.account, each.customer_id) == (row["account"], int(row["customer_id"]))


def _forget(opened: Screen, payer: Payer) -> None:
    menu.link(opened.by, "customers/customer.py", payer.customer, icon=":material/person:", id=str(payer.customer_id))
    form = Form(f"forget_{payer.account}_{payer.customer_id}")
    with form.drawn():
        st.caption(plain(f"{payer.account} speaks for {payer.customer} no more. What was matched stays matched."))
        reason = form.text("reason", "Why it is not this customer’s account", max_chars=500)
        sent = st.form_submit_button("Forget", icon=":material/delete:")
    facts = {"account": payer.account, "customer_id": payer.customer_id, "reason": reason}
    if sent and form.act(
        forget_payer, told="Forgotten: the account speaks for nobody until it is learned anew.", **facts
    ):
        st.session_state["payers_turn"] = st.session_state.get("payers_turn", 0) + 1
        cached.forget()
        st.rerun()


def _frame(found: Sequence[Payer]) -> pd.DataFrame:
    rows = [
        (
            each.customer, each.account, each.name, each.times, each.last_on, "others too" if each.shared else "",
            each.customer_id,
        )
        for each in found
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=[*_EXPORTED, "customer_id"])


def _exported(opened: Screen, typed: str) -> ExportTable:
    found, _ = read(queries.payers, text=typed, size=downloads.EVERY)
    return downloads.table_of("Payers remembered", _frame(found), _EXPORTED, by=opened.by, search=typed)
