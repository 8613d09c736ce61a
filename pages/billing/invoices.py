"""Invoices: what was invoiced, what of it still waits for money and how old that is; and the credit notes."""

from __future__ import annotations

import streamlit as st

from pages._ui import (
    choosing,
    credit_note_list,
    downloads,
    filters,
    invoice_bulk,
    invoice_parts,
    menu,
    saved_views,
    tables,
    text,
)
from pages._ui.frame import empty, open_screen, read
from services.invoices import queries
from services.invoices.model import ISSUE_INVOICE, SEE_INVOICES, InvoiceStatus

INVOICES, NOTES = "Invoices", "Credit notes"

opened = open_screen("Invoices", SEE_INVOICES, answer="What was invoiced, and what of it still waits for money?")
saved_views.offer(opened, "invoices")
period = filters.chosen_period()
if filters.views("View", [INVOICES, NOTES], key="invoices_view") == NOTES:
    credit_note_list.show(opened.by, opened.acts, period)
    st.stop()
with filters.row():
    sought = filters.words("Search", key="invoices_q", placeholder="Number, reference, company, account id", width=190)
    status = filters.one_of(
        "Status",
        list(invoice_parts.WORDS),
        key="invoices_status",
        shown=lambda name: invoice_parts.WORDS.get(name, name),
        width=140,
    )
    currency = filters.one_of("Currency", choosing.currencies(), key="invoices_currency", width=90)
    overdue = filters.switch("Overdue", key="invoices_overdue", help_text="Waits for money after its last day.")
    changed = filters.switch("Changed", key="invoices_changed", help_text="Its paper has a later version.")
    always = filters.switch(
        "Any day of issue",
        key="invoices_always",
        help_text="Invoices that wait for money are shown whenever they were issued.",
    )
waiting = status == invoice_parts.OPEN
anytime = always or waiting or overdue or bool(sought)
chosen = {
    "period": None if anytime else period,
    "status": InvoiceStatus(status) if status and not waiting else None,
    "open_only": waiting,
    "overdue_on": text.today() if overdue else None,
    "changed_only": changed,
    "currency": currency,
    "text": sought,
}
page = tables.page_number("invoices_page")
found = read(queries.page, **chosen, page=page, size=tables.PAGE_SIZE)
issues = opened.by.may(ISSUE_INVOICE)
invoice_bulk.progress(opened.by)
if not found.total:
    when = "" if anytime else f" issued in {text.period(period)}"
    empty(f"No invoice{when} fits.", "Clear the filters, choose a longer period, or issue one.")
    st.stop()
words = {
    "issued": "any day" if anytime else f"{period.starts_on} to {period.last_day}",
    "status": invoice_parts.WORDS[status] if status else "",
    "only": ", ".join(name for name, on in (("overdue", overdue), ("changed", changed)) if on),
    "in_currency": currency or "",
    "search": sought,
}
with opened.acts:
    with st.container(width="content"):
        downloads.menu("invoices", lambda: invoice_parts.export(opened.by, chosen, words))
    with st.container(width="content"):
        invoice_bulk.menu(opened.by, lambda: invoice_parts.listed_all(opened.by, chosen, words), found.total)
    if issues and st.button("New invoice", type="primary", icon=":material/note_add:"):
        st.switch_page(str(menu.PAGES / "billing/new_invoice.py"))
invoice_parts.sums(found.sums)
invoice_parts.listed(found.rows, key="invoices", currency=currency)
tables.pager("invoices_page", total=found.total, page=page, noun="invoice")
