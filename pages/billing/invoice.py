"""Invoice: one of them, with its status, its money, the entries behind it and its paper."""

from __future__ import annotations

import streamlit as st

from pages._ui import invoice_acts, invoice_mail, invoice_parts, invoice_story, record, text
from pages._ui.frame import empty, open_screen, plain, read
from services.invoices import queries
from services.invoices.credit_note import CreditNote
from services.invoices.model import SEE_INVOICES, Invoice
from services.invoices.queries.credit_notes import credit_notes_of


def facts(invoice: Invoice) -> str:
    """The line under the number."""
    said = (invoice.details.company_name, invoice.username, f"account {invoice.account_id}", text.money(invoice.gross))
    return " · ".join(plain(each) for each in said)


def chosen_invoice() -> Invoice | None:
    """The invoice of the address bar."""
    return record.look_up(queries.invoice, invoice_id=record.remembered("invoice"))


def notes_on(invoice: Invoice) -> list[CreditNote]:
    """Its credit notes, oldest first."""
    return read(credit_notes_of, invoice_id=invoice.id)


opened = open_screen(
    f"Invoice {invoice.number}" if (invoice := chosen_invoice()) else "Invoice",
    SEE_INVOICES,
    answer=facts(invoice) if invoice else "",
    badges=invoice_parts.badges(invoice, notes_on(invoice)) if invoice else (),
)
if invoice is None:
    empty("There is no such invoice.", "Find it in the list of invoices.")
    st.stop()
notes = notes_on(invoice)
with opened.acts:
    invoice_acts.draw(opened.by, invoice)
    invoice_acts.begin(opened.by, invoice)
invoice_acts.waits(opened.by, invoice)
invoice_acts.anew(opened.by, invoice, notes)
invoice_story.figures(invoice, notes)
left, right = st.columns([5, 4], gap="medium")
with left:
    invoice_story.timeline(invoice, notes)
    invoice_mail.section(opened.by, invoice)
    st.subheader("What it says", anchor=False)
    invoice_story.facts(opened.by, invoice)
with right:
    invoice_story.show_papers(invoice, notes)
