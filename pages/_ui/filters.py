"""Filters that live in the address bar: a list can be linked, reloaded and gone back to as it was filtered.

Give every filter of a screen a key that starts with the screen's name ("invoices_status"): it is its name in the URL.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import TypeVar

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from pages._ui import state, text
from services.periods import NotAPeriod, Period, parse_period

T = TypeVar("T")

PRESETS = {
    "this-month": "This month",
    "last-month": "Last month",
    "this-quarter": "This quarter",
    "ytd": "Year to date",
    "financial-year": "Financial year",
    "last-12-months": "Last 12 months",
    "custom": "Custom…",
}
ALL = "all"


def row() -> DeltaGenerator:
    """A row to put filters in: `with filters.row(): ...`."""
    return st.container(horizontal=True, vertical_alignment="bottom", gap="small")


def words(label: str, *, key: str, placeholder: str = "") -> str:
    """A free-text filter, trimmed; empty when unused."""
    typed = st.text_input(label, key=key, bind="query-params", type="search", placeholder=placeholder, width=280)
    return (typed or "").strip()


def one_of(
    label: str, options: Sequence[str], *, key: str, everything: str = "All", shown: Callable[[str], str] = str
) -> str | None:
    """A filter with one choice; None for "All". `shown` turns a value of the URL into words."""
    chosen = st.selectbox(
        label,
        [ALL, *options],
        key=key,
        bind="query-params",
        format_func=lambda value: everything if value == ALL else shown(value),
        width=190,
    )
    return None if chosen in (None, ALL) else str(chosen)


def some_of(label: str, options: Sequence[str], *, key: str, shown: Callable[[str], str] = str) -> list[str]:
    """A filter with any number of choices; an empty list means no restriction."""
    return list(st.multiselect(label, options, key=key, bind="query-params", format_func=shown, width=320))


def switch(label: str, *, key: str, help_text: str | None = None) -> bool:
    """A yes-or-no filter, off by default."""
    return st.toggle(label, key=key, bind="query-params", help=help_text)


def choose_period() -> None:
    """Draw the period of all screens; called once, by the main script, so that it survives every change of page."""
    chosen = st.selectbox(
        "Period",
        list(PRESETS),
        key=state.PERIOD,
        bind="query-params",
        format_func=_preset_words,
        label_visibility="collapsed",
    )
    if chosen == "custom":
        st.text_input(
            "Custom period",
            key=state.PERIOD_FROM_TO,
            bind="query-params",
            placeholder="2026-11, 2026-Q4, FY2027…",
            help="A month (2026-11), a quarter (2026-Q4), a year (2026), a financial year (FY2027) "
            "or two days (2026-11-01..2026-11-22).",
        )
        problem = _problem_of(str(st.session_state.get(state.PERIOD_FROM_TO) or ""))
        if problem:
            st.caption(f":red[{problem}]")


def chosen_period() -> Period:
    """The period chosen in the sidebar, this month by default or while a custom one does not read."""
    chosen = str(st.session_state.get(state.PERIOD) or "this-month")
    typed = str(st.session_state.get(state.PERIOD_FROM_TO) or "").strip()
    word = (typed or "this-month") if chosen == "custom" else chosen
    try:
        return _parsed(word)
    except NotAPeriod:
        return parse_period("this-month", today=text.today())


def _parsed(word: str) -> Period:
    today = text.today()
    return parse_period(_quarter_of(today) if word == "this-quarter" else word, today=today)


def _quarter_of(day: date) -> str:
    return f"{day.year}-Q{(day.month + 2) // 3}"


def _preset_words(preset: str) -> str:
    label = PRESETS.get(preset, preset)
    return label if preset == "custom" else f"{label} · {text.period(_parsed(preset))}"


def _problem_of(typed: str) -> str:
    if not typed.strip():
        return ""
    try:
        _parsed(typed.strip())
    except NotAPeriod as error:
        return str(error)
    return ""
