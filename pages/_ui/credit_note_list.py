"""Credit and adjustment notes as a list beside the invoices: what was taken back, why and by whom."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from pages._ui import cards, downloads, tables, text
from pages._ui.frame import empty, read
from pages._ui.invoice_crediting import KINDS
from services.access.model import Principal
from services.invoices.credit_note import NoteKind
from services.invoices.queries import credit_notes
from services.money import MICROS
from services.periods import Period
from services.reporting.exports import Column, ColumnKind, ExportTable

_EXPORTED = {
    "number": Column("Number"),
    "kind_words": Column("Kind"),
    "issued_on": Column("Issued", ColumnKind.DAY),
    "invoice_number": Column("Invoice"),
    "company_name": Column("Company"),
    "currency": Column("Currency"),
    "gross_micros": Column("Total", ColumnKind.MONEY),
    "net_micros": Column("Net", ColumnKind.MONEY),
    "tax_micros": Column("Tax", ColumnKind.MONEY),
    "returned_micros": Column("Owed back", ColumnKind.MONEY),
    "cause": Column("Cause"),
    "reason": Column("Reason"),
    "issued_by": Column("Issued by"),
}


def show(by: Principal, acts: Any, period: Period) -> None:
    """The notes of the period with their sums, pages in SQL, exports; a picked row opens its invoice."""
    page = tables.page_number("credit_notes_page")
    found = read(credit_notes.page, period=period, page=page, size=tables.PAGE_SIZE)
    with acts, st.container(width="content"):
        downloads.menu("credit notes", lambda: _export(by, period))
    if not found.total:
        empty(f"No credit note was issued in {text.period(period)}.", "An invoice’s own screen credits it.")
        return
    sums = zip(found.sums["currency"], found.sums["count"], found.sums["gross_micros"], strict=True)
    for place, (code, count, gross) in zip(cards.row(max(4, len(found.sums))), sums, strict=False):
        with place, st.container(border=True, height="stretch", gap="xsmall"):
            st.metric(f"Credited, {code}", int(gross) / MICROS, format="accounting")
            st.caption(text.count(int(count), "note"))
    columns = {
        "number": tables.words("Number", width=125),
        "kind_words": tables.words("Kind", width=115),
        "issued_on": tables.day("Issued", width=90),
        "company_name": tables.words("Customer", width=160),
        "invoice_number": tables.words("Invoice", width=125),
        "currency": tables.words("Currency", width=65),
        "gross_micros": tables.money("Total", width=85),
        "returned_micros": tables.money("Owed back", width=85),
    }
    named = _named(found.rows)
    tables.drill(
        named,
        columns,
        page="billing/invoice.py",
        parameter="id",
        by="invoice_id",
        key="credit_notes",
        alt="Credit notes",
    )
    tables.pager("credit_notes_page", total=found.total, page=page, noun="credit note")


def _named(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.assign(kind_words=[KINDS[NoteKind(kind)] for kind in rows["kind"]])


def _export(by: Principal, period: Period) -> ExportTable:
    found = read(credit_notes.page, period=period, size=downloads.EVERY)
    issued = f"{period.starts_on} to {period.last_day}"
    return downloads.table_of("Credit notes", _named(found.rows), _EXPORTED, by=by, issued=issued)
