"""Aged receivables: who owes for use, since when it is overdue on any day, and the tie to the receivable account."""

from __future__ import annotations

from datetime import date

import streamlit as st

from pages._ui import aged_parts, choosing, downloads, filters, saved_views, tables, text
from pages._ui.frame import empty, open_screen, read
from services.ledger.model import SEE_BOOKS
from services.reporting import aged

opened = open_screen("Aged receivables", SEE_BOOKS, answer="Who owes us for use, and how long has it been overdue?")
saved_views.offer(opened, "aged-receivables")
with filters.row():
    sought = filters.words("Search", key="aged_q", placeholder="Customer, username, account id")
    chosen_day: date | None = st.date_input(
        "As of", None, key="aged_as_of", bind="query-params", format="DD/MM/YYYY", max_value=text.today(), width=150
    )
    currency = filters.one_of("Currency", choosing.currencies(), key="aged_currency", width=100)
    overdue = filters.switch("Overdue only", key="aged_overdue")
as_of = chosen_day or text.today()
wanted = {"as_of": as_of, "currency": currency, "words": sought, "overdue_only": overdue}
page = tables.page_number("aged_page")
found = read(aged.aged, **wanted, page=page, size=tables.PAGE_SIZE)
ties = read(aged.control, as_of=as_of)
words = {
    "as_of_day": text.day(as_of),
    "in_currency": currency or "",
    "only": "overdue" if overdue else "",
    "search": sought,
}
aged_parts.tied(ties)
if found.total:
    with opened.acts:
        downloads.menu(f"aged receivables {as_of}", lambda: aged_parts.export(opened.by, wanted, words, ties))
    aged_parts.sums(found.sums)
    aged_parts.listed(found.rows, as_of)
    tables.pager(
        "aged_page", total=found.total, page=page, noun="customer and currency", plural="customers by currency"
    )
    st.caption("Pick a row to see its invoices, and to ask for a write-off.")
elif sought or currency or overdue:
    empty(f"Nobody fits who owed for use on {text.day(as_of)}.", "Clear the filters, or choose another day.")
else:
    empty(
        f"Nobody owed for use on {text.day(as_of)}.",
        "Postpaid customers appear here with their first invoice in arrears; an unpaid invoice for credit is no debt.",
    )
