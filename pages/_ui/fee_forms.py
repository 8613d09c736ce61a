"""The forms of custom fees: a new one, another amount, its end, and a charge taken back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pandas as pd
import streamlit as st

from pages._ui import cached, choosing, drawer, text
from pages._ui.forms import Form
from pages._ui.frame import read
from services.customers.model import Customer
from services.fees import operations
from services.fees.model import TWO_PEOPLE_FROM, Decided, Fee, FeeKind, WantedFee
from services.ledger import queries as ledger
from services.money import Money
from services.periods import add_months

_ONCE, _MONTHLY = "Once, today", "Every month, in advance"
_SENT: dict[str, Any] = {"type": "primary", "shortcut": "Ctrl+Enter"}


@st.dialog("New custom fee", icon=":material/sell:", width="large")
def new_fee(customer: Customer | None = None) -> None:
    """Ask for a fee of a customer, found here unless given."""
    form = Form("custom_fee")
    owner = customer or choosing.pick_customer(form.key("who"))
    if owner is None:
        st.caption("Find the customer first: its currency is the fee's.")
        return
    left, middle, right = st.columns(3)
    with left:
        kind = form.choice("kind", "Kind", list(FeeKind), format_func=lambda each: each.label) or FeeKind.OTHER
    with middle:
        monthly = form.choice("recurring", "Charged", [_MONTHLY, _ONCE]) == _MONTHLY
    with right:
        visible = form.choice("visible", "Shown to the customer", ["No, hidden", "Yes"]) == "Yes"
    wanted = _new_fields(form, owner, kind=kind, monthly=monthly, visible=visible)
    if wanted is None:
        return
    done = form.act(operations.set_fee, told=_told("The fee is set."), nonce=form.nonce, wanted=wanted)
    if done:
        cached.forget()
        st.rerun()


def _new_fields(form: Form, owner: Customer, *, kind: FeeKind, monthly: bool, visible: bool) -> WantedFee | None:
    """The form itself; None until it is sent with an amount that reads."""
    starts_on = last_on = None
    wording = ""
    with form.drawn(border=False):
        left, right = st.columns(2)
        with left:
            description = form.text("description", "What for", placeholder="Keyword BLUEGUM", max_chars=200)
            unit = f"a month, {owner.currency}" if monthly else f"in {owner.currency}"
            amount = form.text("amount", f"Amount {unit}", placeholder="60.00")
            if visible:
                wording = form.text("wording", "What the customer reads", max_chars=200)
        with right:
            reason = form.text("reason", "Why it is charged", max_chars=500)
            ticket = form.text("ticket_id", "Ticket", placeholder="4711", max_chars=200)
        if monthly:
            with left:
                starts_on = form.on("starts_on", "First day", text.today())
            with right:
                last_on = form.on("ends_before", "Last day, if it is known")
        sent = st.form_submit_button("Set the fee", **_SENT)
    _beside(owner, monthly=monthly)
    if not sent or (money := form.money("amount", amount, owner.currency)) is None:
        return None
    ends_before = last_on + timedelta(days=1) if last_on else None
    return WantedFee(
        owner.id, kind, monthly, money, description, wording, visible, reason, ticket, starts_on, ends_before
    )


def _beside(owner: Customer, *, monthly: bool) -> None:
    credit = read(ledger.credit_balance, customer_id=owner.id, currency=owner.currency)
    first = "the days left of this month" if monthly else "the fee"
    st.caption(
        f"The credit is {text.money(credit)}; {first} must find enough of it. From {text.money(TWO_PEOPLE_FROM)} or the"
        " equivalent a second person agrees; fees of one day for one customer count together."
    )


def change(found: Fee, key: str) -> None:
    """Another monthly amount from a month on."""
    form = Form(f"fee_change_{found.id}_{found.version}")
    code = found.amounts[0][1].currency
    first = max(add_months(text.today().replace(day=1), 1), found.starts_on.replace(day=1))
    months = [add_months(first, ahead) for ahead in range(12)]
    with form.drawn(border=False):
        amount = form.text("amount", f"Amount a month, {code}")
        month = form.choice("from_month", "From", months, format_func=lambda each: f"{each:%B %Y}") or first
        reason = form.text("reason", "Why it changes", max_chars=500)
        ticket = form.text("ticket_id", "Ticket", max_chars=200)
        sent = st.form_submit_button("Change the amount", **_SENT)
    if not sent or (money := form.money("amount", amount, code)) is None:
        return
    done = form.act(
        operations.change_fee,
        told=_told("The new amount is agreed."),
        fee_id=found.id,
        amount=money,
        from_month=month,
        reason=reason,
        ticket_id=ticket,
        expected_version=found.version,
    )
    _close(key, done=bool(done))


def end(found: Fee, key: str) -> None:
    """The last day of a monthly fee."""
    form = Form(f"fee_end_{found.id}")
    with form.drawn(border=False):
        last_on = form.on("ends_before", "Last day", help="Empty: the last day that is charged already.")
        reason = form.text("reason", "Why it ends", max_chars=500)
        sent = st.form_submit_button("End the fee", **_SENT)
    st.caption("What is charged stays charged; a wrong charge is taken back apart.")
    if sent:
        ends_before = last_on + timedelta(days=1) if last_on else None
        facts = {"fee_id": found.id, "ends_before": ends_before, "reason": reason}
        done = form.act(operations.end_fee, told="The fee ends.", **facts)
        _close(key, done=bool(done))


def take_back(found: Fee, charged: pd.DataFrame, key: str) -> None:
    """Reverse one charge of the fee."""
    form = Form(f"fee_back_{found.id}")
    own = charged[charged["reverses_id"].isna() & ~charged["reversed"]]
    code = found.amounts[0][1].currency
    offered = {
        int(number): f"{text.day(day)}: {text.money(Money(int(micros), code))}"
        for number, day, micros in zip(own["id"], own["posted_on"], own["micros"], strict=True)
    }
    with form.drawn(border=False):
        charge_id = form.choice("charge_id", "Charge", list(offered), format_func=lambda number: offered[number])
        reason = form.text("reason", "What was wrong with it", max_chars=500)
        sent = st.form_submit_button("Take it back", **_SENT)
    st.caption("It leaves the books by its reversal, today. The month is not charged again.")
    if sent and charge_id is not None:
        told = _told("The charge is taken back.")
        done = form.act(operations.reverse_charge, told=told, charge_id=charge_id, reason=reason)
        _close(key, done=bool(done))


def _told(sentence: str) -> Callable[[Decided], str]:
    return lambda done: "A second person has to agree: it waits under Approvals." if done.waits else sentence


def _close(key: str, *, done: bool) -> None:
    if done:
        drawer.dismissed(key)
        cached.forget()
        st.rerun()
