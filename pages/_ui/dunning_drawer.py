"""One customer's debts in a currency at the right of the list: what comes next, what happened, and what can be done."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
import streamlit as st

from pages._ui import cached, drawer, dunning_acts, dunning_words, menu, tables, text
from pages._ui.frame import empty, me, plain, read
from services.access.model import Principal
from services.dunning import queries
from services.dunning.model import LIFT_STOP, PAUSE, PROMISE, Stage
from services.dunning.queries import Need
from services.reporting import aged

INVOICE = "billing/invoice.py"
_INVOICES, _HISTORY, _PROMISE, _WITHDRAW = "Invoices", "History", "Promise", "Withdraw promise"
_PAUSE, _GO_ON, _LIFT = "Pause", "Go on", "Lift stop"


def show(customer_id: int, currency: str, *, key: str) -> None:
    """Open the drawer; `key` is the grid's, whose row is let go of when it closes."""
    draw = st.dialog("Overdue", position="right", width="large", on_dismiss=lambda: drawer.dismissed(key))
    draw(drawn)(customer_id, currency, key)


def drawn(customer_id: int, currency: str, key: str) -> None:
    """What the drawer holds."""
    by, today = me(), text.today()
    found = read(queries.worklist, on=today, customer_id=customer_id, currency=currency).rows.to_dict("records")
    if not found:
        empty("Nothing is overdue any more.", "Close this; the list is drawn anew.")
        return
    [row] = found
    standing = _Standing(row, customer_id, currency)
    _head(by, standing)
    acts = _acts(by, standing)
    views = [_INVOICES, _HISTORY, *acts]
    name = f"dunning_{customer_id}_{currency}"
    view = st.radio("View", views, horizontal=True, label_visibility="collapsed", key=name)
    if view == _INVOICES:
        _invoices(by, customer_id, currency)
    elif view == _HISTORY:
        _history(customer_id, currency)
    elif acts[str(view)]():
        cached.forget()
        drawer.dismissed(key)
        st.rerun()


class _Standing:
    """A row of the worklist with its promise, pause and stops."""

    def __init__(self, row: dict[Any, Any], customer_id: int, currency: str) -> None:
        """Read what stands now."""
        known = {"customer_id": customer_id, "currency": currency}
        self.row, self.customer_id, self.currency = row, customer_id, currency
        self.promise = read(queries.promise_of, **known)
        self.pause = read(queries.pause_of, **known, on=text.today())
        stops = read(queries.stops_of, customer_ids=[customer_id])
        self.stops = [each for each in stops if each.currency == currency]


def _head(by: Principal, found: _Standing) -> None:
    today = text.today()
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        badge = dunning_words.badge(Need(int(found.row["need"])))
        st.badge(badge.words, color=badge.colour)
        name = str(found.row["customer"])
        menu.link(by, drawer.CUSTOMER, name, icon=":material/person:", id=str(found.customer_id))
    st.markdown(dunning_words.overdue(found.row, today))
    if found.promise:
        st.markdown(dunning_words.promise(found.promise, today))
    if found.pause:
        st.markdown(dunning_words.pause(found.pause))
    for stop in found.stops:
        st.markdown(f":red[:material/block:] Stopped since {text.moment(stop.since)} because of {plain(stop.number)}.")


def _acts(by: Principal, found: _Standing) -> dict[str, Callable[[], bool]]:
    """What this person can do now, each a form that says whether it was done."""
    whose = (found.customer_id, found.currency)
    acts: dict[str, Callable[[], bool]] = {}
    if by.may(PROMISE):
        acts[_PROMISE] = lambda: dunning_acts.promise(*whose, str(found.row["overdue_micros"]))
        if promise := found.promise:
            acts[_WITHDRAW] = lambda: dunning_acts.withdraw(promise)
    if by.may(PAUSE):
        acts |= {_GO_ON: lambda: dunning_acts.go_on(*whose)} if found.pause else {}
        acts |= {} if found.pause else {_PAUSE: lambda: dunning_acts.pause(*whose)}
    if found.stops and by.may(LIFT_STOP):
        acts[_LIFT] = lambda: dunning_acts.lift(found.stops)
    return acts


def _invoices(by: Principal, customer_id: int, currency: str) -> None:
    rows = read(aged.debts, as_of=text.today(), customer_id=customer_id, currency=currency)
    ids = [int(each) for each in rows["invoice_id"]]
    sent = read(queries.reminded_of, invoice_ids=ids)
    coming = {each.invoice_id: each for each in read(queries.steps, ids=ids)}
    rows = rows.assign(
        last=[f"{sent[each].stage.label}, {text.day(sent[each].on)}" if each in sent else "" for each in ids],
        coming=[_step(coming[each].stage, text.day(coming[each].on)) if each in coming else "" for each in ids],
    )
    columns: dict[str, Any] = {
        "number": tables.words("Invoice", width=135),
        "due_on": tables.day("Due", width=95),
        "days": tables.number("Days", width=55),
        "open_micros": tables.money("Open", width=100),
        "last": tables.words("Last letter", width=215),
        "coming": tables.words("Next", width=215),
    }
    key = f"dunning_invoices_{customer_id}_{currency}"
    if menu.may_open(by, INVOICE):
        tables.drill(rows, columns, page=INVOICE, parameter="id", by="invoice_id", key=key, alt="Invoices owed")
        st.caption("Pick a row to open its invoice.")
    else:
        tables.show(rows, columns, alt="Invoices owed")


def _step(stage: Stage, day: str) -> str:
    return f"Stop, {day}" if stage is Stage.STOP else f"{stage.label}, {day}"


def _history(customer_id: int, currency: str) -> None:
    told = read(queries.story, customer_id=customer_id, currency=currency)
    if not told:
        st.caption("Nothing was written, promised or paused yet; scheduled work sends the first letter on its day.")
        return
    rows = [(text.moment(each.at), each.what, each.by, each.said) for each in told]
    tables.printed(pd.DataFrame(rows, columns=["When", "What", "Who", "Said"]), alt="History of the debts")
