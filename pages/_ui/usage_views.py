"""The views of usage below its figures, each with its export: days, countries, sub-accounts, posted rows, messages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
import streamlit as st

from pages._ui import cached, downloads, drawer, tables, usage_messages, usage_parts
from pages._ui.frame import empty, read
from pages._ui.places import country_name
from pages._ui.usage_filters import LABELS, Chosen, named_sub, open_with, set_to
from services.access.model import Principal
from services.reporting.exports import Column, ColumnKind, ExportTable
from services.usage import queries as usage

Build = Callable[[], ExportTable]
PRODUCTS, DAYS, COUNTRIES, SUB_ACCOUNTS = "Products", "Days", "Countries", "Sub-accounts"
MESSAGES, ROWS = "Messages", "Posted rows"
VIEWS = (PRODUCTS, DAYS, COUNTRIES, SUB_ACCOUNTS, MESSAGES, ROWS)

_FIGURES = {
    "messages": Column("Messages", ColumnKind.COUNT),
    "parts": Column("Parts", ColumnKind.COUNT),
    "currency": Column("Currency"),
    "micros": Column("Price", ColumnKind.MONEY),
    "average": Column("Average a message", ColumnKind.MONEY, places=4, totalled=False),
}
_PRODUCTS = {"product_name": Column("Product"), **_FIGURES}
_DAYS = {"day": Column("Day", ColumnKind.DAY), **_FIGURES}
_COUNTRIES = {"country_name": Column("To"), "country": Column("Code"), **_FIGURES}
_SUB_ACCOUNTS = {"customer": Column("Customer"), "username": Column("Username"), "sub_name": Column("Sub-account")}
_ROWS = {
    "day": Column("Day", ColumnKind.DAY),
    "customer": Column("Customer"),
    "product_name": Column("Product"),
    "country": Column("To"),
    **{name: column for name, column in _FIGURES.items() if name != "average"},
}


def draw(by: Principal, chosen: Chosen, view: str) -> Build | None:
    """Draw one view under its figures and give what exports it; None where there is nothing to export."""
    totals = usage_parts.totals(chosen, chosen.period)
    if totals.empty:
        usage_parts.nothing(chosen)
        return None
    compared = usage_parts.compared(chosen, totals)
    currency = usage_parts.at_a_glance(chosen, compared)
    drawn: dict[str, Callable[[Principal, Chosen], Build | None]] = {
        DAYS: days,
        COUNTRIES: countries,
        SUB_ACCOUNTS: sub_accounts,
        MESSAGES: usage_messages.listed,
        ROWS: posted,
    }
    if view != PRODUCTS:
        return drawn[view](by, chosen)
    left, right = st.columns([4, 5])
    with left:
        usage_parts.chart(chosen, currency=currency)
    with right:
        usage_parts.by_product(chosen, compared, currency=currency)
    days(by, chosen)
    return lambda: downloads.table_of(
        "Usage by product", _of_products(chosen, totals), _PRODUCTS, by=by, **chosen.words
    )


def _of_products(chosen: Chosen, totals: pd.DataFrame) -> pd.DataFrame:
    own = totals[totals["product"] == chosen.product.value] if chosen.product else totals
    return _averaged(own.assign(product_name=[LABELS[name] for name in own["product"]]))


def days(by: Principal, chosen: Chosen) -> Build:
    """Every day there was usage, newest first; a picked one opens its messages."""
    found = cached.until_posted(usage.history, period=chosen.period, **chosen.asked)
    newest_first = found.iloc[::-1]
    page = tables.page_number(chosen.key("days_page"))
    shown = newest_first.iloc[(page - 1) * tables.PAGE_SIZE : page * tables.PAGE_SIZE]
    rows = _averaged(shown.reset_index(drop=True))

    def to(row: Any) -> None:
        set_to(**{chosen.key("view"): MESSAGES})
        open_with(chosen.key("on"), row["day"], written=row["day"].isoformat())

    columns = {"day": tables.day("Day"), **_figures(chosen)}
    tables.follow(rows, columns, alt="Usage by day", key=chosen.key("days"), to=to)
    tables.pager(chosen.key("days_page"), total=len(found), page=page, noun="day")
    return lambda: downloads.table_of(
        "Usage by day", _averaged(newest_first.reset_index(drop=True)), _DAYS, by=by, **chosen.words
    )


def countries(by: Principal, chosen: Chosen) -> Build:
    """Every country anything was sent to, the dearest first, and its share; a picked one narrows the screen."""
    found = cached.until_posted(usage.by_country, period=chosen.period, **chosen.asked_but("country"))
    if chosen.country:
        found = found[found["country"] == chosen.country]
    home = found.assign(abroad=found["currency"] != "AUD")
    ordered = home.sort_values(["abroad", "currency", "micros"], ascending=[True, True, False])
    frame = _averaged(ordered.reset_index(drop=True))
    frame = frame.assign(country_name=[country_name(code) for code in frame["country"]])
    sums = frame.groupby("currency")["micros"].transform("sum")
    frame["share"] = [
        100 * int(one) / int(all_) if all_ else None for one, all_ in zip(frame["micros"], sums, strict=True)
    ]

    def to(row: Any) -> None:
        set_to(**{chosen.key("country"): row["country"], chosen.key("view"): DAYS})

    share = st.column_config.NumberColumn("Share", format="%.1f %%", help="Of the cost in the same currency.")
    columns = {"country_name": tables.words("To"), **_figures(chosen), "share": share}
    page = tables.page_number(chosen.key("countries_page"))
    rows = frame.iloc[(page - 1) * tables.PAGE_SIZE : page * tables.PAGE_SIZE].reset_index(drop=True)
    tables.follow(rows, columns, alt="Usage by country", key=chosen.key("countries"), to=to)
    tables.pager(chosen.key("countries_page"), total=len(frame), page=page, noun="country", plural="countries")
    return lambda: downloads.table_of("Usage by country", frame, _COUNTRIES, by=by, **chosen.words)


def sub_accounts(by: Principal, chosen: Chosen) -> Build | None:
    """Customers' sub-accounts, the dearest first; a picked one narrows the screen to it."""
    page = tables.page_number(chosen.key("subs_page"))
    asked = chosen.asked_but("sub_account")
    found = cached.until_posted(
        usage.sub_accounts_page, period=chosen.period, **asked, page=page, size=tables.PAGE_SIZE
    )
    if not found.total:
        empty(
            "Sub-accounts are known of usage imported message by message; there is none here.", "See the days instead."
        )
        return None
    frame = _averaged(found.rows).assign(sub_name=[named_sub(name) for name in found.rows["sub_account"]])

    def to(row: Any) -> None:
        set_to(**{chosen.key("view"): DAYS})
        if chosen.customer:
            set_to(**{chosen.key("sub"): row["sub_account"]})
        else:
            set_to(**{chosen.key("customer"): row["username"]})
            open_with(chosen.key("sub"), row["sub_account"], written=row["sub_name"])

    columns: dict[str, Any] = {} if chosen.customer else {"customer": tables.words("Customer")}
    columns |= {"sub_name": tables.words("Sub-account"), **_figures(chosen)}
    key = chosen.key(f"subs_{chosen.sub_account}")
    tables.follow(frame, columns, alt="Usage by sub-account", key=key, to=to)
    tables.pager(chosen.key("subs_page"), total=found.total, page=page, noun="sub-account")

    def build() -> ExportTable:
        every = _averaged(read(usage.by_sub_account, period=chosen.period, **asked))
        every["sub_name"] = [named_sub(name) for name in every["sub_account"]]
        words = chosen.words | {"sub_account": None}
        return downloads.table_of("Usage by sub-account", every, {**_SUB_ACCOUNTS, **_FIGURES}, by=by, **words)

    return build


def posted(by: Principal, chosen: Chosen) -> Build:
    """The rows day x customer x product x country as they were posted; a picked row opens its journal entry."""
    page = tables.page_number(chosen.key("page"))
    asked = chosen.asked_but("sub_account")
    found = read(usage.page, period=chosen.period, **asked, page=page, size=tables.PAGE_SIZE)
    if chosen.sub_account is not None:
        st.caption("Journal entries are of a customer, day and product: all sub-accounts together.")
    columns: dict[str, Any] = {"day": tables.day("Day", width=95)}
    if not chosen.customer:
        columns["customer"] = tables.words("Customer")
    columns |= {"product_name": tables.words("Product"), "country_name": tables.words("To"), **_figures(chosen)}
    frame = _averaged(named(found.rows))
    row = drawer.picked(frame, columns, key=chosen.key("rows"), alt="Usage by day, product and destination")
    if row is not None and tables.exact(row["entry_id"]) is not None:
        drawer.show_entry(int(row["entry_id"]), key=chosen.key("rows"))
    tables.pager(chosen.key("page"), total=found.total, page=page, noun="row")
    return lambda: export(by, chosen)


def export(by: Principal, chosen: Chosen) -> ExportTable:
    """Every posted row the filters leave, for a file, with control totals by currency."""
    found = read(usage.page, period=chosen.period, **chosen.asked_but("sub_account"), size=downloads.EVERY)
    words = chosen.words | {"sub_account": None}
    return downloads.table_of("Usage", named(found.rows), _ROWS, by=by, **words)


def named(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows with the products' and the countries' names."""
    return rows.assign(
        product_name=[LABELS[name] for name in rows["product"]],
        country_name=[country_name(code) for code in rows["country"]],
    )


def _figures(chosen: Chosen) -> dict[str, Any]:
    """The columns of figures every view ends in."""
    currency = {} if chosen.currency else {"currency": tables.words("Currency", width="small")}
    cost = f"Cost, {chosen.currency}" if chosen.currency else "Cost"
    return {
        "messages": tables.number("Messages"),
        "parts": tables.number("Parts charged"),
        **currency,
        "price_micros": tables.money(cost),
        "average_micros": tables.price("Average a message"),
    }


def _averaged(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows with the price of one message, for the grid and for the file."""
    average = usage_parts.averages([*map(int, rows["micros"])], [*map(int, rows["messages"])])
    return rows.assign(price_micros=rows["micros"], average_micros=average.values, average=average.values)
