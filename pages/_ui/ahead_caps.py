"""How much credit may be ahead of transfers: what is in force, what comes, and the form that changes it."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from pages._ui import tables, text
from pages._ui.forms import Form
from pages._ui.frame import plain, read
from services.access.model import Principal
from services.money import Money, NotAnAmount
from services.provisional import queries
from services.provisional.caps import change_caps
from services.provisional.model import CHANGE_CAPS, LONGEST_DAYS, Caps


def section(by: Principal) -> None:
    """What is in force today, every change with its reason, and the way to another one."""
    st.subheader("Credit ahead of transfers", anchor=False)
    now = read(queries.caps, on=text.today())
    rows = [
        ("At most for one customer", text.money(now.for_one)),
        ("At most for all together", text.money(now.in_all)),
        ("It stands", f"{text.count(now.usual_days, 'day')} usually, at most {now.most_days}"),
        ("In force since", text.day(now.valid_from) or "the beginning"),
    ]
    tables.printed(pd.DataFrame(rows, columns=["Setting", "Value"]), alt="Credit ahead of transfers", hide_header=True)
    for each in read(queries.cap_changes):
        st.caption(plain(_said(each)))
    if by.may(CHANGE_CAPS) and st.button("Change the caps", key="settings_caps", icon=":material/edit:"):
        _change(now)


def _said(each: Caps) -> str:
    amounts = f"{text.amount(each.for_one)} and {text.money(each.in_all)}, {each.usual_days} to {each.most_days} days"
    return f"From {text.day(each.valid_from)}: {amounts}. {each.changed_by}: {each.reason}"


@st.dialog("Credit ahead of transfers", icon=":material/edit:")
def _change(now: Caps) -> None:
    form(now)


def form(now: Caps) -> None:
    """What the dialog holds: the figures in force, to be changed with a reason from a day on."""
    st.caption("What is given already stays; nothing new is given beyond these.")
    entry = Form("provisional_caps")
    with entry.drawn(border=False):
        for_one = entry.text("for_one", "At most for one customer, AUD", now.for_one.plain())
        in_all = entry.text("in_all", "At most for all together, AUD", now.in_all.plain())
        usual = st.number_input("Days it usually stands", 1, LONGEST_DAYS, now.usual_days, key=entry.key("usual_days"))
        entry.place("usual_days")
        most = st.number_input("Most days", 1, LONGEST_DAYS, now.most_days, key=entry.key("most_days"))
        entry.place("most_days")
        starts = entry.on("valid_from", "From", text.today(), min_value=text.today())
        reason = entry.text("reason", "Reason", max_chars=500)
        sent = st.form_submit_button("Save", type="primary", shortcut="Ctrl+Enter")
    if not sent:
        return
    amounts: dict[str, Money] = {}
    faults: dict[str, str] = {}
    for field, typed in (("for_one", for_one), ("in_all", in_all)):
        try:
            amounts[field] = Money.parse(typed, "AUD")
        except NotAnAmount as error:
            faults[field] = str(error)
    if faults:
        entry.complain(faults)
        return
    facts = {"usual_days": int(usual), "most_days": int(most), "valid_from": starts, "reason": reason}
    if entry.act(change_caps, told="The caps are changed.", **amounts, **facts):
        st.rerun()
