"""The customer's order number on invoices already issued, changed alone; each invoice keeps its own details."""

from __future__ import annotations

import streamlit as st

from pages._ui import details_reach
from pages._ui.forms import Form
from pages._ui.frame import read
from services.customers.model import Customer
from services.invoices.judging import LONGEST_PO_NUMBER, po_number_fault
from services.invoices.queries.versions import reached


def offer(customer: Customer) -> None:
    """The button that opens the dialog."""
    if st.button("Order number only", key="details_order_number", icon=":material/tag:"):
        _ask(customer)


@st.dialog("Order number on issued invoices", icon=":material/tag:")
def _ask(customer: Customer) -> None:
    drawn(customer)


def drawn(customer: Customer) -> None:
    """What the dialog holds: the number and the reason; the invoices are chosen on what is shown next."""
    st.caption(
        "For a customer who gave the order number late, or a wrong one. You choose the invoices next; an invoice to"
        " come takes its own in its form."
    )
    form = Form(f"order_number_{customer.id}")
    with form.drawn(border=False):
        number = form.text(
            "po_number", "Order number", max_chars=LONGEST_PO_NUMBER, help="Leave it empty to take one off."
        )
        reason = form.text("reason", "Why it changes", max_chars=500, placeholder="Asked for in ticket 4711")
        sent = st.form_submit_button("See the invoices", type="primary", shortcut="Ctrl+Enter")
    if not sent:
        return
    faults = {"po_number": po_number_fault(number), "reason": "" if reason else "Say why: every version keeps it."}
    if wrong := {field: sentence for field, sentence in faults.items() if sentence}:
        form.complain(wrong)
    elif not read(reached, customer_id=customer.id, details=None, po_number=number):
        form.complain({}, f"Every invoice prints {number} already." if number else "No invoice prints an order number.")
    else:
        wanted = details_reach.Wanted(None, reason, None, number)
        st.session_state[details_reach.key_of(customer)] = wanted
        st.rerun()
