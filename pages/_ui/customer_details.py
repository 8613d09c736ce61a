"""What a customer's invoices print, with every version, and the notes about the customer."""

from __future__ import annotations

from dataclasses import asdict

import pandas as pd
import streamlit as st

from pages._ui import customer_country, details_reach, order_number, tables, text
from pages._ui.forms import Form
from pages._ui.frame import empty, plain, read
from services.access.model import Principal
from services.customers import queries as customers
from services.customers.model import ADD_NOTE, CHANGE_COUNTRY, CHANGE_DETAILS, Customer, DetailsVersion, InvoiceDetails
from services.customers.operations import add_note, change_invoice_details
from services.invoices.judging import detail_faults
from services.invoices.queries import has_invoices
from services.invoices.queries.versions import reached

LANGUAGES = {"en": "English", "fr": "French"}


def draw(by: Principal, customer: Customer) -> None:
    """Invoice details at the left, notes at the right, earlier versions under them."""
    versions = read(customers.details_versions, customer_id=customer.id)
    wanted = st.session_state.get(details_reach.key_of(customer))
    if wanted and by.may(CHANGE_DETAILS):
        with st.container(border=True):
            st.subheader(f"What the new {wanted.what} reach{'' if wanted.details else 'es'}", anchor=False)
            details_reach.draw(by, customer, wanted)
        return
    left, right = st.columns([3, 2], gap="medium")
    with left, st.container(border=True, height="stretch"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.subheader("Invoice details", anchor=False, width="content")
            st.space("stretch")
            if by.may(CHANGE_COUNTRY):
                customer_country.offer(customer)
            if by.may(CHANGE_DETAILS) and read(has_invoices, customer_id=customer.id):
                order_number.offer(customer)
        if by.may(CHANGE_DETAILS):
            _form(customer, versions)
        elif versions:
            _printed(versions[0].details)
        else:
            empty("Nobody has entered invoice details yet.", "Support or accounting can.")
    with right, st.container(border=True, height="stretch"):
        st.subheader("Notes", anchor=False)
        _notes(by, customer)
    if versions:
        _versions(versions)


def fields(form: Form, kept: InvoiceDetails) -> InvoiceDetails:
    """The fields of invoice details, drawn inside a form, with what is kept as their first content."""
    left, right = st.columns(2)
    with left:
        company = form.text("company_name", "Company name", kept.company_name, max_chars=200)
        address = form.lines("address", "Address", kept.address, height=104, help="An address or a business id.")
        business_id = form.text("business_id", "Business id", kept.business_id, placeholder="ABN, VAT number…")
    with right:
        email = form.text("email", "E-mail to send it to", kept.email)
        contact = form.text("contact_name", "Contact name", kept.contact_name)
        phone = form.text("contact_phone", "Contact number", kept.contact_phone, placeholder="+61 2 5550 1234")
        spoken = form.choice(
            "language",
            "Language",
            list(LANGUAGES),
            index=list(LANGUAGES).index(kept.language) if kept.language in LANGUAGES else 0,
            format_func=lambda code: LANGUAGES[code],
        )
    return InvoiceDetails(company, address, business_id, email, contact, phone, spoken or "en")


def _form(customer: Customer, versions: list[DetailsVersion]) -> None:
    version = versions[0].version if versions else 0
    form = Form(f"details_{customer.id}_{version}")
    with form.drawn(border=False):
        wanted = fields(form, versions[0].details if versions else InvoiceDetails(customer.name, email=customer.email))
        reason = form.text("reason", "Why it changes", placeholder="Asked for in ticket 4711")
        sent = st.form_submit_button("Save details", type="primary")
    st.caption("Papers already issued can change too: you see each of them, and choose, before anything is saved.")
    if not sent:
        return
    if versions and not reason:
        form.complain({"reason": "Say why the details change: it is kept with the version."})
        return
    if wrong := detail_faults(wanted.tidied(), customer, wanted.language):
        form.complain(wrong)
        return
    if read(reached, customer_id=customer.id, details=wanted.tidied()):
        kept = details_reach.Wanted(wanted.tidied(), reason or "first details", version)
        st.session_state[details_reach.key_of(customer)] = kept
        st.rerun()
    done = form.act(
        change_invoice_details,
        told="The invoice details are saved.",
        customer_id=customer.id,
        details=wanted,
        reason=reason,
        expected_version=version,
    )
    if done:
        st.rerun()


def _printed(details: InvoiceDetails) -> None:
    said = asdict(details) | {"language": LANGUAGES.get(details.language, details.language)}
    rows = [
        (label, str(said[field]).replace("\n", ", ")) for field, label in details_reach.LABELS.items() if field in said
    ]
    tables.printed(pd.DataFrame(rows, columns=["What", "Printed"]), alt="Invoice details", hide_header=True)


def _versions(versions: list[DetailsVersion]) -> None:
    rows = [
        (
            each.version,
            text.moment(each.changed_at),
            each.changed_by,
            each.reason,
            each.details.company_name,
            each.details.address.replace("\n", ", "),
        )
        for each in versions
    ]
    frame = pd.DataFrame(rows, columns=["Version", "When", "Who", "Why", "Company name", "Address"])
    with st.expander(f"Versions ({len(versions)})", key="customer_versions", on_change="rerun") as box:
        if box.open:
            tables.printed(frame, alt="Versions of the invoice details")


def _notes(by: Principal, customer: Customer) -> None:
    if by.may(ADD_NOTE):
        form = Form(f"note_{customer.id}")
        with form.drawn(border=False):
            body = form.lines("body", "New note", height=80)
            ticket = form.text("ticket_id", "Ticket", placeholder="4711")
            sent = st.form_submit_button("Add note")
        if sent and form.act(add_note, told="Noted.", customer_id=customer.id, body=body, ticket_id=ticket):
            st.rerun()
    found = read(customers.notes, customer_id=customer.id, limit=20)
    if not found:
        st.caption("No notes yet.")
    for each in found:
        st.markdown(plain(each.body).replace("\n", "  \n"))
        ticket = f" · ticket {plain(each.ticket_id)}" if each.ticket_id else ""
        st.caption(f"{text.moment(each.written_at)} · {plain(each.written_by)}{ticket}")
