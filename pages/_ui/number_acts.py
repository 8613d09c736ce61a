"""What accounting does with a number, each as a form of its own in the number's drawer; and adding one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from pages._ui import cached, choosing, drawer, text
from pages._ui.forms import Form
from pages._ui.frame import read
from pages._ui.number_words import CAPABILITIES, STATES, TYPES
from pages._ui.places import countries, country_name
from services.money import zero
from services.numbers import operations
from services.numbers.model import (
    TWO_PEOPLE_FROM,
    Capability,
    DedicatedNumber,
    NumberStatus,
    NumberType,
)
from services.numbers.queries.overcharged import overcharged
from services.numbers.queries.unpaid import GraceState, UnpaidRental, unpaid_rentals
from services.numbers.refunding import RentalRefund
from services.numbers.registration import FOLLOWING, Registration
from services.periods import add_months

_Draw = Callable[[DedicatedNumber], object]


def change(number: DedicatedNumber, *, key: str) -> None:
    """One of the changes the number allows now, chosen by its words; after it the list is drawn anew."""
    offered = _offered(number)
    if not offered:
        st.caption("A released number changes no more; add it anew to rent it again.")
        return
    wanted = st.selectbox("What happens", list(offered), key=f"number_{number.id}_act")
    if offered[wanted](number):
        drawer.dismissed(key)
        cached.forget()
        st.rerun()


def _offered(number: DedicatedNumber) -> dict[str, _Draw]:
    today = text.today()
    acts: dict[str, _Draw] = {}
    if read(overcharged, number_id=number.id):
        acts["Give back rental charged after the end"] = _refund
    if number.status is NumberStatus.CANCELLED:
        return acts
    unpaid = read(unpaid_rentals, customer_id=number.customer_id)
    if unpaid and unpaid[0].state(today) is GraceState.TO_WARN:
        acts["Customer was warned of unpaid rental"] = _warn
    if unpaid and unpaid[0].state(today) is GraceState.PAST:
        acts["Release, rental is unpaid past the grace"] = _release_unpaid
    if number.status is NumberStatus.CANCELLING and number.cancels_on and number.cancels_on <= today:
        acts["Release, it has ended"] = _release
    elif number.status is NumberStatus.CANCELLING:
        acts["Keep it, take the cancellation back"] = _keep
    else:
        acts["Cancel it"] = _cancel
    acts["The carrier ended it on a past day"] = _ended
    acts["Change the monthly fee"] = _price
    acts["Move its registration on"] = _register
    return acts


def _cancel(number: DedicatedNumber) -> object:
    form = Form(f"number_cancel_{number.id}")
    with form.drawn(border=False):
        on = form.on("effective_on", "No rental from", min_value=text.today())
        st.caption("Left empty, it ends with the days that are charged already.")
        sent = st.form_submit_button("Cancel the number", type="primary")
    told = lambda done: f"{done.e164} ends on {text.day(done.cancels_on)}."  # noqa: E731
    return sent and form.act(operations.cancel_number, told=told, number_id=number.id, effective_on=on)


def _keep(number: DedicatedNumber) -> object:
    form = Form(f"number_keep_{number.id}")
    with form.drawn(border=False):
        reason = form.text("reason", "Why it is kept", placeholder="Asked for in ticket 4711")
        sent = st.form_submit_button("Keep the number", type="primary")
    return sent and form.act(
        operations.keep_number, told=f"{number.e164} stays rented.", number_id=number.id, reason=reason
    )


def _ended(number: DedicatedNumber) -> object:
    form = Form(f"number_ended_{number.id}")
    with form.drawn(border=False):
        since = form.on(
            "since", "It ended on", text.today(), min_value=number.activated_on, max_value=text.today(),
            help="The first day it was no longer ours. Rental charged for later days is prepared as a refund.",
        )  # fmt: skip
        reason = form.text("reason", "How we know", placeholder="Carrier's notice of 3 November")
        sent = st.form_submit_button("Record the end", type="primary")
    told = lambda done: f"{done.e164} ended on {text.day(done.cancels_on)}."  # noqa: E731
    facts = {"number_id": number.id, "since": since or text.today(), "reason": reason}
    return sent and form.act(operations.record_cancellation, told=told, **facts)


def _release(number: DedicatedNumber) -> object:
    form = Form(f"number_release_{number.id}")
    with form.drawn(border=False):
        st.caption(f"It ended on {text.day(number.cancels_on)}. Once released it can be rented again, by anybody.")
        sent = st.form_submit_button("Release the number", type="primary")
    return sent and form.act(operations.release_number, told=f"{number.e164} is released.", number_id=number.id)


def _warn(number: DedicatedNumber) -> object:
    unpaid: UnpaidRental = read(unpaid_rentals, customer_id=number.customer_id)[0]
    form = Form(f"number_warn_{number.customer_id}")
    with form.drawn(border=False):
        st.caption(f"Rental is not covered since {text.day(unpaid.since)}; the balance is {text.money(unpaid.credit)}.")
        how = form.text("how", "How the customer was told", placeholder="By e-mail to accounts@…")
        sent = st.form_submit_button("Record the warning", type="primary")
    told = lambda done: f"Recorded. {done.customer} is in grace until {text.day(done.until)}."  # noqa: E731
    return sent and form.act(operations.warn_customer, told=told, customer_id=number.customer_id, how=how)


def _release_unpaid(number: DedicatedNumber) -> object:
    form = Form(f"number_unpaid_{number.id}")
    with form.drawn(border=False):
        st.caption("It ends today. Rental charged for the days after today is prepared as a refund.")
        reason = form.text("reason", "Reason", placeholder="No answer to two reminders")
        sent = st.form_submit_button("Release the number", type="primary")
    return sent and form.act(
        operations.release_unpaid, told=f"{number.e164} is released.", number_id=number.id, reason=reason
    )


def _price(number: DedicatedNumber) -> object:
    currency, months = (
        number.monthly_price.currency,
        [add_months(text.today().replace(day=1), ahead) for ahead in range(1, 13)],
    )
    form = Form(f"number_price_{number.id}")
    with form.drawn(border=False):
        typed = form.text("price", f"New monthly fee, {currency}", number.price_in(text.today()).plain())
        month = form.choice("month", "From", months, format_func=lambda first: f"{first:%B %Y}")
        reason = form.text("reason", "Reason", placeholder="Price list of January")
        st.caption("Months already charged keep their price.")
        sent = st.form_submit_button("Change the fee", type="primary")
    if not sent or (price := form.money("price", typed, currency)) is None:
        return None
    facts: dict[str, Any] = {"number_id": number.id, "monthly_price": price, "month": month, "reason": reason}
    told = f"{number.e164} costs {text.money(price)} a month from {month:%B %Y}."
    return form.act(operations.change_price, told=told, **facts)


def _register(number: DedicatedNumber) -> object:
    form = Form(f"number_register_{number.id}_{number.registration}")
    with form.drawn(border=False):
        following = FOLLOWING[number.registration]
        to = form.choice("to", "New state", following, format_func=lambda state: STATES[state.value])
        reason = form.text("reason", "What happened", placeholder="Documents sent to the carrier")
        sent = st.form_submit_button("Move on", type="primary")
    facts: dict[str, Any] = {"number_id": number.id, "expected": number.registration, "to": to, "reason": reason}
    return sent and form.act(operations.change_registration, told="The registration moved on.", **facts)


def _refund(number: DedicatedNumber) -> object:
    prepared = read(overcharged, number_id=number.id)
    total = sum((one.refund for one in prepared), zero(prepared[0].refund.currency))
    form = Form(f"number_refund_{number.id}")
    with form.drawn(border=False):
        for one in prepared:
            st.markdown(f"{text.period(one.days)}: **{text.money(one.refund)}** of {text.money(one.charged)}")
        st.caption(
            f"{text.money(total)} goes back to the credit balance. From {text.money(TWO_PEOPLE_FROM)} or its "
            "equivalent another person has to approve it."
        )
        reason = form.text("reason", "Reason", placeholder="Ended by the carrier, ticket 4711")
        sent = st.form_submit_button("Give back", type="primary")
    return sent and form.act(operations.refund_after_end, told=_refunded, number_id=number.id, reason=reason)


def _refunded(done: RentalRefund) -> str:
    if done.approval_id is None:
        return f"{text.money(done.amount)} of rental for {done.e164} is back on the credit balance."
    return f"{text.money(done.amount)} waits for another person under Approvals."


@st.dialog("Add a number", icon=":material/dialpad:", width="medium")
def add() -> None:
    """Rent a number to a customer: the first month is charged pro rata at once, and a set-up fee where there is one."""
    customer = choosing.pick_customer("number_add")
    if customer is None:
        st.caption("Find the customer first.")
        return
    form = Form(f"number_add_{customer.id}")
    places = countries()
    with form.drawn(border=False):
        left, right = st.columns(2)
        with left:
            e164 = form.text("e164", "Number", placeholder="+61 491 570 156")
            country = form.choice(
                "country", "Country", places, index=places.index(customer.country), format_func=country_name
            )
            price = form.text("price", f"Monthly fee, {customer.currency}")
            starts = form.on("activated_on", "Rented from", text.today(), min_value=text.today().replace(day=1))
        with right:
            kind = form.choice("type", "Type", list(NumberType), format_func=lambda one: TYPES[one.value])
            carries = st.multiselect(
                "Carries", list(Capability), [Capability.SMS], key=form.key("capabilities"),
                format_func=lambda one: CAPABILITIES[one.value],
            )  # fmt: skip
            form.place("capabilities")
            setup = form.text("setup", f"Set-up fee, {customer.currency}", "0")
            state = form.choice("state", "Registration", list(Registration), format_func=lambda one: STATES[one.value])
        sent = st.form_submit_button("Add the number", type="primary", shortcut="Ctrl+Enter")
    if not sent:
        return
    monthly = form.money("price", price, customer.currency)
    once = form.money("setup", setup, customer.currency)
    facts: dict[str, Any] = {"country": country, "type": kind, "capabilities": carries, "registration": state}
    facts |= {"monthly_price": monthly, "setup_price": once, "activated_on": starts, "customer_id": customer.id}
    told = f"{customer.name} rents {e164}."
    if monthly is not None and once is not None and form.act(operations.add_number, told=told, e164=e164, **facts):
        cached.forget()
        st.rerun()
