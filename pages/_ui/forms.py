"""Forms that cannot post twice: the nonce made at opening is in the form's key and is the operation's idempotency key.

    form = Form("new_invoice")
    with form.drawn():
        name = form.text("company_name", "Company name")
        sent = st.form_submit_button("Issue", type="primary", shortcut="Ctrl+Enter")
    if sent and (done := form.act(issue_invoice, told="Invoice issued.", nonce=form.nonce, company_name=name)):
        st.switch_page("pages/billing/invoices.py")   # or st.rerun(): the form opens anew and empty

A refusal keeps what was typed and shows each wrong field's sentence under it (fields are named as in `InvalidForm`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import date
from typing import Any, TypeVar

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from pages._ui import state
from pages._ui.frame import Outcome, attempt, plain
from services.money import Money, NotAnAmount

T = TypeVar("T")


class Form:
    """One opening of a named form."""

    def __init__(self, name: str) -> None:
        """Take the nonce of this opening; a second run of the same opening gets the same one."""
        self.name = name
        self.nonce = state.nonce(name)
        self._places: dict[str, DeltaGenerator] = {}
        self._told: DeltaGenerator | None = None

    def drawn(self, *, border: bool = True) -> AbstractContextManager[Any]:
        """The form's container; Enter in a field does not send it, the button or its shortcut does."""
        return st.form(f"{self.name}_{self.nonce}", border=border, enter_to_submit=False)

    def key(self, field: str) -> str:
        """The session key of a field of this opening."""
        return f"{self.name}_{field}_{self.nonce}"

    def place(self, field: str) -> None:
        """Reserve the line under a field for its sentence; the drawing functions below do it themselves."""
        self._places[field] = st.empty()

    def text(self, field: str, label: str, value: str = "", **options: Any) -> str:
        """A line of text, trimmed. `value` is only the first content."""
        typed = st.text_input(label, value, key=self.key(field), **options)
        self.place(field)
        return (typed or "").strip()

    def lines(self, field: str, label: str, value: str = "", **options: Any) -> str:
        """Several lines of text, trimmed."""
        typed = st.text_area(label, value, key=self.key(field), **options)
        self.place(field)
        return (typed or "").strip()

    def choice(self, field: str, label: str, options: Sequence[T], *, index: int | None = 0, **more: Any) -> T | None:
        """One of several; None while nothing is chosen (`index=None`)."""
        chosen: T | None = st.selectbox(label, options, index=index, key=self.key(field), **more)
        self.place(field)
        return chosen

    def tick(self, field: str, label: str, *, value: bool = False, **options: Any) -> bool:
        """A yes or no."""
        ticked = st.checkbox(label, value, key=self.key(field), **options)
        self.place(field)
        return ticked

    def on(self, field: str, label: str, value: date | None = None, **options: Any) -> date | None:
        """A day; empty by default."""
        chosen: date | None = st.date_input(label, value, key=self.key(field), format="DD/MM/YYYY", **options)
        self.place(field)
        return chosen

    def money(self, field: str, typed: str, currency: str) -> Money | None:
        """The amount typed into a field; None, after saying beside the field what is wrong, where it is no amount."""
        try:
            return Money.parse(typed, currency)
        except NotAnAmount as wrong:
            self.complain({field: str(wrong)})
            return None

    def act(self, operation: Callable[..., T], /, *, told: str | Callable[[T], str], **facts: Any) -> Outcome[T]:
        """Run the operation; on success empty the form and keep `told` (or what it makes of the result) as a toast.

        Never disables anything as a lock: pass `nonce=form.nonce` to operations that create something, whose UNIQUE
        key makes a second press repeat the first.
        """
        outcome = attempt(operation, show=False, **facts)
        if outcome:
            result: Any = outcome.result
            state.tell(told if isinstance(told, str) else told(result))
            state.rotate(self.name)
        else:
            self.complain(outcome.fields, outcome.sentence)
        return outcome

    def complain(self, fields: dict[str, str], sentence: str = "") -> None:
        """Show sentences under their fields; whatever has no field here is shown below the form."""
        for field, complaint in fields.items():
            if field in self._places:
                self._places[field].markdown(f":red[:material/error: {plain(complaint)}]")
        lost = [complaint for field, complaint in fields.items() if field not in self._places]
        below = " ".join(lost) if fields else sentence
        if below:
            st.error(plain(below), icon=":material/error:")
        elif fields:
            st.error("Nothing was saved yet: see the sentences in red.", icon=":material/error:")


def confirmed(field: str, label: str) -> bool:
    """A tick that must be set before an act that cannot be undone; off at every opening."""
    return st.checkbox(label, key=f"confirm_{field}")
