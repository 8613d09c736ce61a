"""Filters that live in the address bar: a list can be linked, reloaded and gone back to as it was filtered.

Give every filter of a screen a key that starts with the screen's name ("invoices_status"): it is its name in the URL.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from pages._ui import state, text
from pages._ui.frame import complain, plain
from services.periods import NotAPeriod, Period, parse_period
from services.texts import seen

T = TypeVar("T")

PRESETS = ("This month", "Last month", "This quarter", "Year to date", "Financial year", "Last 12 months")
ALL = "all"


def row() -> DeltaGenerator:
    """A row to put filters in: `with filters.row(): ...`."""
    return st.container(horizontal=True, vertical_alignment="bottom", gap="small")


def words(label: str, *, key: str, placeholder: str = "", width: int = 280) -> str:
    """A free-text filter, trimmed; empty when unused."""
    typed = st.text_input(label, key=key, bind="query-params", type="search", placeholder=placeholder, width=width)
    return seen(typed or "").strip()


def one_of(
    label: str,
    options: Sequence[str],
    *,
    key: str,
    everything: str = "All",
    shown: Callable[[str], str] = str,
    width: int = 190,
) -> str | None:
    """A filter with one choice; None for "All". The address bar carries the words that `shown` makes of it."""
    chosen = st.selectbox(
        label,
        [ALL, *options],
        key=key,
        bind="query-params",
        format_func=lambda value: everything if value == ALL else shown(value),
        width=width,
    )
    return None if chosen in (None, ALL) else str(chosen)


def some_of(label: str, options: Sequence[str], *, key: str, shown: Callable[[str], str] = str) -> list[str]:
    """A filter with any number of choices; an empty list means no restriction."""
    return list(st.multiselect(label, options, key=key, bind="query-params", format_func=shown, width=320))


def views(label: str, options: Sequence[str], *, key: str) -> str:
    """The views of one screen, one at a time, in the address bar; the first one at first, and nothing to see for one.

    A radio and not a segmented control: that sets the chosen word in the theme's primary colour, which the dark theme
    cannot have bright enough to read, because the words on its buttons are white.
    """
    if len(options) == 1:
        return options[0]
    chosen = st.radio(label, options, key=key, bind="query-params", horizontal=True, label_visibility="collapsed")
    return str(chosen or options[0])


def grouped(label: str, groups: Mapping[str, Sequence[str]], *, key: str) -> str:
    """The views of a screen that has too many for one line: groups, and under them the views of the chosen one.

    Only the view stands in the address bar, so that what was linked before there were groups leads where it did.
    """
    of = {view: name for name, views_ in groups.items() for view in views_}
    chosen = st.session_state.get(key) or st.query_params.get(key)
    if chosen not in of:
        chosen = next(iter(of))
    of_key = f"{key}_group"
    st.session_state[of_key] = of[chosen]

    def moved() -> None:
        st.session_state[key] = groups[st.session_state[of_key]][0]

    with st.container(gap="xsmall"):
        st.radio(
            f"{label}, by group", list(groups), key=of_key, horizontal=True, label_visibility="collapsed",
            format_func=lambda name: f"**{name}**", on_change=moved,
        )  # fmt: skip
        return views(label, groups[of[chosen]], key=key)


def switch(label: str, *, key: str, help_text: str | None = None) -> bool:
    """A yes-or-no filter, off by default."""
    return st.toggle(label, key=key, bind="query-params", help=help_text)


def choose_period() -> None:
    """Draw the period of all screens; called once, by the main script, so that it survives every change of page.

    A preset, or typed: a month (2026-11), a quarter (2026-Q4), a year, FY2027, or two days (2026-11-01..2026-11-22).
    """
    state.take_period()
    chosen = st.selectbox(
        "Period",
        PRESETS,
        key=state.PERIOD,
        bind="query-params",
        accept_new_options=True,
        label_visibility="collapsed",
        help="Choose, or type 2026-11, 2026-Q4, 2026, FY2027 or 2026-11-01..2026-11-22.",
    )
    try:
        st.caption(text.period(_parsed(str(chosen or PRESETS[0]))))
    except NotAPeriod as error:
        complain(plain(str(error)))


def chosen_period() -> Period:
    """The period chosen in the sidebar; this month by default, and while what was typed does not read."""
    try:
        return _parsed(str(st.session_state.get(state.PERIOD) or PRESETS[0]))
    except NotAPeriod:
        return _parsed(PRESETS[0])


def _parsed(typed: str) -> Period:
    today = text.today()
    word = typed.strip()
    if word in PRESETS:
        word = "ytd" if word == "Year to date" else word.lower().replace(" ", "-")
    if word == "this-quarter":
        word = f"{today.year}-Q{(today.month + 2) // 3}"
    return parse_period(word, today=today)
