"""The days of the dunning stages: what is chosen for which currency, and choosing anew with a reason."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from pages._ui import choosing, tables
from pages._ui.forms import Form
from pages._ui.frame import read
from services.access.model import Principal
from services.dunning import operations, queries
from services.dunning.model import CHOOSE_DAYS, Stage, Terms

_EVERY = "Every other currency"
_LONGEST = 365


def button(by: Principal) -> None:
    """The button beside the title, for everybody: who may not choose sees what is chosen."""
    if st.button("Stages", icon=":material/tune:", key="dunning_days"):
        st.dialog("Stages", icon=":material/tune:", width="medium")(drawn)(may=by.may(CHOOSE_DAYS))


def drawn(*, may: bool) -> None:
    """What the dialog holds."""
    known = read(queries.terms_by_currency)
    rows = [(code or _EVERY, *(terms.days(stage) for stage in Stage)) for code, terms in sorted(known.items())]
    names = ["Currency", *(f"{stage.label}, days" for stage in Stage)]
    tables.printed(pd.DataFrame(rows, columns=names), alt="Days overdue by stage")
    st.caption(
        "Days after the last day to pay. Each stage comes once an invoice, none is skipped, and the days between two "
        "stages are always kept, also after a pause."
    )
    if may:
        _choose(known[""])


def _choose(now: Terms) -> None:
    form = Form("dunning_days")
    with form.drawn(border=False):
        codes = ["", *choosing.currencies()]
        code = form.choice("currency", "For", codes, format_func=lambda each: each or _EVERY)
        days = []
        for place, stage in zip(st.columns(len(Stage)), Stage, strict=True):
            with place:
                days.append(
                    st.number_input(stage.label, 1, _LONGEST, now.days(stage), key=form.key(stage.letter), format="%d")
                )
        form.place("days")
        reason = form.text("reason", "Reason", max_chars=500, placeholder="European customers pay after 45 days")
        sent = st.form_submit_button("Choose", type="primary", shortcut="Ctrl+Enter")
    terms = Terms(*(int(each) for each in days))
    facts = {"currency": code or "", "terms": terms, "reason": reason}
    if sent and form.act(operations.choose_days, told="The next letters follow the new days.", **facts):
        st.rerun()
