"""Dunning: who is overdue, the ones first that need a person, and what was written, promised, paused or stopped."""

from __future__ import annotations

import streamlit as st

from pages._ui import (
    choosing,
    downloads,
    dunning_days,
    dunning_parts,
    dunning_words,
    filters,
    saved_views,
    tables,
    text,
)
from pages._ui.frame import empty, open_screen, read
from services.dunning import queries
from services.dunning.model import SEE_DUNNING
from services.dunning.queries import Need

opened = open_screen("Dunning", SEE_DUNNING, answer="Who is overdue, what did we write, and what needs a person?")
saved_views.offer(opened, "dunning")
with filters.row():
    sought = filters.words("Search", key="dunning_q", placeholder="Customer, username, account id")
    chosen = filters.one_of(
        "State", list(dunning_words.NEEDS), key="dunning_need", shown=lambda name: dunning_words.NEEDS.get(name, name)
    )
    currency = filters.one_of("Currency", choosing.currencies(), key="dunning_currency", width=100)
need = Need[chosen.upper()] if chosen else None
page = tables.page_number("dunning_page")
wanted = {"on": text.today(), "currency": currency, "need": need, "words": sought}
found = read(queries.worklist, **wanted, page=page, size=tables.PAGE_SIZE)
words = {"state": need.label if need else "", "in_currency": currency or "", "search": sought}
with opened.acts:
    with st.container(width="content"):
        downloads.menu("dunning", lambda: dunning_parts.export(opened.by, wanted, words))
    dunning_days.button(opened.by)
if found.total:
    dunning_parts.listed(found.rows)
    tables.pager(
        "dunning_page", total=found.total, page=page, noun="customer and currency", plural="customers by currency"
    )
    st.caption("Pick a row for its invoices and history, to take a promise down or to pause reminders.")
elif sought or chosen or currency:
    empty("Nobody overdue fits.", "Clear the filters.")
else:
    empty(
        "Nobody is overdue.",
        "An invoice in arrears comes here the day after its last day to pay; see Aged receivables.",
    )
