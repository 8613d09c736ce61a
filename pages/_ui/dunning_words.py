"""How dunning is said on screen: why a customer stands where it does, its colour, and a line for other screens."""

from __future__ import annotations

from datetime import date
from typing import Any

import streamlit as st

from pages._ui import menu, text
from pages._ui.frame import Badge, Colour, plain, read
from services.access.model import Principal
from services.dunning import queries
from services.dunning.model import Pause, Promise, PromiseState
from services.dunning.queries import Need
from services.money import Money

DUNNING = "billing/dunning.py"
NEEDS = {each.name.lower(): each.label for each in Need}
_COLOURS: dict[Need, Colour] = {
    Need.BROKEN: "red",
    Need.STOPPED: "red",
    Need.FINAL: "orange",
    Need.REMINDED: "orange",
    Need.PROMISED: "blue",
}


def badge(need: Need) -> Badge:
    """Where it stands, in words."""
    return Badge(need.label, _COLOURS.get(need, "gray"))


def promise(found: Promise, on: date) -> str:
    """A promise in one sentence."""
    state = found.state(on)
    said = f"{plain(found.who)} promised **{text.money(found.amount)}** by {text.day(found.promised_on)}"
    arrived = f"{text.amount(found.arrived)} arrived" if found.arrived else "nothing arrived"
    return {
        PromiseState.OPEN: f":blue[:material/handshake:] {said}; {arrived} so far. Reminders wait until then.",
        PromiseState.KEPT: f":green[:material/check_circle:] {said}, and kept it.",
        PromiseState.BROKEN: f":red[:material/heart_broken:] {said} and did not keep it: {arrived} in time.",
        PromiseState.WITHDRAWN: f"{said}; withdrawn.",
    }[state]


def pause(found: Pause) -> str:
    """A pause in one sentence."""
    until = f"until {text.day(found.until)}" if found.until else "until somebody lets them go on"
    return f":material/pause_circle: Reminders wait {until}: {plain(found.reason)} ({plain(found.paused_by)})."


def on_customer(by: Principal, customer_id: int, *, username: str) -> None:
    """On another screen: what is overdue, promised, paused and stopped about a customer; nothing where nothing is."""
    today = text.today()
    if not read(queries.is_listed, on=today, customer_id=customer_id):
        return
    for row in read(queries.worklist, on=today, customer_id=customer_id).rows.to_dict("records"):
        code, need = str(row["currency"]), Need(int(row["need"]))
        known = {"customer_id": customer_id, "currency": code}
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            shown = badge(need)
            st.badge(plain(shown.words), color=shown.colour, icon=":material/notifications_active:")
            st.markdown(overdue(row, today))
            menu.link(by, DUNNING, "Dunning", icon=":material/arrow_forward:", dunning_q=username)
        if told := read(queries.promise_of, **known):
            st.caption(promise(told, today))
        if held := read(queries.pause_of, **known, on=today):
            st.caption(pause(held))


def overdue(row: dict[Any, Any], today: date) -> str:
    """What is overdue, and how long the oldest of it is, from a row of the worklist."""
    owed = Money(int(row["overdue_micros"]), str(row["currency"]))
    days, invoices = text.count((today - row["oldest_due_on"]).days, "day"), text.count(int(row["invoices"]), "invoice")
    return f"**{text.money(owed)}** overdue on {invoices}, the oldest for {days}."
