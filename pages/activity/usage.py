"""Usage: what was sent, by product first, then over time, then row by row."""

from __future__ import annotations

import streamlit as st

from pages._ui import cached, choosing, downloads, filters, tables, usage_parts
from pages._ui.frame import OPEN, open_screen, read
from services.usage import queries
from services.usage.model import Product

PRODUCTS = [product.value for product in Product]

opened = open_screen("Usage", OPEN, answer="What was sent, of which product, and what did it cost?")
period = filters.chosen_period()
with filters.row():
    customer = choosing.customer_filter("usage_customer")
    named = filters.one_of(
        "Product", PRODUCTS, key="usage_product", shown=lambda name: usage_parts.LABELS.get(name, name)
    )
    currency = filters.one_of("Currency", choosing.currencies(), key="usage_currency")
product = Product(named) if named else None
customer_id = customer.id if customer else None
page = tables.page_number("usage_page")
totals = cached.until_posted(queries.by_product, period=period, customer_id=customer_id, currency=currency)
if product:
    totals = totals[totals["product"] == product.value]
if totals.empty:
    usage_parts.nothing(period)
with opened.acts:
    downloads.menu(
        f"usage {period.starts_on} {period.last_day}",
        lambda: usage_parts.export(
            opened.by, period=period, customer_id=customer_id, product=product, currency=currency
        ),
    )
codes = sorted(set(totals["currency"]), key=lambda code: (code != "AUD", code))
shown = filters.views("Currency of the chart", codes, key="usage_chart")
left, right = st.columns([5, 3])
with left:
    usage_parts.chart(period=period, currency=shown, customer_id=customer_id, product=product, key="usage_figure")
with right:
    usage_parts.by_product(totals, currency=shown)
found = read(
    queries.page,
    period=period,
    customer_id=customer_id,
    product=product,
    currency=currency,
    page=page,
    size=tables.PAGE_SIZE,
)
usage_parts.listed(found.rows, key="usage", currency=currency, with_names=customer is None)
tables.pager("usage_page", total=found.total, page=page, noun="row")
