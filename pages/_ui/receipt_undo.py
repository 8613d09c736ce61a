"""What was last done in the inbox, with the way to undo it at once: with its key, and a reason."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import streamlit as st

from pages._ui import cached
from pages._ui.forms import Form
from pages._ui.frame import me, plain

KEY = "Alt+U"
_LAST, _OPEN = "receipt_last", "receipt_undo"


@dataclass(frozen=True, slots=True)
class Done:
    """What an act in the inbox did, in a sentence, and the operation that undoes it with what it needs.

    `undo` is None where nothing was posted yet, as for what waits for a second person.
    """

    what: str
    undo: Callable[..., Any] | None
    facts: dict[str, Any] = field(default_factory=dict)


def remember(done: Done) -> None:
    """Keep how it is undone until the next act of this session."""
    if done.undo is None:
        st.session_state.pop(_LAST, None)
    else:
        st.session_state[_LAST] = done


def offer() -> None:
    """What was last done and the button that undoes it; nothing where nothing was done yet."""
    last: Done | None = st.session_state.get(_LAST)
    if last is None:
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption(f"Last: {plain(last.what)}", width="content")
        st.button(
            "Undo", icon=":material/undo:", type="tertiary", key="receipts_undo", shortcut=KEY,
            on_click=lambda: st.session_state.update({_OPEN: True}),
        )  # fmt: skip
    if st.session_state.get(_OPEN):
        st.dialog("Undo", on_dismiss=_closed)(_ask)(last)


def _ask(last: Done) -> None:
    me()  # only the dialog runs again when something in it is touched, so it asks again who is there
    st.caption(f"{plain(last.what)} Its entries are reversed, and the receipt waits again.")
    form = Form("receipts_undo")
    with form.drawn(border=False):
        reason = form.text("reason", "Why it is undone", max_chars=500)
        sent = st.form_submit_button("Undo it", type="primary", icon=":material/undo:", shortcut="Ctrl+Enter")
    if sent and last.undo and form.act(last.undo, told="Undone: the receipt waits again.", reason=reason, **last.facts):
        st.session_state.pop(_LAST, None)
        _closed()
        cached.forget()
        st.rerun()


def _closed() -> None:
    st.session_state.pop(_OPEN, None)
