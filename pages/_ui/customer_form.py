"""The form for a new customer, as a dialog of its own or inside another screen."""

from __future__ import annotations

import streamlit as st

from pages._ui import choosing
from pages._ui.forms import Form
from pages._ui.places import countries, country_name
from services.customers.model import Customer
from services.customers.operations import create_customer


def ask(form: Form, *, label: str = "Create customer") -> Customer | None:
    """Draw the form; the customer once it was created. Every wrong field gets its own sentence under it."""
    with form.drawn(border=False):
        left, right = st.columns(2)
        with left:
            name = form.text("name", "Name", max_chars=200, placeholder="Bluegum Clinics Pty Ltd")
            email = form.text("email", "E-mail", max_chars=254, placeholder="accounts@bluegum.example")
            country = form.choice("country", "Country", countries(), format_func=country_name)
            contact = form.text("contact_name", "Contact person (optional)", max_chars=200)
        with right:
            username = form.text("username", "Username on the platform", max_chars=64, placeholder="bluegum")
            phone = form.text("phone", "Phone (optional)", max_chars=30, placeholder="+61 2 5550 1234")
            currency = form.choice("currency", "Billed in", choosing.sold_in())
            given = form.text(
                "account_id", "Account id (optional)", max_chars=12, help="Leave empty to get the next free one."
            )
        sent = st.form_submit_button(label, type="primary", shortcut="Ctrl+Enter")
    if not sent:
        return None
    done = form.act(
        create_customer,
        told=lambda made: f"{made.name} is customer {made.account_id}.",
        username=username, name=name, email=email, country=country or "", currency=currency or "",
        phone=phone, contact_name=contact, account_id=given or None,
    )  # fmt: skip
    return done.result if done else None
