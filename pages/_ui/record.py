"""The record of the address bar: `?id=` as a number that fits the books, and what it names."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import streamlit as st

from pages._ui.frame import read
from services.errors import NotFound

T = TypeVar("T")
_LARGEST = 2**63


def asked_for(parameter: str = "id") -> int | None:
    """The id asked for; None when there is none, or when it is no number."""
    typed = st.query_params.get(parameter, "")
    return int(typed) if typed.isascii() and typed.isdecimal() and int(typed) < _LARGEST else None


def remembered(screen: str) -> int | None:
    """The id asked for, else the one last looked at on this screen: going back in the browser loses the parameter.

    It is not put back into the address: that would be a new step of the browser's history, and no way out of it.
    """
    key = f"record_{screen}"
    found = asked_for() if "id" in st.query_params else st.session_state.get(key)
    st.session_state[key] = found
    return found


def look_up(query: Callable[..., T], **ids: int | None) -> T | None:
    """What `query(conn, **ids)` finds; None when an id is missing or names nothing."""

    def found(conn: Any) -> T | None:
        try:
            return query(conn, **ids)
        except NotFound:
            return None

    return None if None in ids.values() else read(found)
