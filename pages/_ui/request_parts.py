"""Invoice requests as a list and as figures: where each stands, what it lacks, how old it is and whose it is."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from pages._ui import cached, cards, downloads, drawer, invoice_parts, request_drawer, tables, text
from pages._ui.frame import read
from pages._ui.request_words import WORDS, ago, lacks
from services.access.model import Principal
from services.invoices.model import InvoiceStatus
from services.reporting.exports import Column, ColumnKind, ExportTable
from services.requests import queries as requests

EXPORTED = {
    "id": Column("Request", ColumnKind.TEXT),
    "received_on": Column("Received", ColumnKind.DAY),
    "customer": Column("Customer"),
    "account_id": Column("Account id"),
    "state": Column("State"),
    "lacks": Column("Missing"),
    "currency": Column("Currency"),
    "gross_micros": Column("Amount", ColumnKind.MONEY),
    "owner": Column("Owner"),
    "channel": Column("Came by"),
    "ticket_id": Column("Ticket"),
    "number": Column("Invoice"),
    "invoice_state": Column("Invoice status"),
}


def figures() -> None:
    """What can be issued now, what lacks something, what nobody has taken, and what was issued and is not paid."""
    found = cached.read(requests.standing, on=text.today())
    one, two, three, four = cards.row(4)
    oldest = f"The oldest was asked {ago((text.today() - found.oldest_on).days)}" if found.oldest_on else ""
    for place, label, number, said in (
        (one, "Ready to issue", found.received, oldest or "Nothing waits"),
        (two, "Incomplete", found.incomplete, "Something is still to be asked"),
        (three, "Nobody’s", found.nobodys, "Waiting and taken by nobody"),
        (four, "Issued, not yet paid", found.unpaid, "They follow their invoices"),
    ):
        with place, st.container(border=True, height="stretch", gap="xsmall"):
            st.metric(label, number, format="localized")
            st.caption(said)


def named(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows with states, ages and what is missing in words."""
    today = text.today()
    return rows.assign(
        state=[WORDS[status] for status in rows["status"]],
        lacks=[lacks(fields) for fields in rows["missing"]],
        age=[ago((today - day).days) for day in rows["received_on"]],
        from_where=[
            f"{channel}, {ticket}" if ticket else channel
            for channel, ticket in zip(rows["channel"], rows["ticket_id"], strict=True)
        ],
        invoice_state=[invoice_parts.WORDS[InvoiceStatus(each)] if each else "" for each in rows["invoice_status"]],
    )


def listed(rows: pd.DataFrame, *, waiting: bool) -> None:
    """The grid; a picked row opens the request at the right. Waiting ones show what they lack, others their invoice."""
    columns: dict[str, Any] = {
        "customer": tables.words("Customer", width=175),
        "state": tables.words("State", width=85),
    }
    if waiting:
        columns["lacks"] = tables.words("Missing", width=165)
    else:
        columns["number"] = tables.words("Invoice", width=165)
    columns |= {
        "currency": tables.words("Currency", width=65),
        "gross_micros": tables.money("Amount", width=90),
        "age": tables.words("Asked", width=90),
        "owner": tables.words("Owner", width=110),
        "from_where": tables.words("Came by", width=135),
    }
    row = drawer.picked(named(rows), columns, key="requests", alt="Invoice requests")
    if row is not None:
        request_drawer.show(int(row["id"]), key="requests")


def export(by: Principal, wanted: requests.Wanted, words: dict[str, Any]) -> ExportTable:
    """Every request the filters leave, for a file."""
    found = read(requests.page, on=text.today(), wanted=wanted, size=downloads.EVERY)
    return downloads.table_of("Invoice requests", named(found.rows), EXPORTED, by=by, **words)
