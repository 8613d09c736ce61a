"""The script of every session: page setup, the gate, search, the period, the menu, and then the chosen screen."""

from __future__ import annotations

import streamlit as st

from pages._ui import frame, leaving, menu, sidebar, state
from services.access.model import Principal

st.set_page_config(page_title="Ledgerdesk", page_icon=str(menu.PAGES / "static" / "mark.svg"), layout="wide")


def run(by: Principal) -> None:
    """Draw the frame for this person and run the screen asked for."""
    entries = menu.open_to(by)
    pages = {entry.file: menu.page_of(entry) for entry in entries}
    chosen = st.navigation([*pages.values(), *menu.closed_to(by)], position="hidden")
    state.clear_search_on(f"{chosen.url_path}?{st.query_params.get('id', '')}")
    with frame.seen(by):
        with st.sidebar:
            sidebar.draw(by, entries, pages)
        chosen.run()


# The gate stands before st.navigation: navigating to a sign-in page instead would answer a deep link "Page not found".
principal = frame.signed_in()
if principal is None:
    leaving.show_signed_out()
    st.stop()
run(principal)
