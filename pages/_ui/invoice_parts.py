"""Invoices as a list and as facts: statuses in words, sums by currency, the paper to look at and to download."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, Final

import pandas as pd
import streamlit as st

from pages._ui import cached, cards, downloads, tables, text
from pages._ui.frame import Badge, Colour, read
from services.access.model import Principal
from services.invoices import queries as invoices
from services.invoices.credit_note import CreditNote
from services.invoices.credit_note_document import NoteDocument
from services.invoices.document import Document
from services.invoices.model import Invoice, InvoiceStatus
from services.invoices.presenting import file_of
from services.money import MICROS, Money
from services.reporting.exports import Column, ColumnKind, ExportTable

OPEN: Final = "open"
WORDS = {
    OPEN: "Waiting for money",
    InvoiceStatus.ISSUED.value: "Issued",
    InvoiceStatus.PART_PAID.value: "Part-paid",
    InvoiceStatus.PAID.value: "Paid",
    InvoiceStatus.SETTLED_SHORT.value: "Settled short",
    InvoiceStatus.CREDITED.value: "Credited",
    InvoiceStatus.EXPIRED.value: "Expired",
    InvoiceStatus.VOID.value: "Void",
    InvoiceStatus.WRITTEN_OFF.value: "Written off",
}
_COLOURS: dict[InvoiceStatus, Colour] = {
    InvoiceStatus.ISSUED: "blue",
    InvoiceStatus.PART_PAID: "orange",
    InvoiceStatus.PAID: "green",
    InvoiceStatus.SETTLED_SHORT: "green",
    InvoiceStatus.CREDITED: "gray",
    InvoiceStatus.EXPIRED: "gray",
    InvoiceStatus.VOID: "gray",
    InvoiceStatus.WRITTEN_OFF: "red",
}
_SOON = 7
EXPORTED = {
    "number": Column("Number"),
    "reference": Column("Reference"),
    "issued_on": Column("Issued", ColumnKind.DAY),
    "due_on": Column("Pay by", ColumnKind.DAY),
    "account_id": Column("Account id"),
    "company_name": Column("Company"),
    "state": Column("Status"),
    "currency": Column("Currency"),
    "gross_micros": Column("Total", ColumnKind.MONEY),
    "net_micros": Column("Net", ColumnKind.MONEY),
    "tax_micros": Column("Tax", ColumnKind.MONEY),
    "received_micros": Column("Received", ColumnKind.MONEY),
    "fee_micros": Column("Bank fee", ColumnKind.MONEY),
    "open_micros": Column("Open", ColumnKind.MONEY),
    "version": Column("Version", ColumnKind.COUNT),
}


def badge(invoice: Invoice) -> Badge:
    """Where it stands, in words."""
    return Badge(WORDS[invoice.status.value], _COLOURS[invoice.status])


def badges(invoice: Invoice, notes: Sequence[CreditNote]) -> tuple[Badge, ...]:
    """Where it stands, and what credit notes took off it or give back."""
    found = [badge(invoice)]
    if invoice.credited and invoice.status is not InvoiceStatus.CREDITED:
        found.append(Badge(f"{text.money(invoice.credited)} credited", "violet"))
    if returned := sum((note.returned for note in notes), Money(0, invoice.currency)):
        found.append(Badge(f"{text.money(returned)} owed back", "orange"))
    return tuple(found)


def age(status: InvoiceStatus, issued_on: date, due_on: date, today: date) -> str:
    """How old an open invoice is and how long it may stay so: "12 days old, 18 left"; nothing once it is settled."""
    if not status.is_open:
        return ""
    left = (due_on - today).days
    old = text.count((today - issued_on).days, "day")
    if left < 0:
        return f"{text.count(-left, 'day')} overdue"
    return f"{old} old, {left} left" + (" (soon)" if left <= _SOON else "")


def named(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows with statuses and ages in words."""
    today = text.today()
    statuses = [InvoiceStatus(status) for status in rows["status"]]
    ages = [
        age(status, issued, due, today)
        for status, issued, due in zip(statuses, rows["issued_on"], rows["due_on"], strict=True)
    ]
    versions = rows["version"] if "version" in rows else [1] * len(rows)
    later = [f", v{version}" if version > 1 else "" for version in versions]
    words = [WORDS[status.value] + said for status, said in zip(statuses, later, strict=True)]
    return rows.assign(state=words, age=ages)


def listed(rows: pd.DataFrame, *, key: str, currency: str | None = None, with_names: bool = True) -> None:
    """The grid; a picked row opens the invoice."""
    columns: dict[str, Any] = {"number": tables.words("Number", width=114)}
    if with_names:
        columns["company_name"] = tables.words("Customer", width=128)
    columns |= {
        "state": tables.words("Status", width=78),
        "issued_on": tables.day("Issued", width=82),
        "age": tables.words("Age", width=128),
    }
    if not currency:
        columns["currency"] = tables.words("Currency", width=58)
    unit = f", {currency}" if currency else ""
    columns |= {
        "gross_micros": tables.money(f"Total{unit}", width=78),
        "open_micros": tables.money(f"Open{unit}", width=76),
        "reference": tables.words("Reference", width=92),
    }
    tables.drill(named(rows), columns, page="billing/invoice.py", parameter="id", by="id", key=key, alt="Invoices")


def sums(of: pd.DataFrame) -> None:
    """Total and open amount, a card a currency; never added across currencies."""
    columns = (of["currency"], of["count"], of["gross_micros"], of["open_micros"])
    for place, (code, count, gross, still_open) in zip(
        cards.row(max(4, len(of))), zip(*columns, strict=True), strict=False
    ):
        with place, st.container(border=True, height="stretch", gap="xsmall"):
            st.metric(f"Invoiced, {code}", int(gross) / MICROS, format="accounting")
            left = text.amount(Money(int(still_open), str(code)))
            st.caption(f"{text.count(int(count), 'invoice')}, {left} open")


def listed_all(by: Principal, chosen: dict[str, Any], words: dict[str, Any]) -> tuple[ExportTable, list[int]]:
    """The table of every invoice the filters leave, and their ids in the same order."""
    found = read(invoices.page, **chosen, size=downloads.EVERY)
    table = downloads.table_of("Invoices", named(found.rows), EXPORTED, by=by, **words)
    return table, [int(each) for each in found.rows["id"]]


def export(by: Principal, chosen: dict[str, Any], words: dict[str, Any]) -> ExportTable:
    """Every invoice the filters leave, for a file, with control totals by currency."""
    found = read(invoices.page, **chosen, size=downloads.EVERY)
    return downloads.table_of("Invoices", named(found.rows), EXPORTED, by=by, **words)


def offer_paper(
    document: Document | NoteDocument, *, key: str, label: str = "PDF as issued", content: bytes | None = None
) -> bytes:
    """The paper, to download: the kept copy, or drawn; returns its bytes to show."""
    if content is None:
        kind = "note" if isinstance(document, NoteDocument) else "invoice"
        content = cached.drawn(kind, repr(document), lambda: file_of(document))
    st.download_button(
        label,
        content,
        file_name=document.file_name,
        mime="application/pdf",
        icon=":material/download:",
        on_click="ignore",
        key=key,
    )
    return content
