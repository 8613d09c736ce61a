"""Transactions: every movement of customers' credit, newest first, down to its debits and credits."""

from __future__ import annotations

import streamlit as st

from pages._ui import cached, choosing, downloads, filters, movements, tables, text
from pages._ui.frame import OPEN, empty, open_screen, read
from services.ledger import queries as ledger
from services.usage import queries as usage

opened = open_screen("Transactions", OPEN, answer="What moved customers' credit, and why?")
period = filters.chosen_period()
with filters.row():
    customer = choosing.customer_filter("transactions_customer")
    kinds = movements.choose_kinds("transactions_kind")
    currency = filters.one_of("Currency", choosing.currencies(), key="transactions_currency")
customer_id = customer.id if customer else None
if customer and not currency:
    currency = customer.currency
page = tables.page_number("transactions_page")
found = read(
    ledger.movements,
    period=period,
    customer_id=customer_id,
    kinds=tuple(kinds),
    currency=currency,
    page=page,
    size=tables.PAGE_SIZE,
)
if not found.total:
    empty(*movements.nothing(period))
    st.stop()
with opened.acts:
    downloads.menu(
        f"transactions {period.starts_on} {period.last_day}",
        lambda: movements.export(opened.by, period=period, customer_id=customer_id, kinds=kinds, currency=currency),
    )
movements.sums(found.sums)
movements.listed(found.rows, key="transactions", currency=currency, with_names=customer is None)
tables.pager("transactions_page", total=found.total, page=page, noun="movement")
complete = cached.read(usage.complete_through)
st.caption(
    "Pick a row to see its journal entry."
    + (f" Usage is imported up to {text.day(complete)}." if complete else " No usage has been imported yet.")
)
