"""New invoice: sell credit by bank transfer to one customer, with the paper seen before it is issued."""

from __future__ import annotations

import streamlit as st

from pages._ui import customer_details, invoice_form, record
from pages._ui.forms import Form
from pages._ui.frame import open_screen, read
from services.customers import queries as customers
from services.customers.model import Customer, InvoiceDetails
from services.invoices import queries as invoices
from services.invoices.model import ISSUE_INVOICE
from services.invoices.operations import issue_invoice


def printed_now(customer: Customer) -> InvoiceDetails:
    """What the customer's invoices print, or what is known of the customer where nobody entered it yet."""
    known = InvoiceDetails(
        customer.name, email=customer.email, contact_name=customer.contact_name, contact_phone=customer.phone
    )
    return read(customers.invoice_details, customer_id=customer.id) or known


def issue(form: Form, typed: invoice_form.Typed, details: InvoiceDetails) -> None:
    """Issue it, or say of every wrong field what is wrong; what was typed stays."""
    faults = details.tidied().faults() | ({"amount": typed.fault} if typed.gross is None else {})
    if typed.gross is None:
        form.complain(faults)
        return
    done = form.act(
        issue_invoice,
        told=lambda made: f"Invoice {made.number} is issued.",
        nonce=nonce,
        customer_id=typed.customer.id,
        gross=typed.gross,
        details=details,
    )
    if done:
        st.rerun()


opened = open_screen("New invoice", ISSUE_INVOICE, answer="Sell credit by bank transfer.")
nonce = invoice_form.opening()
made = read(invoices.issued_by_form, nonce=nonce)
if made is not None:
    invoice_form.finished(opened.by, made)
    st.stop()
left, right = st.columns([3, 2], gap="medium")
with left:
    first = record.look_up(customers.customer, customer_id=record.asked_for("customer"))
    customer = invoice_form.whose(nonce, first)
    if customer is None:
        with right:
            invoice_form.beginning()
        st.stop()
    form = Form(f"invoice_{customer.id}_{nonce}")
    typed = invoice_form.how_much(form, customer)
    with form.drawn():
        details = customer_details.fields(form, printed_now(customer))
        with st.container(horizontal=True):
            sent = st.form_submit_button("Issue invoice", type="primary", shortcut="Ctrl+Enter")
            looked = st.form_submit_button("Preview", icon=":material/visibility:")
with right:
    invoice_form.figures(typed)
    preview = st.container()
if sent:
    with left:
        issue(form, typed, details)
elif looked and typed.gross is None:
    with left:
        form.complain(details.tidied().faults() | {"amount": typed.fault})
elif looked and typed.gross is not None:
    with preview:
        invoice_form.draft(form, typed, typed.gross, details)
