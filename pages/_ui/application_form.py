"""The forms of a postpaid application: opening one, recommending and deciding; terms are typed the same way in each."""

from __future__ import annotations

import streamlit as st

from pages._ui import cached, choosing
from pages._ui.forms import Form
from services.customers.model import Customer
from services.postpaid.application import Asked
from services.postpaid.applying import open_application
from services.postpaid.commitment import LEAST_MONTHS


@st.dialog("New postpaid application", icon=":material/handshake:", width="medium")
def new_application(customer: Customer | None = None) -> None:
    """Take down what a customer asks for; the customer is found here unless given."""
    form = Form("postpaid_application")
    buyer = customer or choosing.pick_customer(form.key("who"))
    if buyer is None:
        st.caption("Find the customer first.")
        return
    with form.drawn(border=False):
        typed = terms(form, buyer.currency, None)
        note = form.lines("note", "Why they want to pay afterwards", height=80, max_chars=500)
        ticket = form.text("ticket_id", "Ticket", placeholder="4711", max_chars=60)
        sent = st.form_submit_button("Open the application", type="primary", shortcut="Ctrl+Enter")
    if not sent:
        return
    asked = read_terms(form, buyer.currency, typed)
    facts = {"nonce": form.nonce, "customer_id": buyer.id, "note": note, "ticket_id": ticket}
    if asked and form.act(open_application, told=f"The application of {buyer.name} is open.", asked=asked, **facts):
        cached.forget()
        st.rerun()


def terms(form: Form, currency: str, first: Asked | None) -> tuple[str, str, int]:
    """Three fields in a row: a month's minimum, the credit limit and the months."""
    one, two, three = st.columns(3)
    with one:
        minimum = form.text("minimum", f"A month, {currency}", first.minimum.plain() if first else "")
    with two:
        limit = form.text("limit", f"Credit limit, {currency}", first.limit.plain() if first else "")
    with three:
        months = st.number_input(
            "Months", min_value=1, max_value=60, value=first.months if first else LEAST_MONTHS, key=form.key("months")
        )
        form.place("months")
    return minimum, limit, int(months)


def read_terms(form: Form, currency: str, typed: tuple[str, str, int]) -> Asked | None:
    """The terms typed; None, with a sentence under the field, for each amount that does not read."""
    minimum, limit = form.money("minimum", typed[0], currency), form.money("limit", typed[1], currency)
    return Asked(minimum, limit, typed[2]) if minimum is not None and limit is not None else None
