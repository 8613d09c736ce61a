"""Leaving the dashboard's screens: signing out, a session that has ended, and going to an address loaded anew."""

from __future__ import annotations

from typing import NoReturn

import streamlit as st
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime.scriptrunner import get_script_run_ctx

from services.access import operations
from services.access.model import SESSION_COOKIE
from services.db.current import current
from services.errors import BrokenInvariant


def sign_out() -> NoReturn:
    """End this session in the database and leave for the sign-in page."""
    token = st.context.cookies.get(SESSION_COOKIE)
    if token:
        current().act(lambda tx: operations.sign_out(tx, token=token))
    st.session_state.clear()
    show_signed_out()
    st.stop()


def show_signed_out() -> None:
    """Say that the session has ended and send the browser to the sign-in page, which lies outside Streamlit.

    Only elements every screen has loaded already: without a session the server gives no more scripts.
    """
    st.title("You are not signed in")
    st.markdown("Your session has ended. Nothing was lost. [Sign in](/sign-in)")
    go_to("/sign-in")


def go_to(address: str) -> None:
    """Send the browser to an address of this dashboard, which it loads anew; refuses any other.

    The message is the one Streamlit's own sign-out sends.
    """
    if not address.startswith("/") or address.startswith("//"):
        raise BrokenInvariant(f"{address} does not lie inside the dashboard")
    context = get_script_run_ctx()
    if context is not None:
        leave = ForwardMsg()
        leave.auth_redirect.url = address
        context.enqueue(leave)
