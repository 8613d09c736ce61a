"""The hidden-fee register: what customers paid without seeing it, by customer and month, and its share of spend."""

from __future__ import annotations

from typing import Any

import streamlit as st

from pages._ui import cards, downloads, tables, text
from pages._ui.frame import empty, read
from services.access.model import Principal
from services.customers.model import Customer
from services.fees import queries as fees
from services.money import Money
from services.periods import Period
from services.reporting.exports import Column, ColumnKind, ExportTable

EXPORTED = {
    "month_name": Column("Month"),
    "customer": Column("Customer"),
    "sight": Column("Visibility"),
    "charges": Column("Charges", ColumnKind.COUNT),
    "currency": Column("Currency"),
    "hidden_micros": Column("Hidden", ColumnKind.MONEY),
    "spend_micros": Column("Spend", ColumnKind.MONEY),
    "share": Column("Share of spend"),
}


def draw(period: Period, customer: Customer | None, currency: str | None) -> None:
    """Sums by currency, then a row a customer and month."""
    page = tables.page_number("fees_register")
    found = read(
        fees.hidden_register,
        period=period,
        customer_id=customer.id if customer else None,
        currency=currency,
        page=page,
        size=tables.PAGE_SIZE,
    )
    if not found.total:
        empty(f"Nothing was hidden from a customer in {text.period(period)}.", "Choose a longer period.")
        return
    people = text.count(found.customers, "customer")
    for place, (code, micros) in zip(cards.row(max(4, len(found.sums))), found.sums.items(), strict=False):
        with place:
            cards.money("Hidden", Money(micros, code))
    st.caption(
        f":material/visibility_off: Not visible to the customer: {people} paid these in {text.period(period)} without"
        " seeing more than a smaller balance. Spend is usage, number rental and custom fees together."
    )
    columns: dict[str, Any] = {
        "month_name": tables.words("Month", width=120),
        "customer": tables.words("Customer", width=220),
        "charges": tables.number("Charges", width=80),
        "currency": tables.words("Currency", width=70),
        "hidden_micros": tables.money("Hidden", width=110),
        "spend_micros": tables.money("Spend", width=110),
        "share": tables.words("Share of spend", width=110, alignment="right"),
    }
    frame = named(found)
    customer_page = "customers/customer.py"
    tables.drill(
        frame, columns, page=customer_page, parameter="id", by="customer_id", key="fees_hidden", alt="Hidden fees"
    )
    tables.pager("fees_register", total=found.total, page=page, noun="row")


def named(found: fees.Register) -> Any:
    """The rows with months and shares in words."""
    rows = found.rows
    return rows.assign(
        month_name=[f"{month:%B %Y}" for month in rows["month"]],
        share=[share(tables.exact(each)) for each in rows["share_bp"]],
        sight="Not visible to the customer",
    )


def share(basis_points: int | None) -> str:
    """Basis points as "12.5 %"; a dash where nothing was spent."""
    return "-" if basis_points is None else f"{basis_points / 100:.1f} %"


def export(by: Principal, period: Period, customer: Customer | None, currency: str | None) -> ExportTable:
    """The whole register of a period, for a file, with control totals by currency."""
    found = read(
        fees.hidden_register,
        period=period,
        customer_id=customer.id if customer else None,
        currency=currency,
        size=downloads.EVERY,
    )
    words: dict[str, Any] = {"period": f"{period.starts_on} to {period.last_day}", "in_currency": currency}
    words |= {"customer": customer.name if customer else None}
    return downloads.table_of("Hidden-fee register", named(found), EXPORTED, by=by, **words)
