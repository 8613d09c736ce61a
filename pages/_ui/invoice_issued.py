"""What a form of a new invoice shows once it has issued it."""

from __future__ import annotations

import streamlit as st

from pages._ui import invoice_form, invoice_mail, invoice_parts, mail_words, menu, paper, text
from pages._ui.frame import plain, read
from services.access.model import Principal
from services.invoices import queries as invoices
from services.invoices.model import Invoice
from services.mail import queries as mail
from services.requests.model import InvoiceRequest


def finished(by: Principal, made: Invoice, request: InvoiceRequest | None) -> None:
    """What was issued: number, reference, the paper, and what can come next."""
    st.success(f"Invoice {made.number} over {text.money(made.gross)} is issued.", icon=":material/task_alt:")
    left, right = st.columns(2, gap="medium")
    with left:
        st.metric("Number", made.number)
        st.metric("Payment reference", made.reference)
        st.caption(f"For {plain(made.details.company_name)}; pay by {text.day(made.due_on)}.")
        _mailed(made)
        document = read(invoices.document, invoice_id=made.id)
        with st.container(horizontal=True, vertical_alignment="center"):
            content = invoice_parts.offer_paper(document, key="issued_pdf", label="Download the PDF")
            st.button("Another invoice", icon=":material/add:", on_click=invoice_form.open_anew)
        menu.link(by, "billing/invoice.py", "Open the invoice", icon=":material/arrow_forward:", id=str(made.id))
        menu.link(by, "customers/customer.py", "Open the customer", icon=":material/person:", id=str(made.customer_id))
        if request is not None:
            said = f"Back to the requests: number {request.id} is issued"
            menu.link(by, invoice_form.REQUESTS, said, icon=":material/inbox:")
    with right:
        paper.show(content, alt=f"Invoice {made.number}")


def _mailed(made: Invoice) -> None:
    """What became of its e-mail, and that the address takes none, where it does not."""
    sent = read(mail.mails_of_invoice, invoice_id=made.id)
    if not sent:
        st.caption(":material/mail_off: It was not e-mailed.")
        return
    first = sent[-1]
    st.caption(f":material/mail: E-mail to {plain(first.to)}: {mail_words.badge(first).words.lower()}.")
    invoice_mail.warn([first.to])
