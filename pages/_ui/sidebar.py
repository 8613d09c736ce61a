"""The sidebar of every screen: search first, then the period, the menu by section, the person at the foot."""

from __future__ import annotations

from itertools import groupby
from typing import NoReturn

import pandas as pd
import streamlit as st

from pages._ui import filters, frame, leaving, saved_views, search_box, tables
from pages._ui.menu import Entry
from services.access.model import Principal

NEW_INVOICE = "billing/new_invoice.py"
SHORTCUTS = (
    ("Alt+N", "New invoice"),
    ("Alt+Q", "New request, under Invoice requests"),
    ("Alt+M", "Match: accept the first receipt that can be, under Bank receipts"),
    ("Alt+Y", "Accept the ready receipts together, where they are listed under Bank receipts"),
    ("Alt+O, Alt+L", "Choose another invoice for that receipt, or split it"),
    ("Alt+H, Alt+B", "Hold that receipt in suspense, or pay it back"),
    ("Alt+U", "Undo what was last done with a receipt"),
    ("Alt+A", "Answer card, on a customer's screen"),
    ("Alt+K", "This list of keys"),
    ("Alt+F", "New fee, under Custom fees"),
    ("Alt+P", "New person, under People and access"),
    ("Ctrl+Enter", "Send the form you are in"),
    ("Alt+S", "Search from anywhere: Tab twice leads into the box"),
    ("Alt+Enter", "In the search: every customer found, as a list"),
    ("Tab, Shift+Tab", "Next and previous field; the search box is the first of them, its answers follow"),
    ("Space", "In a list: pick the row under the cursor, which opens it"),
    ("Ctrl+F", "In a list: search its rows"),
    ("Esc", "Close a dialog or a menu"),
)


def draw(by: Principal, entries: list[Entry], pages: dict[str, st.Page]) -> None:
    """Draw it, close enough that all of it stands on a laptop's screen."""
    with st.container(gap="xsmall"):
        search_box.draw(by)
        with st.container(gap=None):
            filters.choose_period()
        if NEW_INVOICE in pages and st.button(
            "New invoice", icon=":material/add:", shortcut="Alt+N", width="stretch", key="sidebar_new_invoice"
        ):
            _go(pages[NEW_INVOICE])
        _menu(entries, pages)
        _foot(by)


def _menu(entries: list[Entry], pages: dict[str, st.Page]) -> None:
    """The screens by section, close enough to stand on a laptop; a section of one screen needs no heading."""
    with st.container(gap="xxsmall"):
        for section, group in groupby((entry for entry in entries if entry.shown), key=lambda entry: entry.section):
            shown = list(group)
            with st.container(gap=2):
                if len(shown) > 1:
                    st.caption(section)
                for entry in shown:
                    st.page_link(pages[entry.file], label=entry.title, icon=entry.icon, width="stretch")


def _go(page: st.Page) -> NoReturn:
    st.switch_page(page)


def _foot(by: Principal) -> None:
    """Who is here, and what can be done from anywhere, in close rows."""
    with st.container(gap=None):
        st.caption(f"{frame.plain(by.name)}, {by.role.value if by.role else 'system'}")
        with st.container(horizontal=True, gap="xsmall"):
            saved_views.in_sidebar(by)
            if st.button("Sign out", type="tertiary", icon=":material/logout:", key="sidebar_sign_out"):
                leaving.sign_out()
        with st.container(horizontal=True, gap="xsmall"):
            if st.button("Search", type="tertiary", icon=":material/search:", shortcut="Alt+S", key="sidebar_search"):
                search_box.as_dialog(by)
            if st.button("Keys", type="tertiary", icon=":material/keyboard:", shortcut="Alt+K", key="sidebar_keys"):
                show_keys()


@st.dialog("Keyboard")
def show_keys() -> None:
    """The keys that work on every screen."""
    tables.printed(pd.DataFrame(SHORTCUTS, columns=["Keys", "What they do"]), alt="Keyboard")
