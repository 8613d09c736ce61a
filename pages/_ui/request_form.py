"""The forms of an invoice request: taking one down, and correcting or completing it."""

from __future__ import annotations

from dataclasses import fields
from datetime import date
from typing import Any

import streamlit as st

from pages._ui import cached, choosing, text
from pages._ui.customer_details import LANGUAGES
from pages._ui.forms import Form
from pages._ui.frame import plain, read
from services.customers import queries as customers
from services.customers.model import Customer, InvoiceDetails
from services.invoices.judging import buyer_fault
from services.requests import operations
from services.requests.model import Asked, Channel, InvoiceRequest, filled

_NOTHING = InvoiceDetails("", language="")
_SENT: dict[str, Any] = {"type": "primary", "shortcut": "Ctrl+Enter"}
_AS_USUAL = ""


def offer(customer: Customer) -> None:
    """The button beside a customer's name for who takes requests and issues no invoices."""
    if st.button("Invoice request", type="primary", icon=":material/inbox:"):
        new_request(customer)


@st.dialog("New invoice request", icon=":material/inbox:", width="large")
def new_request(customer: Customer | None = None) -> None:
    """Take down what a customer asks for; the customer is found here unless given."""
    form = Form("invoice_request")
    buyer = customer or choosing.pick_customer(form.key("who"))
    if buyer is None:
        st.caption("Find the customer first. A new one is created under Customers.")
        return
    if wrong := buyer_fault(buyer):
        st.warning(plain(wrong), icon=":material/handshake:")
        return
    asked = _fields(form, buyer, None, label="Take the request")
    if asked is None:
        return
    told = f"The request of {buyer.name} is taken."
    if form.act(operations.open_request, told=told, nonce=form.nonce, asked=asked):
        cached.forget()
        st.rerun()


def change(found: InvoiceRequest) -> bool:
    """Correct or complete a request, inside its drawer; whether it was saved just now."""
    form = Form(f"request_change_{found.id}_{found.version}")
    asked = _fields(form, found.customer, found.asked, label="Save")
    if asked is None:
        return False
    facts = {"request_id": found.id, "asked": asked, "expected_version": found.version}
    done = form.act(operations.change_request, told=f"Request {found.id} is saved.", **facts)
    return bool(done)


def _fields(form: Form, buyer: Customer, kept: Asked | None, *, label: str) -> Asked | None:
    """The form itself; None until it is sent with an amount that reads."""
    first = kept or Asked(buyer.id, buyer.currency, None, _NOTHING, Channel.EMAIL, text.today())
    with form.drawn(border=False):
        amount, currency = _amount(form, first)
        channel, received_on, ticket = _whence(form, first)
        details, po_number = _printed(form, buyer, first)
        note = form.lines("note", "What the customer wrote", first.note, height=80, max_chars=1000)
        sent = st.form_submit_button(label, **_SENT)
    if not sent:
        return None
    gross = form.money("amount", amount, currency) if amount else None
    if amount and gross is None:
        return None
    return Asked(buyer.id, currency, gross, details, channel, received_on, ticket, po_number, note)


def _amount(form: Form, first: Asked) -> tuple[str, str]:
    left, right = st.columns(2)
    codes = choosing.sold_in()
    with left:
        shown = first.gross.plain() if first.gross is not None else ""
        amount = form.text("amount", "Amount including tax", shown, placeholder="Empty while nobody said it")
    with right:
        place = codes.index(first.currency) if first.currency in codes else 0
        currency = form.choice("currency", "Currency", codes, index=place) or first.currency
    return amount, currency


def _whence(form: Form, first: Asked) -> tuple[Channel, date, str]:
    one, two, three = st.columns(3)
    channels = list(Channel)
    with one:
        channel = form.choice(
            "channel", "It came by", channels, index=channels.index(first.channel), format_func=_capital
        )
    with two:
        received_on = form.on("received_on", "The customer asked on", first.received_on)
    with three:
        ticket = form.text("ticket_id", "Ticket", first.ticket_id, placeholder="4711", max_chars=60)
    return channel or first.channel, received_on or first.received_on, ticket


def _capital(channel: Channel) -> str:
    return channel.value.capitalize()


def _printed(form: Form, buyer: Customer, first: Asked) -> tuple[InvoiceDetails, str]:
    """What to print, each field empty where it is what the customer's invoices print anyway."""
    kept = read(customers.invoice_details, customer_id=buyer.id)
    usual = filled(_NOTHING, kept, buyer)
    st.caption("An empty field is printed as the customer’s invoices have it, shown in grey.")
    said = {each.name: getattr(first.details, each.name) for each in fields(InvoiceDetails)}
    as_usual = {name: getattr(usual, name).replace("\n", ", ") or "Not known yet" for name in said}
    left, right = st.columns(2)
    with left:
        company = form.text(
            "company_name", "Company name", said["company_name"], placeholder=as_usual["company_name"], max_chars=200
        )
        address = form.lines("address", "Address", said["address"], placeholder=as_usual["address"], height=104)
        business_id = form.text("business_id", "Business id", said["business_id"], placeholder=as_usual["business_id"])
        po_number = form.text("po_number", "Purchase-order number", first.po_number, max_chars=40)
    with right:
        email = form.text("email", "E-mail to send it to", said["email"], placeholder=as_usual["email"])
        contact = form.text("contact_name", "Contact name", said["contact_name"], placeholder=as_usual["contact_name"])
        phone = form.text(
            "contact_phone", "Contact number", said["contact_phone"], placeholder=as_usual["contact_phone"]
        )
        spoken = [_AS_USUAL, *LANGUAGES]
        language = form.choice(
            "language",
            "Language",
            spoken,
            index=spoken.index(said["language"]) if said["language"] in spoken else 0,
            format_func=lambda code: LANGUAGES.get(code, f"As usual: {LANGUAGES[usual.language]}"),
        )
    return InvoiceDetails(company, address, business_id, email, contact, phone, language or _AS_USUAL), po_number
