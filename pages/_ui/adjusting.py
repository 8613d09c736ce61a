"""The menu "Adjust" of a customer, and a dialog for each way a person gives credit or takes it back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pandas as pd
import streamlit as st

from pages._ui import menu, tables, text
from pages._ui.forms import Form
from pages._ui.frame import empty, me, plain, read
from services.access.model import Principal
from services.adjustments.model import Adjustment, AdjustmentKind, NothingToRefund, State, Wanted
from services.adjustments.operations import correct_credit, give_goodwill, grant_promotion, refund_undelivered
from services.adjustments.refunds import refundable
from services.customers.model import Customer
from services.ledger import queries as ledger
from services.money import Money
from services.periods import Period
from services.usage.refunding import undelivered

_TURN = "adjust_turn"
RECENT = timedelta(days=30)  # undelivered messages are looked for in them at first
_ICONS = {
    AdjustmentKind.GOODWILL: ":material/volunteer_activism:",
    AdjustmentKind.PROMOTION: ":material/redeem:",
    AdjustmentKind.UNDELIVERED: ":material/sms_failed:",
    AdjustmentKind.CORRECTION: ":material/tune:",
}
_WORDS = {
    AdjustmentKind.GOODWILL: "Give goodwill",
    AdjustmentKind.PROMOTION: "Grant promotional credit",
    AdjustmentKind.UNDELIVERED: "Refund undelivered messages",
    AdjustmentKind.CORRECTION: "Correct credit",
}
_SAYS = {
    AdjustmentKind.GOODWILL: "Credit at our expense; it counts like credit that was bought.",
    AdjustmentKind.PROMOTION: "Use draws it before anything that was bought, and no refund ever pays it out.",
    AdjustmentKind.UNDELIVERED: "Messages that never arrived and were charged for; each is refunded once.",
    AdjustmentKind.CORRECTION: "Above 0 adds credit; below 0 takes away credit that was paid for and is unused.",
}


@dataclass(frozen=True, slots=True)
class _Asked:
    """What was typed: who for, how much as typed, and why."""

    form: Form
    customer: Customer
    amount: str
    reason: str
    ticket_id: str


def draw(by: Principal, customer: Customer) -> None:
    """The menu of those adjustments this person may ask for, and the way to those that were made."""
    words = {_WORDS[kind]: kind for kind in AdjustmentKind if by.may(kind.permission)}
    if not words:
        _link(by, customer)
        return
    turn = st.session_state.setdefault(_TURN, 0)
    with st.popover("Adjust", icon=":material/exposure:", key=f"adjust_{turn}"):
        for label, kind in words.items():
            look: dict[str, Any] = {"icon": _ICONS[kind], "type": "tertiary", "key": f"adjust_{kind.value}"}
            if st.button(label, on_click=_closed, **look):
                open_dialog(kind, customer)
        _link(by, customer)


def _closed() -> None:
    """Callback: draw the menu anew and closed, for the dialog that opens."""
    st.session_state[_TURN] += 1


def open_dialog(kind: AdjustmentKind, customer: Customer) -> None:
    """The dialog of one kind of adjustment."""
    st.dialog(_WORDS[kind], width="medium")(_DRAWN[kind])(customer)


def _goodwill(customer: Customer) -> None:
    _head(AdjustmentKind.GOODWILL, customer)
    form = Form(f"goodwill_{customer.id}")
    with form.drawn(border=False):
        asked = _fields(form, customer)
        sent = st.form_submit_button("Give goodwill", type="primary", shortcut="Ctrl+Enter")
    if sent:
        _send(asked, give_goodwill)


def _correction(customer: Customer) -> None:
    _head(AdjustmentKind.CORRECTION, customer)
    form = Form(f"correction_{customer.id}")
    with form.drawn(border=False):
        asked = _fields(form, customer, placeholder="-12.50")
        sent = st.form_submit_button("Correct credit", type="primary", shortcut="Ctrl+Enter")
    if sent:
        _send(asked, correct_credit)


def _promotion(customer: Customer) -> None:
    _head(AdjustmentKind.PROMOTION, customer)
    form = Form(f"promotion_{customer.id}")
    with form.drawn(border=False):
        asked = _fields(form, customer)
        expires_on = form.on("expires_on", "Expires on (optional)", help="The first day on which it no longer counts.")
        sent = st.form_submit_button("Grant", type="primary", shortcut="Ctrl+Enter")
    if sent:
        _send(asked, grant_promotion, expires_on=expires_on)


def _undelivered(customer: Customer) -> None:
    _head(AdjustmentKind.UNDELIVERED, customer)
    today = text.today()
    chosen = st.date_input(
        "Sent from and to", (today - RECENT, today), max_value=today, format="DD/MM/YYYY", key="adjust_days"
    )
    if not isinstance(chosen, tuple) or len(chosen) != 2:  # noqa: PLR2004 - the second day is still to be chosen
        st.caption("Choose the last day too.")
        return
    period = Period(chosen[0], chosen[1] + timedelta(days=1))
    wanted = read(_found, customer_id=customer.id, period=period)
    if wanted is None:
        empty("No undelivered message of these days was charged for and not refunded yet.", "Choose other days.")
        return
    _messages(customer, period, wanted)
    form = Form(f"undelivered_{customer.id}_{period.starts_on}_{period.ends_before}")
    with form.drawn(border=False):
        reason = form.text("reason", "Reason", max_chars=500, placeholder="Carrier outage on 12 November")
        ticket = form.text("ticket_id", "Ticket", placeholder="4711")
        sent = st.form_submit_button(f"Refund {text.money(wanted.amount)}", type="primary", shortcut="Ctrl+Enter")
    if sent:
        facts = {"customer_id": customer.id, "period": period, "expected": wanted.amount}
        if form.act(refund_undelivered, told=_told, nonce=form.nonce, reason=reason, ticket_id=ticket, **facts):
            st.rerun()


def _link(by: Principal, customer: Customer) -> None:
    named = {"adjustments_customer": customer.account_id, "period": "Last 12 months"}
    menu.link(by, "activity/adjustments.py", "Adjustments so far", icon=":material/list:", **named)


_DRAWN: dict[AdjustmentKind, Callable[[Customer], None]] = {
    AdjustmentKind.GOODWILL: _goodwill,
    AdjustmentKind.PROMOTION: _promotion,
    AdjustmentKind.UNDELIVERED: _undelivered,
    AdjustmentKind.CORRECTION: _correction,
}


def _head(kind: AdjustmentKind, customer: Customer) -> None:
    me()  # only the dialog runs again when something in it is touched, so it asks again who is there
    of = {"customer_id": customer.id, "currency": customer.currency}
    credit, given = read(ledger.credit_balance, **of), read(ledger.promotional_credit, **of)
    held = f"{plain(customer.name)} has {plain(text.money(credit))}"
    part = f", of which {plain(text.money(given))} is promotional" if given else ""
    st.markdown(f"{held}{part}. {_SAYS[kind]}")
    st.caption(f"From {plain(text.money(kind.limit))} a day, or as much in another currency, a second person decides.")


def _fields(form: Form, customer: Customer, *, placeholder: str = "25.00") -> _Asked:
    left, right = st.columns(2)
    with left:
        amount = form.text("amount", f"Amount, {customer.currency}", placeholder=placeholder)
    with right:
        ticket = form.text("ticket_id", "Ticket", placeholder="4711")
    reason = form.text("reason", "Reason", max_chars=500, placeholder="Late delivery on 12 November")
    return _Asked(form, customer, amount, reason, ticket)


def _send(asked: _Asked, operation: Callable[..., Adjustment], **more: Any) -> None:
    form = asked.form
    sign, digits = (-1, asked.amount[1:]) if asked.amount[:1] in {"-", "−"} else (1, asked.amount)
    amount = form.money("amount", digits, asked.customer.currency)
    if amount is None:
        return
    facts = {"customer_id": asked.customer.id, "reason": asked.reason, "ticket_id": asked.ticket_id} | more
    if form.act(operation, told=_told, nonce=form.nonce, amount=Money(sign * amount.micros, amount.currency), **facts):
        st.rerun()


def _told(made: Adjustment) -> str:
    amount = text.money(made.wanted.amount)
    if made.state is State.WAITING:
        return f"{made.wanted.kind.label} of {amount} waits for a second person."
    return f"{made.wanted.kind.label} of {amount} is posted."


def _found(conn: Any, *, customer_id: int, period: Period) -> Wanted | None:
    try:
        return refundable(conn, customer_id=customer_id, period=period)
    except NothingToRefund:
        return None


def _messages(customer: Customer, period: Period, wanted: Wanted) -> None:
    found = read(undelivered, customer_id=customer.id, period=period)
    rows = [(each.product.label, each.status, each.records, each.micros) for each in found]
    rows.append(("Total", "", wanted.messages, wanted.amount.micros))
    columns = {
        "product": tables.words("Product"),
        "status": tables.words("Status"),
        "messages": tables.number("Messages"),
        "charged_micros": tables.money(f"Charged, {customer.currency}"),
    }
    frame = pd.DataFrame(rows, columns=list(columns))
    tables.show(frame, columns, alt="Undelivered messages that can be refunded", height="content")
    if wanted.promotional:
        given = text.money(Money(wanted.promotional, customer.currency))
        st.caption(f"{plain(given)} of it was promotional credit and becomes promotional again.")
