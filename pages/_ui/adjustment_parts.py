"""Adjustments of credit as a list: what was given or taken, why, who decided; a picked row opens its story."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from pages._ui import downloads, drawer, menu, tables, text
from pages._ui.forms import Form
from pages._ui.frame import me, plain, read
from services.access.model import Principal
from services.adjustments import queries
from services.adjustments.model import UNDO, Adjustment, AdjustmentKind, State
from services.adjustments.operations import undo_adjustment
from services.money import Money
from services.periods import Period
from services.reporting.exports import Column, ColumnKind, ExportTable

KINDS = {kind.value: kind.label for kind in AdjustmentKind}
STATES = {state.value: state.label for state in State}
APPROVALS = "admin/approvals.py"
EXPORTED = {
    "asked_on": Column("Day", ColumnKind.DAY),
    "id": Column("Adjustment", ColumnKind.COUNT),
    "what": Column("Adjustment of"),
    "customer": Column("Customer"),
    "standing": Column("State"),
    "currency": Column("Currency"),
    "micros": Column("Amount", ColumnKind.MONEY),
    "reason": Column("Reason"),
    "ticket_id": Column("Ticket"),
    "asked_by": Column("Asked by"),
    "approved_by": Column("Approved by"),
    "entry_id": Column("Entry", ColumnKind.COUNT),
}


def named(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows with kinds and states in words; amounts for showing under a name of their own."""
    return rows.assign(
        what=[KINDS[kind] for kind in rows["kind"]],
        standing=[STATES[state] for state in rows["state"]],
        amount_micros=rows["micros"],
    )


def listed(rows: pd.DataFrame, *, key: str, with_names: bool) -> None:
    """The grid; a picked row opens the adjustment at the right."""
    columns: dict[str, Any] = {
        "asked_on": tables.day("Day", width=90),
        "what": tables.words("Adjustment", width=135),
    }
    if with_names:
        columns["customer"] = tables.words("Customer", width=150)
    columns |= {
        "currency": tables.words("Currency", width=65),
        "amount_micros": tables.money("Amount", width=85),
        "standing": tables.words("State", width=130),
        "reason": tables.words("Reason", width=190 if with_names else 300),
        "ticket_id": tables.words("Ticket", width=70),
        "asked_by": tables.words("Asked by", width=110),
        "approved_by": tables.words("Approved by", width=105),
    }
    row = drawer.picked(named(rows), columns, key=key, alt="Adjustments of credit")
    if row is not None:
        show(int(row["id"]), key=key)


def show(adjustment_id: int, *, key: str) -> None:
    """Open the drawer on one adjustment; closing it lets go of the row of the grid with that key."""
    title = f"Adjustment {adjustment_id}"
    st.dialog(title, position="right", width="medium", on_dismiss=lambda: drawer.dismissed(key))(_whole)(
        adjustment_id, key
    )


def _whole(adjustment_id: int, key: str) -> None:
    by = me()
    found = read(queries.adjustment, adjustment_id=adjustment_id)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        label = f"{found.wanted.kind.label}: {text.money(found.wanted.amount)}"
        st.subheader(plain(label), anchor=False, width="content")
        st.badge(found.state.label, color="orange" if found.state is State.WAITING else "gray")
    st.write(plain(found.wanted.reason))
    rows = pd.DataFrame(_facts(found), columns=["What", "Said"])
    tables.printed(rows, alt=f"Facts of adjustment {adjustment_id}", hide_header=True)
    with st.container(horizontal=True, gap="medium"):
        menu.link(by, drawer.CUSTOMER, "The customer", icon=":material/person:", id=str(found.wanted.customer_id))
        if found.state is State.WAITING:
            menu.link(by, APPROVALS, "The request", icon=":material/how_to_reg:")
    if found.entry_id:
        drawer.postings(found.entry_id)
    if found.state is State.POSTED and found.expired_micros is None and by.may(UNDO):
        _take_back(found, key)


def _facts(found: Adjustment) -> list[tuple[str, str]]:
    wanted, judged = found.wanted, found.judged
    given = text.money(Money(wanted.promotional, wanted.amount.currency)) if wanted.promotional else ""
    rate = (
        "" if wanted.amount.currency == "AUD" else f", rate {judged.rate.normalize():f} of {text.day(judged.rate_on)}"
    )
    days = f"{wanted.messages:,}, sent {text.period(wanted.period)}" if wanted.period else ""
    left = None if found.expired_micros is None else Money(found.expired_micros, wanted.amount.currency)
    rows = [
        ("Ticket", wanted.ticket_id),
        ("Asked by", f"{found.asked_by}, {text.moment(found.asked_at)}"),
        ("Approved by", found.approved_by or ("" if found.approval_id else "not needed below the limit")),
        ("Judged on", f"{text.money(judged.day)} on that day{rate}; the limit is {text.money(wanted.kind.limit)}"),
        ("Messages", days),
        ("Of it promotional", given),
        ("Expires on", text.day(wanted.expires_on)),
        ("Taken back when it expired", text.money(left) if left is not None else ""),
        ("Taken back by", f"{found.undone_by}, {text.moment(found.undone_at)}" if found.undone_by else ""),
        ("Why", found.undone_reason or ""),
    ]
    return [(name, said) for name, said in rows if said]


def _take_back(found: Adjustment, key: str) -> None:
    form = Form(f"undo_adjustment_{found.id}")
    with form.drawn(border=False):
        reason = form.text("reason", "Why it is taken back", max_chars=500)
        sent = st.form_submit_button("Take back", icon=":material/undo:")
    told = "The adjustment is taken back."
    if sent and form.act(undo_adjustment, told=told, adjustment_id=found.id, reason=reason):
        drawer.dismissed(key)
        st.rerun()


def export(
    by: Principal,
    *,
    period: Period | None = None,
    customer_id: int | None = None,
    kind: AdjustmentKind | None = None,
    state: State | None = None,
    currency: str | None = None,
) -> ExportTable:
    """Every adjustment the filters leave, for a file, with control totals by currency."""
    found = read(
        queries.page,
        period=period,
        customer_id=customer_id,
        kind=kind,
        state=state,
        currency=currency,
        size=downloads.EVERY,
    )
    words: dict[str, Any] = {
        "period": f"{period.starts_on} to {period.last_day}" if period else "",
        "adjustment_of": kind.label if kind else "",
        "state": state.label if state else "",
        "in_currency": currency,
    }
    return downloads.table_of("Adjustments", named(found.rows), EXPORTED, by=by, **words)
