"""Usage as figures and lists: by product over time with its twin, totals by product, and the rows behind."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import pandas as pd
import streamlit as st

from pages._ui import cached, charts, downloads, drawer, tables, text
from pages._ui.frame import empty, read
from pages._ui.places import country_name
from services.access.model import Principal
from services.money import Money
from services.periods import Period
from services.reporting.exports import Column, ColumnKind, ExportTable
from services.usage import queries as usage
from services.usage.model import Product

MOST_DAYS = 62  # a longer period is drawn by month
LABELS = {product.value: product.label for product in Product}

EXPORTED = {
    "day": Column("Day", ColumnKind.DAY),
    "customer": Column("Customer"),
    "product_name": Column("Product"),
    "country": Column("To"),
    "messages": Column("Messages", ColumnKind.COUNT),
    "parts": Column("Parts", ColumnKind.COUNT),
    "currency": Column("Currency"),
    "micros": Column("Price", ColumnKind.MONEY),
}


def chart(*, period: Period, currency: str, customer_id: int | None, product: Product | None, key: str) -> None:
    """Usage by product, a bar a day or, beyond two months, a month; its numbers in a table behind a click."""
    query = usage.by_day if period.days <= MOST_DAYS else usage.by_month
    rows = cached.until_posted(query, period=period, customer_id=customer_id, product=product, currency=currency)
    when = str(rows.columns[0])
    written = "%-d %b" if when == "day" else "%b %y"
    days = sorted(set(rows[when]))
    found: dict[tuple[str, date], int] = {
        (name, day): int(micros) for name, day, micros in zip(rows["product"], rows[when], rows["micros"], strict=True)
    }
    names = {name for name, _ in found}
    series = {label: [found.get((name, day), 0) for day in days] for name, label in LABELS.items() if name in names}
    figure = charts.bars_by_month(days, series, currency=currency, stacked=True, written=written, tall=True)
    charts.draw(
        figure,
        alt=f"Usage by product and {when} in {text.period(period)}, {currency}",
        twin=lambda: _twin(days, series, currency, written),
        key=key,
    )


def _twin(days: list[date], series: Mapping[str, list[int]], currency: str, written: str) -> pd.DataFrame:
    columns = {
        f"{name}, {currency}": [text.amount(Money(value, currency)) if value else "" for value in micros]
        for name, micros in series.items()
    }
    return pd.DataFrame({"When": [f"{day:{written}}" for day in days], **columns})


def by_product(rows: pd.DataFrame, *, currency: str) -> None:
    """Totals by product of one currency, the largest first, with their sum."""
    own = rows[rows["currency"] == currency].sort_values("micros", ascending=False)
    frame = pd.DataFrame(
        {
            "product": [*(LABELS[name] for name in own["product"]), "Total"],
            "messages": [*own["messages"], int(own["messages"].sum())],
            "price_micros": [*own["micros"], int(own["micros"].sum())],
        }
    )
    columns = {
        "product": tables.words("Product", width=130),
        "messages": tables.number("Messages", width=80),
        "price_micros": tables.money(f"Price, {currency}", width=95),
    }
    tables.show(frame, columns, alt=f"Usage by product, {currency}", height="content")


def named(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows with the products' and the countries' names."""
    return rows.assign(
        product_name=[LABELS[name] for name in rows["product"]],
        country_name=[country_name(code) for code in rows["country"]],
    )


def listed(rows: pd.DataFrame, *, key: str, currency: str | None, with_names: bool) -> None:
    """The rows day x product x destination; a picked row opens its journal entry at the right."""
    columns: dict[str, Any] = {"day": tables.day("Day", width=95)}
    if with_names:
        columns["customer"] = tables.words("Customer")
    columns |= {
        "product_name": tables.words("Product"),
        "country_name": tables.words("To"),
        "messages": tables.number("Messages"),
        "parts": tables.number("Parts charged"),
    }
    if not currency:
        columns["currency"] = tables.words("Currency", width="small")
    columns["price_micros"] = tables.money(f"Price, {currency}" if currency else "Price")
    frame = named(rows).assign(price_micros=rows["micros"])
    row = drawer.picked(frame, columns, key=key, alt="Usage by day, product and destination")
    if row is not None and tables.exact(row["entry_id"]) is not None:
        drawer.show_entry(int(row["entry_id"]), key=key)


def nothing(period: Period) -> None:
    """The empty state."""
    through = read(usage.complete_through)
    known = f"Usage is imported up to {text.day(through)}." if through else "No usage has been imported yet."
    empty(f"No usage in {text.period(period)} that fits. {known}", "Clear the filters or choose another period.")
    st.stop()


def export(
    by: Principal, *, period: Period, customer_id: int | None, product: Product | None, currency: str | None
) -> ExportTable:
    """Every row the filters leave, for a file, with control totals by currency."""
    found = read(
        usage.page, period=period, customer_id=customer_id, product=product, currency=currency, size=downloads.EVERY
    )
    words: dict[str, Any] = {
        "period": f"{period.starts_on} to {period.last_day}",
        "product": product.label if product else None,
        "in_currency": currency,
    }
    return downloads.table_of("Usage", named(found.rows), EXPORTED, by=by, **words)
