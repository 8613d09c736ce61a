"""How far usage is in the books: the sentence that stands beside every balance and every forecast.

A balance is true to the postings at once; what was sent since the last import is not in it yet. Any screen that shows
a balance or a forecast calls `show()`, or puts `sentence()` where it has room.
"""

from __future__ import annotations

from datetime import date, timedelta

import streamlit as st

from pages._ui import cached, text
from services.usage import queries as usage

USUAL = timedelta(days=2)  # yesterday's usage comes in in the course of today


def complete_through() -> date | None:
    """The last day all usage of which is in the books; None before the first import."""
    through: date | None = cached.read(usage.complete_through)
    return through


def show() -> None:
    """Draw the sentence, small."""
    st.markdown(f":small[:gray[{sentence()}]]")


def sentence() -> str:
    """The sentence in markdown; what is later than usual is said in words and in orange."""
    return said(complete_through(), text.today())


def said(through: date | None, today: date) -> str:
    """What to say of usage complete through a day."""
    if through is None:
        return ":material/update: No usage has been imported yet."
    behind = (today - through - USUAL).days
    late = f" :orange[({text.count(behind, 'day')} later than usual)]" if behind > 0 else ""
    return f":material/update: Usage complete through {text.day(through)}{late}"
