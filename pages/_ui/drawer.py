"""The drawer at the right of a list: one journal entry with its debits and credits, opened from a picked row."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from pages._ui import menu, tables, text
from pages._ui.frame import me, plain, read
from services.access.model import Principal
from services.ledger import queries as ledger
from services.ledger.chart import Section
from services.ledger.model import BASE_CURRENCY, JournalEntry, Posting
from services.money import Money

CUSTOMER = "customers/customer.py"
INVOICE = "billing/invoice.py"
_SECTIONS = {Section.ASSETS: "Asset", Section.LIABILITIES: "Liability", Section.EQUITY: "Equity"}


def picked(
    frame: pd.DataFrame, columns: Mapping[str, Any], *, key: str, alt: str, height: int | str = "auto"
) -> Mapping[str, Any] | None:
    """A grid whose picked row is returned once: closing the drawer it opened (`dismissed`) lets go of the row."""
    turn = st.session_state.setdefault(f"{key}_turn", 0)
    return tables.pick(frame, columns, alt=alt, key=f"{key}_{turn}", height=height)


def dismissed(key: str) -> None:
    """Callback: draw the grid anew, with no row picked."""
    st.session_state[f"{key}_turn"] = st.session_state.get(f"{key}_turn", 0) + 1


def show_entry(entry_id: int, *, key: str) -> None:
    """Open the drawer on a journal entry; `key` is the grid's, whose row is let go of when it closes."""
    draw = st.dialog(f"Journal entry {entry_id}", position="right", width="medium", on_dismiss=lambda: dismissed(key))(
        entry
    )
    draw(entry_id)


def entry(entry_id: int) -> None:
    """A journal entry inside a drawer: its facts, its debits and credits, the way to its customer."""
    by = me()
    found = read(ledger.entry, entry_id=entry_id)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.subheader(plain(found.kind.label), anchor=False, width="content")
        if found.reversed_by_id:
            st.badge(f"Reversed by entry {found.reversed_by_id}", color="orange", icon=":material/undo:")
        if found.reversal_of_id:
            st.badge(f"Reverses entry {found.reversal_of_id}", color="orange", icon=":material/undo:")
    st.caption(f"{text.day(found.effective_on)} · posted by {plain(found.actor)}")
    if found.memo:
        st.write(plain(found.memo))
    _postings(found)
    st.caption(_balance(found))
    _links(by, found)


def _postings(entry: JournalEntry) -> None:
    rows = [_posting(each) for each in entry.postings]
    names = ["account", "currency", "debit_micros", "credit_micros", "base_micros"]
    frame = pd.DataFrame(rows, columns=names).astype(dict.fromkeys(names[2:], "Int64"))
    columns = {
        "account": tables.words("Account", width=190),
        "currency": tables.words("Currency", width=65),
        "debit_micros": tables.money("Debit", width=95),
        "credit_micros": tables.money("Credit", width=95),
    }
    if {each.account.currency for each in entry.postings} != {BASE_CURRENCY}:
        columns["base_micros"] = tables.money(f"In {BASE_CURRENCY}", width=100)
    tables.show(frame, columns, alt=f"Postings of entry {entry.id}", height="content")


def _posting(each: Posting) -> tuple[str, str, int | None, int | None, int]:
    debit, credit = (each.micros, None) if each.micros > 0 else (None, -each.micros)
    return account_name(each), each.account.currency, debit, credit, each.base_micros


def account_name(each: Posting) -> str:
    """An account as people say it: "Liability: credit unpaid"."""
    purpose = each.account.purpose
    words = purpose.value.replace("_", " ").replace("gst", "GST").replace("sms", "SMS").replace("mms", "MMS")
    section = _SECTIONS.get(purpose.section, "Income" if purpose.section is Section.INCOME else "Expense")
    return f"{section}: {words}" + (f", {each.account.detail}" if each.account.detail else "")


def _balance(entry: JournalEntry) -> str:
    debits = sum(each.base_micros for each in entry.postings if each.base_micros > 0)
    credits_ = -sum(each.base_micros for each in entry.postings if each.base_micros < 0)
    word = "equal" if debits == credits_ else "DO NOT equal"
    return f"Debits {word} credits: {text.money(Money(debits, BASE_CURRENCY))}."


def _links(by: Principal, found: JournalEntry) -> None:
    with st.container(horizontal=True, gap="medium"):
        if found.customer_id:
            menu.link(by, CUSTOMER, "The customer", icon=":material/person:", id=str(found.customer_id))
        if found.source == "invoice" and found.source_id:
            menu.link(by, INVOICE, "The invoice", icon=":material/request_quote:", id=str(found.source_id))
