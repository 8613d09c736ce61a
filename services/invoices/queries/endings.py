"""Reads of how invoices end: which may expire, and what ended one or brought it back."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Connection, select

from services.invoices.model import Ended, InvoiceStatus
from services.invoices.tables import invoice as invoice_table
from services.invoices.tables import invoice_transition


def lapsed(conn: Connection, *, on: date) -> list[int]:
    """The ids of invoices nobody paid anything on by their last day, oldest first: they may expire."""
    c = invoice_table.c
    unpaid = (c.status == InvoiceStatus.ISSUED.value, c.credited_micros == 0, c.due_on < on)
    return list(conn.execute(select(c.id).where(*unpaid).order_by(c.due_on, c.id)).scalars())


def ended_by_reference(conn: Connection, references: Collection[str]) -> dict[str, Invoice]:
    """Of these payment references, those of invoices that expired, are void or written off, with the invoice."""
    ended = [status.value for status in InvoiceStatus if status.has_ended]
    fits = (_INVOICE.reference.in_(sorted(set(references))), _INVOICE.status.in_(ended))
    return {row.reference: from_row(row) for row in conn.execute(select(invoice_table).where(*fits))}


def transitions(conn: Connection, invoice_id: int) -> list[Ended]:
    """What ended an invoice or brought it back, oldest first."""
    t = invoice_transition
    rows = conn.execute(select(t).where(t.c.invoice_id == invoice_id).order_by(t.c.id))
    return [
        Ended(
            InvoiceStatus(row.from_status), InvoiceStatus(row.to_status), row.moved_at, row.moved_by, row.reason,
            row.entry_id,
        )
        for row in rows
    ]  # fmt: skip
