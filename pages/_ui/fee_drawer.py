"""One custom fee at the right of its list: what is agreed, every decision on it, every charge, and what can be done."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import pandas as pd
import streamlit as st

from pages._ui import drawer, fee_forms, menu, tables, text
from pages._ui.frame import me, plain, read
from services.customers import queries as customers
from services.fees import queries as fees
from services.fees.model import SET_FEES, Fee
from services.money import Money

_HISTORY, _CHANGE, _END, _BACK = "History", "Change the amount", "End it", "Take a charge back"


def day_before(day: Any) -> date | None:
    """The last day a fee is charged for, of the first day it is not."""
    found = tables.exact(day)
    return found - timedelta(days=1) if found else None


def show(fee_id: int, *, key: str) -> None:
    """Open the drawer on a fee; `key` is the grid's, whose row is let go of when it closes."""
    draw = st.dialog("Custom fee", position="right", width="medium", on_dismiss=lambda: drawer.dismissed(key))(_drawn)
    draw(fee_id, key)


def _drawn(fee_id: int, key: str) -> None:
    by = me()
    found = read(fees.fee, fee_id=fee_id)
    charged = read(fees.charges, fee_id=fee_id)
    _facts(found)
    owner = read(customers.customer, customer_id=found.customer_id)
    menu.link(by, drawer.CUSTOMER, owner.name, icon=":material/person:", id=str(owner.id))
    acts = [_HISTORY]
    if by.may(SET_FEES):
        running = found.recurring and (found.ends_before is None or found.ends_before > text.today())
        acts += [_CHANGE, _END] if running else []
        acts += [_BACK] if bool((charged["reverses_id"].isna() & ~charged["reversed"]).any()) else []
    view = st.radio("What to do", acts, horizontal=True, label_visibility="collapsed", key=f"fee_view_{fee_id}")
    if view == _CHANGE:
        fee_forms.change(found, key)
    elif view == _END:
        fee_forms.end(found, key)
    elif view == _BACK:
        fee_forms.take_back(found, charged, key)
    else:
        _history(found, charged)


def _facts(found: Fee) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.subheader(plain(found.description), anchor=False, width="content")
        st.badge(found.kind.label)
        if not found.visible:
            st.badge("Not visible to the customer", color="orange", icon=":material/visibility_off:")
    amount = text.money(found.amount_in(text.today()))
    said = [f"**{amount} a month**, from {text.day(found.starts_on)}" if found.recurring else f"**{amount}**, once"]
    if found.ends_before:
        said.append(f"last day {text.day(day_before(found.ends_before))}")
    if following := found.next_charge(text.today()):
        said.append(f"next {text.amount(following[1])} on {text.day(following[0])}")
    st.markdown(", ".join(said))
    if found.visible:
        st.caption(f"The customer reads: {plain(found.wording)}")


def _history(found: Fee, charged: pd.DataFrame) -> None:
    decided = read(fees.history, fee_id=found.id)
    code = found.amounts[0][1].currency
    rows = [_decision(row, code, recurring=found.recurring) for row in decided.to_dict("records")]
    names = ["When", f"Amount, {code}", "Who", "Why"]
    tables.printed(pd.DataFrame(rows, columns=names), alt="Decisions on the fee")
    if code != "AUD":
        last = decided.iloc[0]
        rate, worth = int(last["rate_nano"]) / 10**9, text.money(Money(int(last["aud_micros"]), "AUD"))
        st.caption(f"Judged as {worth}, at {rate:g} AUD of {text.day(last['rate_on'])}.")
    if charged.empty:
        st.caption("Nothing of it has been charged yet.")
        return
    taken = charged.assign(
        what=[_what(back, undone) for back, undone in zip(charged["reverses_id"], charged["reversed"], strict=True)]
    )
    columns = {
        "posted_on": tables.day("Day", width=95),
        "what": tables.words("What", width=150),
        "amount_micros": tables.money(f"Amount, {code}", width=110),
        "reason": tables.words("Why", width=170),
    }
    tables.show(taken.assign(amount_micros=taken["micros"]), columns, alt="Charges of the fee", height="content")


def _decision(row: Mapping[Any, Any], code: str, *, recurring: bool) -> tuple[str, str, str, str]:
    since = f" from {row['from_month']:%b %Y}" if recurring else ""
    second = f" with {row['approved_by']}" if row["approved_by"] else ""
    ticket = f" (ticket {row['ticket_id']})" if row["ticket_id"] else ""
    amount = text.amount(Money(int(row["micros"]), code)) + since
    return text.moment(row["set_at"]), amount, row["set_by"] + second, row["reason"] + ticket


def _what(back: Any, undone: Any) -> str:
    if tables.exact(back) is not None:
        return "Taken back"
    return "Charged, taken back since" if undone else "Charged"
