"""The days a customer's screen speaks of: those of the sidebar, or its own, both in the address bar."""

from __future__ import annotations

from datetime import date, timedelta

import streamlit as st

from pages._ui import filters, text
from services.periods import Period

_KEYS = ("customer_from", "customer_to")
_LAST = "customer_period_before"


def choose() -> Period:
    """Draw the two days, which begin as the sidebar's period up to today, and give the period they make.

    Choosing another period at the left sets them anew. Days in the wrong order are refused in a sentence.
    """
    offered = up_to_today(filters.chosen_period(), text.today())
    if st.session_state.get(_LAST, offered) != offered:
        st.session_state[_KEYS[0]], st.session_state[_KEYS[1]] = offered.starts_on, offered.last_day
    st.session_state[_LAST] = offered
    first = _day("From", offered.starts_on, _KEYS[0])
    last = _day("to", offered.last_day, _KEYS[1])
    if last < first:
        st.error(f"{text.day(first)} lies after {text.day(last)}: exchange the two days.", icon=":material/error:")
        return offered
    return Period(first, last + timedelta(days=1))


def up_to_today(period: Period, today: date) -> Period:
    """A period that has begun ends today at the latest: what has not happened cannot be explained."""
    tomorrow = today + timedelta(days=1)
    return Period(period.starts_on, min(period.ends_before, tomorrow)) if today in period else period


def _day(label: str, first: date, key: str) -> date:
    st.markdown(f":small[:gray[{label}]]", width="content")
    chosen: date | None = st.date_input(
        label, first, key=key, bind="query-params", format="DD/MM/YYYY", label_visibility="collapsed", width=140,
        min_value=date(2000, 1, 1), max_value=date(2100, 1, 1),
    )  # fmt: skip
    return chosen or first
