"""What a person does about a customer's debts, each a small form: promise, withdraw it, pause, go on, lift a stop."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import streamlit as st

from pages._ui import text
from pages._ui.forms import Form
from pages._ui.frame import plain
from services.dunning import operations
from services.dunning.model import Promise, Stop
from services.money import Money, NotAnAmount

_A_WEEK = timedelta(days=7)


def promise(customer_id: int, currency: str, overdue_micros: str) -> bool:
    """Take a promise down; true once it is."""
    form = Form(f"dunning_promise_{customer_id}_{currency}")
    with form.drawn(border=False):
        left, right = st.columns(2)
        with left:
            typed = form.text("amount", f"Amount, {currency}", Money(int(overdue_micros), currency).plain())
            who = form.text("who", "Who promised it", max_chars=100, placeholder="Their accountant’s name")
        with right:
            day = form.on("promised_on", "Here by", text.today() + _A_WEEK, min_value=text.today())
        note = form.text("note", "Note", max_chars=500, placeholder="After their own customer paid")
        st.caption("No reminder is sent until that day is over. The newest promise counts.")
        sent = st.form_submit_button("Take it down", type="primary", shortcut="Ctrl+Enter")
    if not sent or day is None:
        return False
    try:
        amount = Money.parse(typed, currency)
    except NotAnAmount as fault:
        form.complain({"amount": str(fault)})
        return False
    facts = {"customer_id": customer_id, "amount": amount, "promised_on": day, "who": who, "note": note}
    return bool(form.act(operations.promise_to_pay, told="The promise is taken down.", nonce=form.nonce, **facts))


def withdraw(found: Promise) -> bool:
    """Take a promise back."""
    said = f"{plain(found.who)}, {text.money(found.amount)} by {text.day(found.promised_on)}."
    return _with_reason(
        f"dunning_withdraw_{found.id}", operations.withdraw_promise, says=said, label="Withdraw the promise",
        told="The promise is withdrawn.", example="Misheard", promise_id=found.id,
    )  # fmt: skip


def pause(customer_id: int, currency: str) -> bool:
    """Let reminders wait."""
    form = Form(f"dunning_pause_{customer_id}_{currency}")
    with form.drawn(border=False):
        reason = form.text("reason", "Why", max_chars=500, placeholder="Disputes the use of October")
        until = form.on("until", "Until the end of (empty: until somebody lets them go on)", min_value=text.today())
        st.caption("Payments are taken all the same. What is owed stays owed.")
        sent = st.form_submit_button("Pause reminders", type="primary", shortcut="Ctrl+Enter")
    facts = {"customer_id": customer_id, "currency": currency, "reason": reason, "until": until}
    return sent and bool(form.act(operations.pause_reminders, told="Reminders wait.", nonce=form.nonce, **facts))


def go_on(customer_id: int, currency: str) -> bool:
    """End a pause."""
    return _with_reason(
        f"dunning_go_on_{customer_id}_{currency}", operations.resume_reminders,
        says="The next letter comes on its day, and never sooner after the last one than the days between two stages.",
        label="Let reminders go on", told="Reminders go on.", example="The dispute is settled",
        customer_id=customer_id, currency=currency,
    )  # fmt: skip


def lift(stops: list[Stop]) -> bool:
    """Lift the oldest stop although its invoice is unpaid."""
    return _with_reason(
        f"dunning_lift_{stops[0].id}", operations.lift_stop,
        says=f"{plain(stops[0].number)} is not paid. A paid invoice ends its stop by itself.", label="Lift the stop",
        told="The stop is lifted.", example="Pays in three parts", stop_id=stops[0].id,
    )  # fmt: skip


def _with_reason(
    name: str, operation: Callable[..., Any], *, says: str, label: str, told: str, example: str, **facts: Any
) -> bool:
    st.markdown(says)
    form = Form(name)
    with form.drawn(border=False):
        reason = form.text("reason", "Why", max_chars=500, placeholder=example)
        sent = st.form_submit_button(label, type="primary", shortcut="Ctrl+Enter")
    return sent and bool(form.act(operation, told=told, reason=reason, **facts))
