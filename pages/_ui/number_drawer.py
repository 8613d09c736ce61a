"""The record of one dedicated number at the right of a list: its facts, its charges, its registration, its changes."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from pages._ui import drawer, menu, number_acts, tables, text
from pages._ui.frame import Colour, empty, me, plain, read
from pages._ui.number_words import CAPABILITIES, STATES, STATUSES, TYPES
from pages._ui.places import country_name
from services.customers import queries as customers
from services.customers.model import Customer
from services.money import Money, zero
from services.numbers import queries
from services.numbers.model import CHANGE_NUMBERS, IDLE_DAYS, Capability, DedicatedNumber, NumberStatus
from services.numbers.queries.overcharged import overcharged
from services.numbers.registration import Registration
from services.periods import Period
from services.reporting import number_traffic

_FACTS, _CHARGES, _REGISTRATION, _CHANGE = "Facts", "Charges", "Registration", "Change"
_WHAT = {"set-up": "Set-up", "rental": "Rental", "refund": "Given back"}
_COLOURS: dict[NumberStatus, Colour] = {
    NumberStatus.ACTIVE: "green",
    NumberStatus.CANCELLING: "orange",
    NumberStatus.CANCELLED: "gray",
}


def show(number_id: int, e164: str, *, key: str) -> None:
    """Open the drawer on a number; `key` is the grid's, whose row is let go of when it closes."""
    st.dialog(e164, position="right", width="medium", on_dismiss=lambda: drawer.dismissed(key))(record)(number_id, key)


def record(number_id: int, key: str) -> None:
    """The number as the drawer shows it, where one stands; `key` is the grid's it was picked from."""
    by = me()
    found = read(queries.number, number_id=number_id)
    owner = read(customers.customer, customer_id=found.customer_id)
    with st.container(horizontal=True, gap="small"):
        st.badge(STATUSES[found.status.value], color=_COLOURS[found.status])
        registered = found.registration is Registration.REGISTERED
        st.badge(STATES[found.registration.value], color="green" if registered else "orange")
    menu.link(by, drawer.CUSTOMER, owner.name, icon=":material/person:", id=str(owner.id))
    views = [_FACTS, _CHARGES, _REGISTRATION, *([_CHANGE] if by.may(CHANGE_NUMBERS) else [])]
    shown = st.radio("Show", views, horizontal=True, label_visibility="collapsed", key=f"number_{number_id}_view")
    if shown == _CHARGES:
        _charges(number_id)
    elif shown == _REGISTRATION:
        _registration(number_id)
    elif shown == _CHANGE:
        number_acts.change(found, key=key)
    else:
        _facts(found, owner)


def _facts(found: DedicatedNumber, owner: Customer) -> None:
    today = text.today()
    following, later = found.next_charge(today), found.price_change_after(today)
    carried = read(number_traffic.traffic_of, e164s=[found.e164], today=today)
    own = carried[carried["customer_id"] == owner.id]
    back = [one.refund for one in read(overcharged, number_id=found.id)]
    rows = [
        ("Rental to give back", text.money(sum(back, zero(owner.currency))) if back else ""),
        ("Country and type", f"{country_name(found.country)}, {TYPES[found.type.value].lower()}"),
        ("Carries", ", ".join(CAPABILITIES[each.value] for each in Capability if each in found.capabilities)),
        ("Monthly fee", text.money(found.price_in(today))),
        ("New monthly fee", f"{text.money(later.price)} from {text.day(later.month)}" if later else ""),
        ("Set-up fee", text.money(found.setup_price) if found.setup_price else ""),
        ("Rented since", text.day(found.activated_on)),
        ("Cancellation requested", text.day(found.cancellation_requested_on)),
        ("No rental from", text.day(found.cancels_on)),
        ("Released", text.day(found.cancelled_on)),
        ("Next charge", f"{text.money(following[1])} on {text.day(following[0])}" if following else "None"),
        (f"Traffic in {IDLE_DAYS} days", text.count(int(own["messages"].sum()), "message")),
    ]
    tables.printed(
        pd.DataFrame([row for row in rows if row[1]], columns=["Fact", "Value"]), alt="The number", hide_header=True
    )
    st.caption("Rental secures the number. It is paid from the same credit as sending and counted apart from it.")


def _charges(number_id: int) -> None:
    found = read(queries.charges, number_id=number_id)
    if found.empty:
        empty("Nothing was charged for this number yet.", "Its first rental is charged in its first month.")
        return
    ends = [tables.exact(end) for end in found["ends_before"]]
    starts = list(found["starts_on"])
    frame = found.assign(
        what=[_WHAT[what] for what in found["what"]],
        days=[
            text.period(Period(start, end)) if end else text.day(start) for start, end in zip(starts, ends, strict=True)
        ],
    )
    currency = str(found["currency"].iloc[0])
    columns = {
        "what": tables.words("What", width=90),
        "days": tables.words("Days", width=190),
        "micros": tables.money(f"Charged, {currency}", width=100),
        "entry_id": tables.number("Entry", width=70),
    }
    row = tables.pick(
        tables.amounts(frame, ["micros"]), columns, alt="Charges of the number", key=f"number_{number_id}_charges",
        height="content",
    )  # fmt: skip
    total = Money(int(found["micros"].sum()), currency)
    st.caption(f"{text.money(total)} in all. Pick a row to see its journal entry.")
    if row is not None:
        with st.container(border=True):
            drawer.entry(int(row["entry_id"]))


def _registration(number_id: int) -> None:
    found = read(queries.registrations, number_id=number_id)
    if found.empty:
        empty("No step of the registration was recorded.", "It was registered before steps were kept.")
    for state, moment, who, why in zip(
        found["state"], found["changed_at"], found["changed_by"], found["reason"], strict=True
    ):
        st.markdown(f"**{STATES[state]}**  \n{plain(why)}")
        st.caption(f"{text.moment(moment)} · {plain(who)}")
