"""Every key of the session's state, named once; what anyone else must keep lives in the URL or the database."""

from __future__ import annotations

from secrets import token_urlsafe

import streamlit as st

PERIOD = "period"  # a global filter: its name is also its parameter in the address bar
SEARCH = "search"
_NEXT_PERIOD = "period_next"
SEARCH_DIALOG = "search_dialog"
_STANDS_ON = "stands_on"
_TOLD = "told"
_ONCE = "shown_once"


def nonce(form: str) -> str:
    """The idempotency key of one opening of a form: made once and kept until `rotate`."""
    key = f"nonce_{form}"
    if key not in st.session_state:
        st.session_state[key] = token_urlsafe(16)
    return str(st.session_state[key])


def rotate(form: str) -> None:
    """Forget the nonce after success, so that the next opening is a new, empty form."""
    st.session_state.pop(f"nonce_{form}", None)


def tell(sentence: str, icon: str = ":material/check_circle:") -> None:
    """Keep a sentence for the next run, which shows it as a toast: it survives `st.rerun` and a change of page."""
    st.session_state.setdefault(_TOLD, []).append((sentence, icon))


def told() -> list[tuple[str, str]]:
    """Take the sentences kept by `tell`."""
    return list(st.session_state.pop(_TOLD, []))


def wish_period(words: str) -> None:
    """Have the next run show this period: the address cannot be told, because it belongs to the widget at the left."""
    st.session_state[_NEXT_PERIOD] = words


def take_period() -> None:
    """Set the period that `wish_period` asked for; before its widget is drawn, the only time it can be set."""
    if wished := st.session_state.pop(_NEXT_PERIOD, None):
        st.session_state[PERIOD] = wished


def clear_search_on(place: str) -> None:
    """Empty the search box when another screen or record stands there than at the last full run; call before it."""
    if st.session_state.get(_STANDS_ON) != place:
        st.session_state[_STANDS_ON] = place
        st.session_state[SEARCH] = ""


def keep_secret(label: str, secret: str) -> None:
    """Keep something shown only once, such as a one-time password, until `forget_secret`."""
    st.session_state[_ONCE] = (label, secret)


def secret() -> tuple[str, str] | None:
    """Return what `keep_secret` holds, with its label."""
    found: tuple[str, str] | None = st.session_state.get(_ONCE)
    return found


def forget_secret() -> None:
    """Forget it: from now on nobody can look at it again."""
    st.session_state.pop(_ONCE, None)


def keep_refused_rates(rows: list[tuple[int, str]]) -> None:
    """Keep the refused lines of the last rates file, with their reasons, until the next one."""
    st.session_state["rates_refused"] = rows


def refused_rates() -> list[tuple[int, str]]:
    """The refused lines of the last rates file of this session."""
    rows: list[tuple[int, str]] = st.session_state.get("rates_refused", [])
    return rows
