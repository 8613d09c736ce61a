"""Invoice: one of them, with its status, its money, the entries behind it and its paper."""

from __future__ import annotations

import streamlit as st

from pages._ui import invoice_parts, invoice_story, record, text
from pages._ui.frame import empty, open_screen, plain
from services.invoices import queries
from services.invoices.model import SEE_INVOICES, Invoice


def facts(invoice: Invoice) -> str:
    """The line under the number."""
    said = (invoice.details.company_name, invoice.username, f"account {invoice.account_id}", text.money(invoice.gross))
    return " · ".join(plain(each) for each in said)


def chosen_invoice() -> Invoice | None:
    """The invoice of the address bar."""
    return record.look_up(queries.invoice, invoice_id=record.remembered("invoice"))


opened = open_screen(
    f"Invoice {invoice.number}" if (invoice := chosen_invoice()) else "Invoice",
    SEE_INVOICES,
    answer=facts(invoice) if invoice else "",
    badges=(invoice_parts.badge(invoice),) if invoice else (),
)
if invoice is None:
    empty("There is no such invoice.", "Find it in the list of invoices.")
    st.stop()
invoice_story.figures(invoice)
left, right = st.columns([5, 4], gap="medium")
with left:
    invoice_story.received(invoice)
    st.subheader("What it says", anchor=False)
    invoice_story.facts(opened.by, invoice)
with right:
    invoice_story.show_paper(invoice)
