"""The short-payment bench: every invoice paid short with its three facts, what is missing judged, and what to do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
import streamlit as st

from pages._ui import cached, downloads, filters, short_acts, short_fees, tables, text
from pages._ui.frame import Screen, empty, read
from pages._ui.places import country_name
from services.frames import typed
from services.payments.short import queries
from services.payments.short.model import ShortPayment, Standing
from services.payments.short.queries import ShortsPage
from services.reporting.exports import Column, ColumnKind, ExportTable

_EVERY = "All"
WORDS = {each: each.label for each in Standing}
_COLUMNS: dict[str, Any] = {
    "customer": tables.words("Customer", width=135),
    "number": tables.words("Invoice", width=122),
    "place": tables.words("Country", width=98),
    "currency": tables.words("Currency", width=65),
    "gross_micros": tables.money("Invoiced", width=82),
    "received_micros": tables.money("Received", width=80),
    "missing_micros": tables.money("Missing", width=72),
    "cause": tables.words("Judged as", width=95),
    "received_on": tables.day("Received on", width=93),
}
_OF_ALL = {name: column for name, column in _COLUMNS.items() if name not in {"place", "received_on"}}
_OF_ALL["standing"] = tables.words("It", width=115)
_EXPORTED = {
    "customer": Column("Customer", ColumnKind.TEXT),
    "number": Column("Invoice", ColumnKind.TEXT),
    "place": Column("Country", ColumnKind.TEXT),
    "bank": Column("Payer’s bank", ColumnKind.TEXT),
    "currency": Column("Currency", ColumnKind.TEXT),
    "gross_micros": Column("Invoice amount", ColumnKind.MONEY),
    "received_micros": Column("Received", ColumnKind.MONEY),
    "missing_micros": Column("Missing", ColumnKind.MONEY),
    "payer_micros": Column("Borne by the payer", ColumnKind.MONEY),
    "ours_micros": Column("Borne by us", ColumnKind.MONEY),
    "cause": Column("Judged as", ColumnKind.TEXT),
    "reasons": Column("Because", ColumnKind.TEXT),
    "standing": Column("It", ColumnKind.TEXT),
    "received_on": Column("Received on", ColumnKind.DAY),
}


def screen(opened: Screen) -> None:
    """The list by standing, the picked one with its acts, and what banks usually keep."""
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        chosen = filters.views("Which short payments", [*WORDS.values(), _EVERY], key="short_standing")
    standing = next((each for each, words in WORDS.items() if words == chosen), None)
    page = tables.page_number("short_page")
    usual = cached.until_posted(queries.usual_fees)
    found = read(queries.shorts, today=text.today(), standing=standing, page=page, usual=usual)
    with opened.acts:
        downloads.menu("short payments", lambda: _exported(opened, standing), key="short_export")
    if found.rows:
        _list(opened, found, page, _COLUMNS if standing else _OF_ALL)
    else:
        _nothing(found, standing)
    label = "What banks usually keep, and what to send so that all of it arrives"
    with st.expander(label, icon=":material/calculate:", key="short_usual", on_change="rerun") as box:
        if box.open:
            short_fees.section()


def _nothing(found: ShortsPage, standing: Standing | None) -> None:
    if standing is Standing.OPEN:
        others = sum(number for each, number in found.counts.items() if each is not Standing.OPEN)
        empty("No short payment waits for a decision.", f"Look at the {others:,} others." if others else "")
    else:
        empty("No invoice paid short stands like this.", "Look at all of them.")


def _list(opened: Screen, found: ShortsPage, page: int, columns: dict[str, Any]) -> None:
    said = [f"{number:,} {WORDS[each].lower()}" for each, number in found.counts.items() if number]
    st.caption(" · ".join(said))
    turn = st.session_state.get("short_turn", 0)
    row = tables.pick(_frame(found.rows), columns, alt="Invoices paid short", key=f"short_{turn}")
    tables.pager("short_page", total=found.total, page=page, noun="short payment", size=tables.PAGE_SIZE)
    if row is None:
        st.caption("Pick one to see why it is judged so, and to decide.")
    else:
        short_acts.show(opened.by, next(each for each in found.rows if each.invoice.id == int(row["id"])))


def _frame(rows: Sequence[ShortPayment]) -> pd.DataFrame:
    names = [*_EXPORTED, "id"]
    cells = [
        (
            each.customer, each.invoice.number, country_name(each.country), each.bank, each.invoice.currency,
            each.invoice.gross.micros, each.invoice.received.micros, each.missing.micros,
            (each.invoice.fee + each.invoice.short).micros, each.invoice.absorbed.micros,
            each.judgement.cause.label, "; ".join(each.judgement.reasons), each.standing.label, each.received_on,
            each.invoice.id,
        )
        for each in rows
    ]  # fmt: skip
    money = dict.fromkeys((name for name in names if name.endswith("_micros")), "Int64")
    return typed(pd.DataFrame(cells, columns=names), money)


def _exported(opened: Screen, standing: Standing | None) -> ExportTable:
    found = read(queries.shorts, today=text.today(), standing=standing, size=downloads.EVERY)
    shown = WORDS[standing] if standing else ""
    return downloads.table_of("Short payments", _frame(found.rows), _EXPORTED, by=opened.by, standing=shown)
