"""A commitment's monthly invoice on hold: said at its head, and the form that holds it or lets it go on."""

from __future__ import annotations

import streamlit as st

from pages._ui import text
from pages._ui.forms import Form
from pages._ui.frame import plain, read
from services.access.model import Principal
from services.postpaid import queries
from services.postpaid.holding import hold_bill, release_bill
from services.postpaid.model import HOLD_BILL, Commitment

HOLD, RELEASE = "Hold the invoice", "Release the invoice"


def said(found: Commitment) -> None:
    """Who holds the monthly invoice and why; nothing while nobody does."""
    if held := read(queries.bill_holds, ids=[found.id]).get(found.id):
        since = f"since {text.moment(held.held_at)} by {plain(held.held_by)}"
        st.markdown(f":orange[:material/pause_circle: The monthly invoice is held {since}: {plain(held.reason)}]")


def offered(by: Principal, found: Commitment) -> list[str]:
    """What this person can do about it now."""
    if not by.may(HOLD_BILL) or found.ended_at is not None:
        return []
    return [RELEASE if read(queries.bill_holds, ids=[found.id]) else HOLD]


def hold(found: Commitment) -> bool:
    """The form that holds it; whether it was sent just now."""
    st.caption(
        "The monthly run leaves this customer and says so; use is posted as ever, and nobody else waits. Released, the"
        " next run bills each month that waited, for its own days."
    )
    form = Form(f"bill_hold_{found.id}")
    with form.drawn(border=False):
        reason = form.text("reason", "Why it waits", max_chars=500, placeholder="The use of October is disputed")
        sent = st.form_submit_button("Hold it", type="primary", shortcut="Ctrl+Enter")
    told = "The monthly invoice is held."
    return bool(sent and form.act(hold_bill, told=told, commitment_id=found.id, reason=reason))


def release(found: Commitment) -> bool:
    """The form that lets it go on; whether it was sent just now."""
    form = Form(f"bill_release_{found.id}")
    with form.drawn(border=False):
        reason = form.text("reason", "Why it goes on", max_chars=500, placeholder="The dispute is settled")
        sent = st.form_submit_button("Release it", type="primary", shortcut="Ctrl+Enter")
    told = "The next monthly run bills what waited."
    return bool(sent and form.act(release_bill, told=told, commitment_id=found.id, reason=reason))
