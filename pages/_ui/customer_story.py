"""The tabs of a customer's screen that are lists: transactions with their running balance, usage, numbers, invoices."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from pages._ui import (
    downloads,
    filters,
    invoice_parts,
    movements,
    number_parts,
    tables,
    text,
    usage_filters,
    usage_views,
)
from pages._ui.frame import empty, read
from services.access.model import Principal
from services.customers.model import Customer
from services.frames import typed
from services.invoices import queries as invoices
from services.ledger import queries as ledger
from services.numbers import queries as numbers
from services.periods import Period
from services.reporting.statement import statement


def transactions(customer: Customer, period: Period) -> None:
    """Every movement of the period, newest first, with the balance after each."""
    page = tables.page_number("customer_transactions")
    found = read(
        ledger.movements, period=period, customer_id=customer.id, currency=customer.currency, page=page,
        size=tables.PAGE_SIZE,
    )  # fmt: skip
    if not found.total:
        empty(*movements.nothing(period))
        return
    movements.listed(found.rows, key="customer_movements", currency=customer.currency)
    tables.pager("customer_transactions", total=found.total, page=page, noun="movement")


def listed_to_the_customer(customer: Customer, period: Period) -> None:
    """The movements as the customer's own statement lists them, oldest first."""
    found = read(statement, customer_id=customer.id, period=period, language="en")
    if not found.lines:
        empty(*movements.nothing(period))
        return
    page = tables.page_number("customer_seen")
    chosen = found.lines[(page - 1) * tables.PAGE_SIZE : page * tables.PAGE_SIZE]
    rows = [
        (line.day, line.words, max(0, line.amount.micros) or None, max(0, -line.amount.micros) or None,
         line.balance.micros)
        for line in chosen
    ]  # fmt: skip
    names = ["day", "movement", "in_micros", "out_micros", "balance_micros"]
    frame = typed(pd.DataFrame(rows, columns=names), dict.fromkeys(names[2:], "Int64"))
    columns = {
        "day": tables.day("Day", width=95),
        "movement": tables.words("Movement", width=380),
        "in_micros": tables.money(f"In, {customer.currency}", width=105),
        "out_micros": tables.money(f"Out, {customer.currency}", width=105),
        "balance_micros": tables.money(f"Balance, {customer.currency}", width=115),
    }
    tables.show(frame, columns, alt="Movements as the customer sees them", key="customer_seen_rows")
    tables.pager("customer_seen", total=len(found.lines), page=page, noun="line")
    st.caption("As on the customer's statement: usage by day and product, all hidden fees in one line at the end.")


def used(by: Principal, customer: Customer, period: Period) -> None:
    """Usage by product over the period, then by day, country, sub-account, and down to single messages."""
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        view = filters.views("How to look at usage", usage_views.VIEWS, key="used_view")
        place = st.container(width="content")
    chosen = usage_filters.choose("used", fixed=customer, days=period)
    if build := usage_views.draw(by, chosen, view):
        with place:
            downloads.menu(f"usage {view} {customer.username}", build, key="used_export")


def rented(customer: Customer) -> None:
    """The customer's dedicated numbers."""
    page = tables.page_number("customer_numbers")
    found = read(numbers.page, on=text.today(), customer_id=customer.id, page=page, size=tables.PAGE_SIZE)
    if not found.total:
        empty(f"{customer.name} rents no dedicated number.")
        return
    number_parts.facts_of(customer)
    number_parts.listed(found.rows, key="customer_numbers_rows", with_names=False)
    tables.pager("customer_numbers", total=found.total, page=page, noun="number")


def invoiced(customer: Customer) -> None:
    """All invoices of the customer, whatever the period."""
    page = tables.page_number("customer_invoices")
    found = read(invoices.page, customer_id=customer.id, page=page, size=tables.PAGE_SIZE)
    if not found.total:
        empty(f"{customer.name} has no invoice yet.", "New invoice, above, makes the first.")
        return
    invoice_parts.listed(found.rows, key="customer_invoices_rows", currency=customer.currency, with_names=False)
    tables.pager("customer_invoices", total=found.total, page=page, noun="invoice")
