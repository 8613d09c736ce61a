"""Credit limits on screen: the marks passed in a commitment, and lifting a stop at its limit."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from pages._ui import tables, text
from pages._ui.forms import Form
from pages._ui.frame import read
from services.access.model import Principal
from services.customers.stopping import stops_of
from services.money import Money
from services.postpaid.limits import lift_stop
from services.postpaid.model import LIFT_STOP, Commitment
from services.postpaid.queries.limits import CAUSE, Alert, alerts


def is_stopped(found: Commitment) -> bool:
    """Whether its own credit limit stops the customer now."""
    return any(each.cause == CAUSE for each in read(stops_of, customer_id=found.customer_id))


def may_lift(by: Principal, found: Commitment) -> bool:
    """Whether there is a stop this person can lift."""
    return by.may(LIFT_STOP) and is_stopped(found)


def passed(found: Commitment) -> None:
    """Each mark that was passed, the newest first, and what became of it."""
    seen = read(alerts, commitment_id=found.id)
    if not seen:
        st.caption(
            "No mark of the credit limit was passed so far: 50, 80 and 100 % are told to the customer by e-mail."
        )
        return
    rows = [
        (text.moment(each.crossed_at), f"{each.mark} %", text.amount(each.owed), _told(each, seen), _since(each))
        for each in seen
    ]
    columns = ["Passed on", "Mark", f"Owed, {found.currency}", "Customer told", "Since then"]
    tables.printed(pd.DataFrame(rows, columns=columns), alt="Marks of the credit limit that were passed")


def _told(each: Alert, seen: list[Alert]) -> str:
    if each.mail_id is not None:
        return "by e-mail"
    at_once = [one for one in seen if one.crossed_at == each.crossed_at and one.mail_id is not None]
    return "with the higher mark" if at_once else "not told: no e-mail address"


def _since(each: Alert) -> str:
    said = f"lifted by {each.lifted_by} on {text.moment(each.lifted_at)}: {each.lifted_why}" if each.lifted_at else ""
    fell = f"below it since {text.moment(each.fell_at)}" if each.fell_at else ""
    return "; ".join(words for words in (said, fell) if words) or "still above it"


def lift(found: Commitment, owed: Money) -> bool:
    """The form that lets the customer go on; whether it was sent just now."""
    limit = found.contract.terms_on(text.today()).credit_limit
    st.markdown(f"{text.money(owed)} is owed of a limit of {text.money(limit)}, where the contract says to stop.")
    st.caption(
        "The customer goes on until what it owes has fallen below the limit once; a higher limit for good is a change."
    )
    form = Form(f"limit_lift_{found.id}")
    with form.drawn(border=False):
        reason = form.text("reason", "Why it may go on", max_chars=500, placeholder="Promised to pay on Friday")
        sent = st.form_submit_button("Let it go on", type="primary", shortcut="Ctrl+Enter")
    told = "The stop is lifted; the reason is kept with it."
    return bool(sent and form.act(lift_stop, told=told, commitment_id=found.id, reason=reason))
