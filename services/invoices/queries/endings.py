"""Reads of how invoices end: which may expire, and what ended one or brought it back."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta

from sqlalchemy import ColumnElement, Connection, TextClause, exists, func, select

from services.invoices.model import TERM, Ended, Invoice, InvoiceKind, InvoiceStatus
from services.invoices.rows import from_row, invoices_now
from services.invoices.tables import ASKS_FOR_MONEY, invoice_transition
from services.invoices.tables import invoice as invoice_table

_INVOICE, _MOVE = invoice_table.c, invoice_transition.c
# what was used stays owed: only an invoice for credit lapses (product.md, decisions taken)
_UNPAID = (
    ASKS_FOR_MONEY,
    _INVOICE.kind == InvoiceKind.TOP_UP.value,
    _INVOICE.status == InvoiceStatus.ISSUED.value,
    _INVOICE.credited_micros == 0,
)
_BROUGHT_BACK = (_MOVE.invoice_id == _INVOICE.id, _MOVE.to_status == InvoiceStatus.ISSUED.value)


def lapsed(conn: Connection, *, on: date, ids: Collection[int] | None = None) -> list[Invoice]:
    """Invoices nobody paid anything on by their last day, oldest first: they may expire. Only those of `ids`, if given.

    One that was brought back has its whole term again from that day, or the next night would end it again.
    """
    fits: list[ColumnElement[bool] | TextClause] = [*_UNPAID, _INVOICE.due_on < on]
    fits.append(~exists().where(*_BROUGHT_BACK, _MOVE.moved_on >= on - TERM))
    if ids is not None:
        fits.append(_INVOICE.id.in_(ids))
    rows = conn.execute(invoices_now().where(*fits).order_by(_INVOICE.due_on, _INVOICE.id))
    return [from_row(row) for row in rows]


def lapses_since(conn: Connection) -> date | None:
    """The first day on which an invoice that is unpaid now could expire; None while none waits for money."""
    again = exists().where(*_BROUGHT_BACK)
    first = conn.execute(select(func.min(_INVOICE.due_on)).where(*_UNPAID, ~again)).scalar()
    latest = select(_INVOICE.due_on, func.max(_MOVE.moved_on)).where(*_UNPAID, *_BROUGHT_BACK)
    days = [max(due, back + TERM) for due, back in conn.execute(latest.group_by(_INVOICE.id, _INVOICE.due_on))]
    days += [first] if first else []
    return min(days) + timedelta(days=1) if days else None


def ended_by_reference(conn: Connection, references: Collection[str]) -> dict[str, Invoice]:
    """Of these payment references, those of invoices that expired, are void or written off, with the invoice."""
    ended = [status.value for status in InvoiceStatus if status.has_ended]
    fits = (_INVOICE.reference.in_(sorted(set(references))), _INVOICE.status.in_(ended))
    return {row.reference: from_row(row) for row in conn.execute(invoices_now().where(*fits))}


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
