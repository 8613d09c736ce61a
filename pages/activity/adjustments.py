"""Adjustments: what people gave or took of customers' credit, why, who approved it, and what still waits."""

from __future__ import annotations

from typing import Any

import streamlit as st

from pages._ui import adjustment_parts, adjustment_sums, choosing, downloads, filters, tables, text
from pages._ui.frame import OPEN, empty, open_screen, read
from services.adjustments import queries
from services.adjustments.model import AdjustmentKind, State

KINDS = [kind.value for kind in AdjustmentKind]
STATES = [state.value for state in State]

opened = open_screen(
    "Adjustments", OPEN, answer="What did we give or take of customers’ credit, why, and who decided it?"
)
period = filters.chosen_period()
with filters.row():
    customer = choosing.customer_filter("adjustments_customer")
    kind_named = filters.one_of("Adjustment", KINDS, key="adjustments_kind", shown=adjustment_parts.KINDS.__getitem__)
    state_named = filters.one_of("State", STATES, key="adjustments_state", shown=adjustment_parts.STATES.__getitem__)
    currency = filters.one_of("Currency", choosing.currencies(), key="adjustments_currency", width=120)
chosen: dict[str, Any] = {
    "period": period,
    "customer_id": customer.id if customer else None,
    "kind": AdjustmentKind(kind_named) if kind_named else None,
    "state": State(state_named) if state_named else None,
    "currency": currency,
}
adjustment_sums.needs(opened.by)
page = tables.page_number("adjustments_page")
found = read(queries.page, page=page, size=tables.PAGE_SIZE, **chosen)
if not found.total:
    empty(
        f"Nobody adjusted credit in {text.period(period)} that fits.",
        "Clear the filters, choose a longer period, or open a customer and choose “Adjust”.",
    )
    st.stop()
with opened.acts:
    downloads.menu(
        f"adjustments {period.starts_on} {period.last_day}", lambda: adjustment_parts.export(opened.by, **chosen)
    )
adjustment_sums.by_currency(found.sums)
adjustment_parts.listed(found.rows, key="adjustments", with_names=customer is None)
tables.pager("adjustments_page", total=found.total, page=page, noun="adjustment")
