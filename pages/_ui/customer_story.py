"""The tabs of a customer's screen that are lists: transactions with their running balance, usage, numbers, invoices."""

from __future__ import annotations

from collections.abc import Callable

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
from services.invoices import queries as invoices
from services.ledger import queries as ledger
from services.ledger.model import Explanation
from services.numbers import queries as numbers
from services.periods import Period
from services.reporting.exports import Column, ColumnKind, ExportTable

STATEMENT = {
    "day": Column("Day", ColumnKind.DAY),
    "movement": Column("Movement"),
    "memo": Column("What for"),
    "in_micros": Column("In", ColumnKind.MONEY),
    "out_micros": Column("Out", ColumnKind.MONEY),
    "balance_micros": Column("Balance", ColumnKind.MONEY, totalled=False),
}


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


def used(by: Principal, customer: Customer) -> None:
    """Usage by product over the period, then by day, country, sub-account, and down to single messages."""
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        view = filters.views("How to look at usage", usage_views.VIEWS, key="used_view")
        place = st.container(width="content")
    chosen = usage_filters.choose("used", fixed=customer)
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


def statement(by: Principal, customer: Customer, period: Period, explained: Explanation) -> Callable[[], ExportTable]:
    """The statement of account of a period, oldest first, between its opening and closing balances, for a file."""

    def build() -> ExportTable:
        found = read(
            ledger.movements, period=period, customer_id=customer.id, currency=customer.currency, size=downloads.EVERY
        )
        frame = movements.shown(found.rows, with_names=False).iloc[::-1]
        table = downloads.table_of(
            f"Statement of account, {customer.name}", frame, STATEMENT, by=by, currency=customer.currency,
            customer=f"{customer.name}, {customer.username}, account {customer.account_id}",
            period=f"{period.starts_on} to {period.last_day}",
        )  # fmt: skip
        ends = (("Opening balance", explained.opening), ("Closing balance", explained.closing))
        return ExportTable(table.title, table.columns, table.rows, table.facts, ends)

    return build
