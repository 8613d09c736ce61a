"""Exports beside a table: CSV, XLSX and PDF in one menu, built when the menu is opened.

with screen.acts:
    downloads.menu("invoices", lambda: ExportTable(title=..., columns=..., rows=..., facts=..., totals=...))
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from hashlib import sha256
from typing import Any

import pandas as pd
import streamlit as st

from pages._ui import text
from pages._ui.frame import attempt, me, read
from pages._ui.tables import exact
from services.access.model import Principal
from services.company import queries as companies
from services.company.logo import logo
from services.db.current import current
from services.money import Money
from services.reporting import exports, operations
from services.reporting.exports import Column, ColumnKind, ExportTable, facts_of

FORMATS = {
    "csv": ("CSV", "text/csv"),
    "xlsx": ("Excel", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "pdf": ("PDF", "application/pdf"),
}
EVERY = 1_000_000  # the page size that means: all rows
MOST_ROWS_AT_ONCE = 2_000  # a PDF of more rows is made only when asked for


def menu(name: str, build: Callable[[], ExportTable], *, key: str = "export") -> None:
    """The Export button of a screen; `build` makes the table with every row the filters leave, not one page of them.

    `name` is the file's name without its ending, such as "invoices 2026-11". Call it inside `screen.acts`, after the
    rights of the screen were checked: nothing is built before the menu is opened.
    """
    with st.container(width="content"):
        _menu(name, build, me(), key)


@st.fragment
def _menu(name: str, build: Callable[[], ExportTable], opened_by: Principal, key: str) -> None:
    with st.popover("Export", icon=":material/download:", key=key, on_change="rerun") as opened:
        if not opened.open:
            return
        if me() != opened_by:  # only this fragment runs when the menu opens, so it asks again who is there
            st.rerun()
        with st.spinner("Making the files…"):
            table = build()
            contents = {ending: _bytes_of(table, ending) for ending in ("csv", "xlsx")}
        for ending, content in contents.items():
            offer(name, ending, content, table, key=f"{key}_{ending}")
        if len(table.rows) <= MOST_ROWS_AT_ONCE or st.button("Make PDF", key=f"{key}_make", width="stretch"):
            offer(name, "pdf", _bytes_of(table, "pdf"), table, key=f"{key}_pdf")


def offer(name: str, ending: str, content: bytes, table: ExportTable, *, key: str) -> None:
    """One download button for the finished bytes of a table; taking them is written to the audit trail."""
    words, kind = FORMATS[ending]
    called = file_name(name, ending, content)
    st.download_button(
        words,
        content,
        file_name=called,
        mime=kind,
        key=key,
        on_click=lambda: record(called, content, table),
        icon=":material/download:",
        width="stretch",
    )


def record(called: str, content: bytes, table: ExportTable) -> None:
    """Callback: who took which table, with the filters and control totals that stand in it."""
    totals = {name: "" for name, _ in exports.totals_of(table)}
    for name, amount in exports.totals_of(table):
        totals[name] = f"{totals[name]}; {amount.text()}".removeprefix("; ")
    attempt(
        operations.record_export,
        show=True,
        file_name=called,
        title=table.title,
        rows=len(table.rows),
        facts=dict(table.facts) | totals,
        digest=sha256(content).hexdigest(),
    )


def file_name(name: str, ending: str, content: bytes) -> str:
    """A file name with a digest of the whole content in it.

    Above 1 MiB Streamlit files downloads by their name, length and some samples only: without the digest two exports
    of equal length could answer for each other, across people too.
    """
    words = re.sub(r"[^A-Za-z0-9.-]+", "-", name).strip("-.").lower() or "export"
    return f"{words}-{sha256(content).hexdigest()[:10]}.{ending}"


def table_of(
    title: str,
    frame: pd.DataFrame,
    columns: Mapping[str, Column],
    *,
    by: Principal,
    currency: str = "",
    **filters: object,
) -> ExportTable:
    """A frame as an export: the named columns in order, money from micros in the row's `currency` (or the given one).

    `filters` are the words printed as facts beside who exported and when; empty ones are left out.
    """
    codes = [currency] * len(frame) if currency else [str(code) for code in frame.get("currency", [])]
    cells = [
        [_cell(value, column, codes[place] if codes else "") for place, value in enumerate(frame[name])]
        for name, column in columns.items()
    ]
    facts = facts_of(by=by.name, at=text.now().astimezone(current().timezone), **filters)
    return ExportTable(title, list(columns.values()), list(zip(*cells, strict=True)), facts)


def _cell(value: Any, column: Column, currency: str) -> Any:
    plain = exact(value)
    if plain is None:
        return None
    if column.kind is ColumnKind.MONEY:
        return Money(int(plain), currency)
    if column.kind is ColumnKind.TEXT:
        return str(plain)
    return plain


def _bytes_of(table: ExportTable, ending: str) -> bytes:
    return {"csv": exports.csv, "xlsx": exports.xlsx, "pdf": _pdf}[ending](table)


def _pdf(table: ExportTable) -> bytes:
    company = read(companies.company)
    return exports.pdf(table, author=company.name, logo=read(logo, sha256=company.logo))
