"""What a person does with a receipt besides accepting it: each act a dialog, and each with its key on one receipt."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

import streamlit as st

from pages._ui import cached, receipt_choice, receipt_hold, receipt_refund, receipt_split, receipt_undo
from pages._ui.frame import me
from pages._ui.receipt_undo import Done
from services.banking.model import BankLine

_OPEN = "receipt_act"


class Act(StrEnum):
    """An act on a receipt, by the name its buttons have in the page."""

    CHOOSE = "choose"
    SPLIT = "split"
    HOLD = "hold"
    REFUND = "refund"


@dataclass(frozen=True, slots=True)
class _Way:
    """How an act is offered: its dialog's title, its key, and what the dialog holds; that gives what was done."""

    title: str
    key: str
    draw: Callable[[BankLine], Done | None]


_WAYS = {
    Act.CHOOSE: _Way("Which invoice does it pay?", "Alt+O", receipt_choice.draw),
    Act.SPLIT: _Way("Split the receipt", "Alt+L", receipt_split.draw),
    Act.HOLD: _Way("Hold the receipt in suspense", "Alt+H", receipt_hold.draw),
    Act.REFUND: _Way("Refund the receipt", "Alt+B", receipt_refund.draw),
}


def offer(line: BankLine, act: Act, label: str, *, keys: bool) -> None:
    """The button of an act; with its key where this is the receipt the keys are for."""
    st.button(
        label, key=f"{act}_{line.id}", width="stretch", shortcut=_WAYS[act].key if keys else None,
        on_click=lambda: st.session_state.update({_OPEN: (act, line.id)}),
    )  # fmt: skip


def opened(lines: Sequence[BankLine]) -> None:
    """The dialog that was asked for, while its receipt is on the page; it stays until it is done or closed."""
    act, line_id = st.session_state.get(_OPEN, (None, 0))
    line = next((each for each in lines if each.id == line_id), None)
    if act is None or line is None:
        _closed()
        return
    st.dialog(_WAYS[act].title, width="medium", on_dismiss=_closed)(_inside)(act, line)


def _inside(act: Act, line: BankLine) -> None:
    me()  # only the dialog runs again when something in it is touched, so it asks again who is there
    done = _WAYS[act].draw(line)
    if done:
        finish(done)


def finish(done: Done) -> None:
    """Keep how what was done is undone, and draw the inbox anew."""
    _closed()
    receipt_undo.remember(done)
    cached.forget()
    st.rerun()


def _closed() -> None:
    st.session_state.pop(_OPEN, None)
