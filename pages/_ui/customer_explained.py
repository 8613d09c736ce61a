"""Why the balance is what it is: a waterfall from opening to closing, its numbers, and the way to the rows behind each.

As the customer sees it, hidden fees are missing from both, and the gap they leave is shown in their place.
"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from pages._ui import charts, menu, state, tables, text, usage_filters
from pages._ui.frame import empty
from services.customers.model import Customer
from services.frames import typed
from services.ledger.classes import MovementClass
from services.money import Money
from services.reporting.explanation import ClassLine, Why

GAP = "Not shown"
_CLOSING = "Closing balance"


def draw(customer: Customer, told: Why, *, as_customer: bool) -> None:
    """The chart at the left, the table at the right."""
    seen = told.as_the_customer_sees_it()
    lines = seen.lines if as_customer else told.lines
    gap = seen.gap if as_customer and seen.gap else None
    left, right = st.columns([5, 4], gap="small")
    with left, st.container(border=True, height="stretch", gap="xsmall"):
        if lines or told.opening or told.closing:
            _chart(customer, told, lines, gap)
        else:
            since = text.day(customer.created_on)
            empty(
                f"Nothing moved the credit of {customer.name} by {text.day(told.period.last_day)}.",
                f"Customer since {since}.",
            )
    with right, st.container(border=True, height="stretch", gap="xsmall"):
        _difference(told, gap)
        _table(customer, told, lines, gap)


def _chart(customer: Customer, told: Why, lines: Sequence[ClassLine], gap: Money | None) -> None:
    steps = [(line.label, line.money.micros) for line in lines]
    if gap is not None:
        steps.append((GAP, gap.micros))
    figure = charts.waterfall(told.opening.micros, steps, told.closing.micros, currency=customer.currency)
    said = ", ".join(f"{label} {text.amount(Money(micros, customer.currency))}" for label, micros in steps) or "nothing"
    alt = f"From {text.money(told.opening)} to {text.money(told.closing)} in {text.period(told.period)}: {said}"
    charts.draw(figure, alt=alt, key="customer_waterfall")


def _difference(told: Why, gap: Money | None) -> None:
    shown = text.money(told.difference)
    if told.difference:
        st.error(f"Difference {shown}: the books do not explain this balance; see Integrity.", icon=":material/error:")
    elif gap is not None:
        expected = text.money(told.closing - gap)
        st.caption(
            f":material/visibility_off: The customer's own sum is {expected}; hidden fees of {text.money(-gap)} are the"
            f" gap. Difference {shown}."
        )
    elif told.hidden.money:
        hidden = text.money(-told.hidden.money)
        st.caption(f":material/check_circle: Difference {shown}. Fees of {hidden} are hidden from the customer.")
    else:
        st.caption(f":material/check_circle: Difference {shown}: opening and movements make the closing balance.")


def _table(customer: Customer, told: Why, lines: Sequence[ClassLine], gap: Money | None) -> None:
    rows: list[tuple[str, int | None, int | None, int, ClassLine | None]]
    rows = [("Opening balance", None, None, told.opening.micros, None)]
    rows += [(line.label, line.rows, line.taken_back.micros or None, line.money.micros, line) for line in lines]
    if gap is not None:
        rows.append(("Customer's sum", None, None, (told.closing - gap).micros, None))
        rows.append(("Hidden fees", len(told.hidden.entry_ids), None, gap.micros, None))
    rows.append((_CLOSING, None, None, told.closing.micros, None))
    frame = pd.DataFrame(rows, columns=["movement", "rows", "taken_back_micros", "amount_micros", "line"])
    frame = typed(frame, {"rows": "Int64", "taken_back_micros": "Int64"})
    columns = {
        "movement": tables.words("Movement", width=115),
        "rows": tables.number("Rows", width=42),
        "taken_back_micros": tables.money("Taken back", width=76, help="Part of the amount: what undid earlier rows"),
        "amount_micros": tables.money(f"Amount, {customer.currency}", width=88),
    }
    if not any(line.taken_back for line in lines):
        del columns["taken_back_micros"]
        columns["movement"] = tables.words("Movement", width=165)
    row = tables.pick(frame, columns, alt="What moved the balance", key="customer_moved", height="content")
    if row is not None and row["line"] is not None:
        _open(customer, told, row["line"])
    st.caption("Pick a movement to see its rows.")


def _open(customer: Customer, told: Why, line: ClassLine) -> None:
    """The rows behind a line: usage by its product, everything else among the transactions."""
    state.wish_period(f"{told.period.starts_on}..{told.period.last_day}")
    if line.of is MovementClass.USAGE and line.kind:
        product = usage_filters.LABELS[line.kind.value.removeprefix("usage_")]
        of = {"usage_customer": customer.account_id, "usage_product": product}
        st.switch_page(str(menu.PAGES / "activity/usage.py"), query_params=of)
    named = {"transactions_customer": customer.account_id, "transactions_class": line.of.label}
    st.switch_page(str(menu.PAGES / "activity/transactions.py"), query_params=named)
