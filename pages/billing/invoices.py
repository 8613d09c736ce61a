"""Invoices: what was invoiced, what of it still waits for money, and how old that is."""

from __future__ import annotations

import streamlit as st

from pages._ui import choosing, downloads, filters, invoice_parts, menu, saved_views, tables, text
from pages._ui.frame import empty, open_screen, read
from services.invoices import queries
from services.invoices.model import ISSUE_INVOICE, SEE_INVOICES, InvoiceStatus

opened = open_screen("Invoices", SEE_INVOICES, answer="What was invoiced, and what of it still waits for money?")
saved_views.offer(opened, "invoices")
period = filters.chosen_period()
with filters.row():
    sought = filters.words("Search", key="invoices_q", placeholder="Number, reference, company, account id")
    status = filters.one_of(
        "Status",
        list(invoice_parts.WORDS),
        key="invoices_status",
        shown=lambda name: invoice_parts.WORDS.get(name, name),
    )
    currency = filters.one_of("Currency", choosing.currencies(), key="invoices_currency")
    always = filters.switch(
        "Any day of issue",
        key="invoices_always",
        help_text="Invoices that wait for money are shown whenever they were issued.",
    )
waiting = status == invoice_parts.OPEN
anytime = always or waiting or bool(sought)
chosen = {
    "period": None if anytime else period,
    "status": InvoiceStatus(status) if status and not waiting else None,
    "open_only": waiting,
    "currency": currency,
    "text": sought,
}
page = tables.page_number("invoices_page")
found = read(queries.page, **chosen, page=page, size=tables.PAGE_SIZE)
issues = opened.by.may(ISSUE_INVOICE)
if not found.total:
    when = "" if anytime else f" issued in {text.period(period)}"
    empty(f"No invoice{when} fits.", "Clear the filters, choose a longer period, or issue one.")
    st.stop()
words = {
    "issued": "any day" if anytime else f"{period.starts_on} to {period.last_day}",
    "status": invoice_parts.WORDS[status] if status else "",
    "in_currency": currency or "",
    "search": sought,
}
with opened.acts:
    with st.container(width="content"):
        downloads.menu("invoices", lambda: invoice_parts.export(opened.by, chosen, words))
    if issues and st.button("New invoice", type="primary", icon=":material/note_add:"):
        st.switch_page(str(menu.PAGES / "billing/new_invoice.py"))
invoice_parts.sums(found.sums)
invoice_parts.listed(found.rows, key="invoices", currency=currency)
tables.pager("invoices_page", total=found.total, page=page, noun="invoice")
