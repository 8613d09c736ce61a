"""What rules the mail as a whole: holding and releasing it, and whether customers hear of receipts by themselves."""

from __future__ import annotations

import streamlit as st

from pages._ui.forms import Form
from pages._ui.frame import read
from services.access.model import Principal
from services.jobs import operations as jobs
from services.jobs.model import HOLD_JOBS
from services.mail import operations, queries
from services.mail.model import CHOOSE_MAIL, JOB


def draw(by: Principal) -> None:
    """The menu beside the title, for who may."""
    if not (by.may(HOLD_JOBS) or by.may(CHOOSE_MAIL)):
        return
    with st.popover("More", icon=":material/more_horiz:", key="mail_more"):
        if by.may(HOLD_JOBS):
            held = read(queries.hold) is not None
            label, icon = ("Release", ":material/play_circle:") if held else ("Hold", ":material/pause_circle:")
            if st.button(f"{label} all sending", key="mail_hold", icon=icon, type="tertiary"):
                switch(held=held)
        if by.may(CHOOSE_MAIL):
            on = read(queries.mails_receipts)
            label = "Receipts are e-mailed by themselves" if on else "Receipts are not e-mailed"
            if st.button(label, key="mail_receipts", icon=":material/tune:", type="tertiary"):
                choose(on=on)


@st.dialog("Hold or release", icon=":material/pause_circle:")
def switch(*, held: bool) -> None:
    """The form that stops all sending between two messages, or lets it go on."""
    if held:
        st.caption("What waits is sent with the next round, within a minute.")
    else:
        st.caption("Sending stops between two messages, everywhere; new ones wait in the outbox.")
    form = Form("mail_switch")
    with form.drawn(border=False):
        reason = form.text("reason", "Reason", max_chars=500)
        sent = st.form_submit_button("Release" if held else "Hold", type="primary", shortcut="Ctrl+Enter")
    act = jobs.release if held else jobs.hold
    told = "Mail goes out again." if held else "Sending is on hold."
    if sent and form.act(act, told=told, job=JOB, reason=reason):
        st.rerun()


@st.dialog("Receipts", icon=":material/tune:")
def choose(*, on: bool) -> None:
    """The form for whether customers hear of every receipt."""
    st.caption("When a receipt is given to an invoice, the customer is told what arrived, and what is still open.")
    form = Form("mail_receipts_choice")
    with form.drawn(border=False):
        wanted = form.tick("on", "E-mail customers about each receipt", value=on)
        reason = form.text("reason", "Reason", max_chars=500)
        sent = st.form_submit_button("Save", type="primary", shortcut="Ctrl+Enter")
    if sent and form.act(operations.choose_receipts, told="The choice is kept.", on=wanted, reason=reason):
        st.rerun()
