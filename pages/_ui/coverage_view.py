"""Who will go negative on the 1st, with the amount that avoids it, as a view of a screen."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd
import streamlit as st

from pages._ui import cached, cards, downloads, drawer, filters, tables, text
from pages._ui.frame import Screen, empty, read
from services.money import MICROS
from services.reporting import coverage
from services.reporting.exports import Column, ColumnKind

_COVERAGE = {
    "customer": Column("Customer"),
    "currency": Column("Currency"),
    "credit_micros": Column("Credit now", ColumnKind.MONEY),
    "use_micros": Column("Expected use", ColumnKind.MONEY),
    "rental_micros": Column("Rental", ColumnKind.MONEY),
    "fees_micros": Column("Fees", ColumnKind.MONEY),
    "balance_micros": Column("Balance on the 1st", ColumnKind.MONEY),
    "needed_micros": Column("Credit that avoids it", ColumnKind.MONEY),
    "top_up_micros": Column("Smallest top-up", ColumnKind.MONEY),
    "coming_micros": Column("Invoiced, unpaid", ColumnKind.MONEY),
}


def draw(opened: Screen) -> None:
    """Who will go negative on the 1st, and the amount that avoids it."""
    today = text.today()
    found = cached.until_posted(coverage.coverage, today=today)
    st.caption(
        f"Charged by {text.day(found.first)}: rental and recurring fees of {text.count(found.charged, 'customer')}. "
        f"Expected use is the daily average of the {coverage.RECENT_DAYS} days to {text.day(found.complete_through)}, "
        f"up to which usage is complete, for each day until {text.day(found.first)}."
    )
    if found.rows.empty:
        empty(f"Nobody will go negative on {text.day(found.first)}.")
        return
    codes = sorted(set(found.rows["currency"]), key=lambda code: (code != "AUD", code))
    chosen = filters.one_of("Currency", codes, key="numbers_short_currency")
    rows = found.rows[found.rows["currency"] == chosen] if chosen else found.rows
    with opened.acts:
        facts: dict[str, Any] = {
            "on": str(found.first),
            "usage_complete_through": str(found.complete_through),
            "in_currency": chosen,
        }
        downloads.menu(
            f"negative on {found.first}",
            lambda: downloads.table_of("Negative on the 1st", _named(rows, today), _COVERAGE, by=opened.by, **facts),
        )
    shown = [chosen] if chosen else codes
    for place, code in zip(cards.row(max(4, len(shown))), shown, strict=False):
        own = rows[rows["currency"] == code]
        with place, st.container(border=True, height="stretch", gap="xsmall"):
            st.metric(f"Avoided by, {code}", int(own["needed_micros"].sum()) / MICROS, format="accounting")
            st.caption(text.count(len(own), "customer"))
    _table(rows, today)


def _named(rows: pd.DataFrame, today: date) -> pd.DataFrame:
    return read(coverage.named, rows=rows, today=today)


def _table(rows: pd.DataFrame, today: date) -> None:
    columns: dict[str, Any] = {
        "customer": tables.words("Customer", width=150),
        "currency": tables.words("Currency", width=65),
        "credit_micros": tables.money("Credit now", width=80),
        "use_micros": tables.money("Expected use", width=85),
        "rental_micros": tables.money("Rental", width=70),
        "fees_micros": tables.money("Fees", width=65),
        "balance_micros": tables.money("On the 1st", width=80),
        "needed_micros": tables.money("Avoided by", width=80, help="Credit that brings the balance to zero"),
        "top_up_micros": tables.money("Smallest top-up", width=95, help="With tax, and never below the minimum"),
        "coming_micros": tables.money("Invoiced", width=75, help="Invoiced and not paid yet; not counted"),
    }
    page = tables.page_number("numbers_short_page")
    start = (page - 1) * tables.PAGE_SIZE
    part = _named(rows.iloc[start : start + tables.PAGE_SIZE], today)
    key, alt = "numbers_short", "Negative on the 1st"
    tables.drill(part, columns, page=drawer.CUSTOMER, parameter="id", by="customer_id", key=key, alt=alt)
    tables.pager("numbers_short_page", total=len(rows), page=page, noun="customer")
