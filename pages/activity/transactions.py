"""Transactions: every movement of customers' credit, newest first, down to its postings and what caused it."""

from __future__ import annotations

import streamlit as st

from pages._ui import cached, downloads, filters, movement_filters, movements, saved_views, tables, text
from pages._ui.frame import OPEN, empty, open_screen, plain, read
from services.ledger import queries as ledger
from services.usage import queries as usage

opened = open_screen("Transactions", OPEN, answer="What moved customers' credit, and why?")
saved_views.offer(opened, "transactions")
period = filters.chosen_period()
chosen = movement_filters.choose(period)
wanted = chosen.wanted
if also := movement_filters.narrowed(chosen):
    st.caption(f"Narrowed under More: {plain(also)}.")
page = tables.page_number("transactions_page")
found = read(ledger.found_movements, wanted=wanted, page=page, size=tables.PAGE_SIZE)
if found.searched:
    st.info(
        f"The newest {found.searched:,} movements were looked at, back to {text.day(found.since)}: this filter reads "
        "them one by one. Choose a shorter period, a customer or a class to look further back; an export reads all.",
        icon=":material/manage_search:",
    )
if not found.total:
    empty(*movements.nothing(period))
    st.stop()
with opened.acts:
    downloads.menu(
        f"transactions {period.starts_on} {period.last_day}",
        lambda: movements.export(opened.by, wanted, chosen.said),
    )
movements.sums(found.sums)
movements.listed(found.rows, key="transactions", currency=wanted.currency, with_names=chosen.customer is None)
tables.pager("transactions_page", total=found.total, page=page, noun="movement")
complete = cached.read(usage.complete_through)
st.caption(
    "Pick a row to see its journal entry and what caused it."
    + (f" Usage is imported up to {text.day(complete)}." if complete else " No usage has been imported yet.")
)
