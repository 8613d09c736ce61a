"""Customers: one search box over everything a customer is known by, filters, and the way to each one's screen."""

from __future__ import annotations

import streamlit as st

from pages._ui import (
    cached,
    choosing,
    customer_form,
    customer_lists,
    downloads,
    filters,
    freshness,
    menu,
    saved_views,
    search_box,
    tables,
)
from pages._ui.forms import Form
from pages._ui.frame import OPEN, empty, open_screen, plain, read
from pages._ui.places import country_name
from services.customers import queries
from services.customers.model import CREATE_CUSTOMER
from services.customers.queries import BalanceFilter
from services.search import queries as search


@st.dialog("New customer", width="medium", icon=":material/person_add:")
def new_customer() -> None:
    """Ask for the customer, then open its screen."""
    if made := customer_form.ask(Form("customer")):
        cached.forget()
        st.switch_page(str(menu.PAGES / "customers/customer.py"), query_params={"id": str(made.id)})


opened = open_screen("Customers", OPEN, answer="Who is it, and how much credit is left?")
saved_views.offer(opened, "customers")
with opened.acts:
    export_place = st.container(width="content")
    if opened.by.may(CREATE_CUSTOMER) and st.button("New customer", type="primary", icon=":material/person_add:"):
        new_customer()
known_countries, _ = cached.read(queries.countries_and_currencies)
with filters.row():
    sought = filters.words("Search", key="q", placeholder="Name, username, id, e-mail, phone, invoice")
    country = filters.one_of("Country", known_countries, key="customers_country", shown=country_name, width=135)
    currency = filters.one_of("Currency", choosing.currencies(), key="customers_currency", width=105)
    balance = filters.one_of(
        "Credit",
        list(customer_lists.BALANCES),
        key="customers_balance",
        shown=lambda sign: customer_lists.BALANCES.get(sign, sign),
        width=140,
    )
    order = st.selectbox("Order", list(customer_lists.SORTS), key="customers_order", bind="query-params", width=140)
sort, descending = customer_lists.SORTS[order]
chosen = {
    "text": sought,
    "country": country,
    "currency": currency,
    "balance": BalanceFilter(balance) if balance else None,
    "sort": sort,
    "descending": descending,
}
page = tables.page_number("customers_page")
found, nearest = read(search.page, **chosen, page=page, size=tables.PAGE_SIZE)
if sought:
    search_box.records(opened.by, sought)
if not found.total:
    empty("No customer fits.", "Check the spelling, clear the filters, or create the customer.")
    st.stop()
words = {"search": sought, "country": country or "", "in_currency": currency or "", "credit": balance or ""}
with export_place:
    downloads.menu("customers", lambda: customer_lists.export(opened.by, chosen, words))
if nearest:
    st.caption(f"Nobody is called “{plain(sought)}”. These come nearest.")
customer_lists.listed(found.rows)
tables.pager("customers_page", total=found.total, page=page, noun="customer")
freshness.show()
