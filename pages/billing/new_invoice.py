"""New invoice: sell credit by bank transfer to one customer, with the paper seen before it is issued."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from pages._ui import cached, invoice_drafts, invoice_figures, invoice_form, invoice_issued, invoice_mail, record
from pages._ui.forms import Form
from pages._ui.frame import open_screen, read
from services.customers import queries as customers
from services.customers.model import Customer
from services.invoices import queries as invoices
from services.invoices.model import ISSUE_INVOICE
from services.invoices.operations import issue_invoice
from services.invoices.queries.drafts import draft_of_form


def first_customer() -> Customer | None:
    """The customer of the address bar, else of the draft that is kept for this form."""
    if asked := record.look_up(customers.customer, customer_id=record.asked_for("customer")):
        return asked
    kept = read(draft_of_form, nonce=nonce)
    return read(customers.customer, customer_id=kept.content.customer_id) if kept else None


def issue(form: Form, typed: invoice_form.Typed, *, send: bool) -> None:
    """Issue it, or say of every wrong field what is wrong; what was typed stays."""
    if typed.gross is None:
        form.complain(typed.faults)
        return
    done = form.act(
        issue_invoice,
        told=lambda made: f"Invoice {made.number} is issued.",
        nonce=nonce,
        gross=typed.gross,
        send=send,
        draft_version=invoice_drafts.version_known(nonce),
        **typed.facts,
    )
    if done:
        cached.forget()
        st.rerun()


opened = open_screen("New invoice", ISSUE_INVOICE, answer="Sell credit by bank transfer.")
nonce, request = invoice_form.opening()
made = read(invoices.issued_by_form, nonce=nonce)
if made is not None:
    invoice_issued.finished(opened.by, made, request)
    st.stop()
with opened.acts:
    invoice_drafts.menu()
if request is not None and invoice_form.gone(opened.by, request):
    st.stop()
left, right = st.columns([3, 2], gap="medium")
with left:
    customer = invoice_form.whose(nonce, first_customer(), request)
    if customer is None:
        with right:
            invoice_form.beginning()
        st.stop()
    if invoice_form.pays_afterwards(opened.by, customer):
        st.stop()
    credited = invoice_form.in_place_of(opened.by, nonce, customer)
    if request is None:
        invoice_form.others(opened.by, customer)
    form = Form(f"invoice_{customer.id}_{nonce}")
    opening = invoice_drafts.begin(form, nonce, invoice_form.first_content(customer, request, credited))
    if opening.warned:
        st.warning(opening.warned, icon=":material/history:")
    with st.container(border=True):
        typed = invoice_form.fields(form, customer, opening.content)
        send = form.tick("send", "E-mail it to the address above", value=opening.content.send)
        if send:
            invoice_mail.warn([typed.content.details.email])
        with st.container(horizontal=True, vertical_alignment="center"):
            sent = st.button("Issue invoice", type="primary")
            looked = st.button("Preview", icon=":material/visibility:")
    below = st.container()
with right:
    invoice_figures.draw(typed)
    preview = st.container()
with below:
    if sent:
        issue(form, typed, send=send)
    elif looked and typed.gross is None:
        form.complain(typed.faults)
    elif looked and typed.gross is not None:
        with preview:
            invoice_form.preview(form, typed, typed.gross)
    invoice_drafts.keep(form, nonce, replace(typed.content, send=send))
    if opening.said:
        st.caption(opening.said)
