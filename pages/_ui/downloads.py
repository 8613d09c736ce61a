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
from pages._ui.frame import me
from pages._ui.tables import exact
from services.access.model import Principal
from services.db.current import current
from services.money import Money
from services.reporting import exports
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
            offer(name, ending, content, key=f"{key}_{ending}")
        if len(table.rows) <= MOST_ROWS_AT_ONCE or st.button("Make PDF", key=f"{key}_make", width="stretch"):
            offer(name, "pdf", _bytes_of(table, "pdf"), key=f"{key}_pdf")


def offer(name: str, ending: str, content: bytes, *, key: str, label: str = "", mime: str = "") -> None:
    """One download button for finished bytes."""
    words, kind = FORMATS.get(ending, (label, mime))
    st.download_button(
        label or words,
        content,
        file_name=file_name(name, ending, content),
        mime=mime or kind,
        key=key,
        on_click="ignore",
        icon=":material/download:",
        width="stretch",
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
    return {"csv": exports.csv, "xlsx": exports.xlsx, "pdf": exports.pdf}[ending](table)
