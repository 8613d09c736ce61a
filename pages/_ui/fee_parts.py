"""Custom fees as a list: what each costs, who set it and why, when it is charged next, and whether it can be seen."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from pages._ui import downloads, drawer, fee_drawer, fee_forms, menu, tables, text
from pages._ui.frame import empty, read
from services.access.model import Principal
from services.customers.model import Customer
from services.fees import queries as fees
from services.fees.model import SET_FEES, FeeKind, FeeStatus
from services.fees.queries import Wanted
from services.reporting.exports import Column, ColumnKind, ExportTable

KINDS = {kind.value: kind.label for kind in FeeKind}
STATES = {status.value: status.value.capitalize() for status in FeeStatus}
HIDDEN, VISIBLE = "Not visible to the customer", "Visible to the customer"
EXPORTED = {
    "customer": Column("Customer"),
    "kind_name": Column("Kind"),
    "description": Column("What for"),
    "wording": Column("The customer reads"),
    "rhythm": Column("Charged"),
    "sight": Column("Visibility"),
    "state": Column("Status"),
    "starts_on": Column("From", ColumnKind.DAY),
    "last_on": Column("Last day", ColumnKind.DAY),
    "currency": Column("Currency"),
    "micros": Column("Amount", ColumnKind.MONEY, totalled=False),
    "next_charge_on": Column("Next charge", ColumnKind.DAY),
    "next_charge_micros": Column("Next amount", ColumnKind.MONEY),
    "set_by": Column("Set by"),
    "approved_by": Column("Agreed to by"),
    "reason": Column("Why"),
    "ticket_id": Column("Ticket"),
}


def named(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows with kinds, states and visibility in words."""
    return rows.assign(
        kind_name=[KINDS[kind] for kind in rows["kind"]],
        state=[STATES[status] for status in rows["status"]],
        sight=[VISIBLE if seen else HIDDEN for seen in rows["visible"]],
        seen=["Visible" if seen else "Not visible" for seen in rows["visible"]],
        rhythm=["Monthly" if monthly else "Once" for monthly in rows["recurring"]],
        last_on=pd.Series([fee_drawer.day_before(day) for day in rows["ends_before"]], dtype=object, index=rows.index),
        sort=[
            f"{KINDS[kind]}, {'monthly' if monthly else 'once'}"
            for kind, monthly in zip(rows["kind"], rows["recurring"], strict=True)
        ],
    )


def listed(rows: pd.DataFrame, *, key: str, with_names: bool) -> None:
    """The grid; a picked row opens the fee with its history at the right."""
    columns: dict[str, Any] = {"customer": tables.words("Customer", width=150)} if with_names else {}
    columns |= {
        "description": tables.words("What for", width=180 if with_names else 330),
        "sort": tables.words("Kind", width=130),
        "seen": tables.words("To the customer", width=100),
        "state": tables.words("Status", width=65),
        "currency": tables.words("Currency", width=62),
        "amount_micros": tables.money("Amount", width=70),
        "next_charge_on": tables.day("Next charge", width=85),
    }
    frame = named(rows).assign(amount_micros=rows["micros"])
    row = drawer.picked(frame, columns, key=key, alt="Custom fees")
    if row is not None:
        fee_drawer.show(int(row["id"]), key=key)


def waits(by: Principal, count: int) -> None:
    """What waits for a second person, and the way there; nothing when nothing does."""
    if count:
        with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
            st.markdown(f":orange-badge[{text.count(count, 'fee')} waiting for a second person]")
            menu.link(by, "admin/approvals.py", "Decide", icon=":material/how_to_reg:")


def agreed(by: Principal, customer: Customer) -> None:
    """A customer's own fees, and for accounting the way to a new one."""
    if by.may(SET_FEES) and st.button("New fee", icon=":material/add:", key="customer_new_fee"):
        fee_forms.new_fee(customer)
    asked = read(fees.waiting, customer_id=customer.id)
    waits(by, asked)
    page = tables.page_number("customer_fees")
    wanted = Wanted(customer_id=customer.id)
    found = read(fees.page, on=text.today(), wanted=wanted, page=page, size=tables.PAGE_SIZE)
    if not found.total:
        if not asked:
            empty(f"No custom fee is agreed with {customer.name}.", "Accounting sets one with New fee.")
        return
    listed(found.rows, key="customer_fees_rows", with_names=False)
    tables.pager("customer_fees", total=found.total, page=page, noun="fee")


def export(by: Principal, wanted: Wanted, words: dict[str, Any]) -> ExportTable:
    """Every fee the filters leave, for a file."""
    found = read(fees.page, on=text.today(), wanted=wanted, size=downloads.EVERY)
    return downloads.table_of("Custom fees", named(found.rows), EXPORTED, by=by, **words)
