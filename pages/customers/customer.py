"""Customer: the whole story of one: credit now and then, what moved it, what was used, rented, invoiced and noted."""

from __future__ import annotations

import streamlit as st

from pages._ui import (
    adjusting,
    card_parts,
    customer_details,
    customer_explained,
    customer_figures,
    customer_papers,
    customer_period,
    customer_story,
    dunning_words,
    fee_parts,
    filters,
    freshness,
    invoice_mail,
    menu,
    record,
    request_form,
    stop_parts,
    text,
)
from pages._ui.frame import OPEN, Badge, empty, open_screen, plain, read
from pages._ui.places import country_name
from services.customers import queries as customers
from services.customers.model import Customer
from services.invoices.model import ISSUE_INVOICE
from services.ledger import queries as ledger
from services.money import Money
from services.reporting.explanation import why_of
from services.requests.model import TAKE_REQUESTS

VIEWS = ("Explain balance", "Transactions", "Usage", "Numbers", "Fees", "Invoices", "Cards", "Details")
LISTS = {"Numbers": customer_story.rented, "Invoices": customer_story.invoiced, "Cards": card_parts.of_customer}


def badges(customer: Customer, credit: Money) -> tuple[Badge, ...]:
    """What to know at a glance."""
    if customer.pays_afterwards:  # below zero is what it used and pays by the month
        return (Badge("Postpaid"),)
    if credit.micros < 0:
        return Badge("Prepaid"), Badge("Negative balance", "red", ":material/warning:")
    return (Badge("Prepaid"), Badge("No credit", "orange")) if not credit else (Badge("Prepaid"),)


def facts(customer: Customer) -> str:
    """The line under the name."""
    said = [
        customer.username, f"account {customer.account_id}", customer.currency, country_name(customer.country),
        f"customer since {text.day(customer.created_on)}", customer.email, customer.phone,
    ]  # fmt: skip
    return " · ".join(plain(each) for each in said if each)


def chosen_customer() -> Customer | None:
    """The customer of the address bar."""
    return record.look_up(customers.customer, customer_id=record.remembered("customer"))


def title(customer: Customer | None) -> str:
    """The screen's title."""
    return customer.name if customer else "Customer"


opened = open_screen(
    title(customer := chosen_customer()),
    OPEN,
    answer=facts(customer) if customer else "",
    badges=badges(customer, read(ledger.credit_balance, customer_id=customer.id, currency=customer.currency))
    if customer
    else (),
)
if customer is None:
    empty("There is no such customer.", "Find one with the search box at the left.")
else:
    customer_figures.draw(customer)
    stop_parts.warn_customer(customer.id)
    invoice_mail.warn_customer(customer.id)
    dunning_words.on_customer(opened.by, customer.id, username=customer.username)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        period = customer_period.choose()
        freshness.show()
        st.space("stretch")
        as_customer = filters.switch(
            "As the customer sees it", key="customer_sees", help_text="Without the fees hidden from the customer"
        )
    with opened.acts:
        with st.container(width="content"):
            customer_papers.statement_menu(customer, period)
        customer_papers.answer_button(customer, period)
        adjusting.draw(opened.by, customer)
        if customer.pays_afterwards:
            where = {"postpaid_view": "Commitments"}
            menu.link(opened.by, "billing/postpaid.py", "Commitment", icon=":material/handshake:", **where)
        elif opened.by.may(ISSUE_INVOICE) and st.button("New invoice", type="primary", icon=":material/note_add:"):
            parameters = {"customer": str(customer.id)}
            st.switch_page(str(menu.PAGES / "billing/new_invoice.py"), query_params=parameters)
        elif not opened.by.may(ISSUE_INVOICE) and opened.by.may(TAKE_REQUESTS):
            request_form.offer(customer)
    view = filters.views("What to look at", VIEWS, key="customer_view")
    if view == "Explain balance":
        told = read(why_of, customer_id=customer.id, currency=customer.currency, period=period)
        customer_explained.draw(customer, told, as_customer=as_customer)
    elif view == "Transactions" and as_customer:
        customer_story.listed_to_the_customer(customer, period)
    elif view == "Transactions":
        customer_story.transactions(customer, period)
    elif view == "Usage":
        customer_story.used(opened.by, customer, period)
    elif view == "Fees":
        fee_parts.agreed(opened.by, customer)
    elif view in LISTS:
        LISTS[view](customer)
    else:
        customer_details.draw(opened.by, customer)
