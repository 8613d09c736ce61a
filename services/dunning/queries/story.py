"""What happened about a customer's debts in one currency, the newest first: letters, promises, pauses, stops."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, select

from services.customers.stopping import UNPAID
from services.customers.tables import customer_stop
from services.dunning.model import Stage, Told
from services.dunning.tables import dunning_pause, dunning_promise, dunning_reminder
from services.invoices.tables import invoice
from services.money import Money


def story(conn: Connection, *, customer_id: int, currency: str) -> list[Told]:
    """Every line of it."""
    told = [*_letters(conn, customer_id, currency), *_promises(conn, customer_id, currency)]
    told += [*_pauses(conn, customer_id, currency), *_stops(conn, customer_id, currency)]
    return sorted(told, key=lambda each: each.at, reverse=True)


def _letters(conn: Connection, customer_id: int, currency: str) -> list[Told]:
    c = dunning_reminder.c
    query = select(dunning_reminder, invoice.c.number).join(invoice, invoice.c.id == c.invoice_id)
    mine = query.where(invoice.c.customer_id == customer_id, invoice.c.currency == currency)
    return [
        Told(
            row.reminded_at,
            Stage(row.stage).label,
            row.reminded_by,
            f"{row.number}, {Money(row.open_micros, currency).text()} open, {row.days} days overdue",
        )
        for row in conn.execute(mine)
    ]


def _promises(conn: Connection, customer_id: int, currency: str) -> list[Told]:
    told = []
    for row in _of(conn, dunning_promise, customer_id, currency):
        said = f"{row.who}: {Money(row.micros, currency).text()} by {row.promised_on:%-d %b %Y}"
        told.append(Told(row.made_at, "Promise to pay", row.made_by, f"{said}. {row.note}".strip()))
        if row.withdrawn_at is not None:
            told.append(Told(row.withdrawn_at, "Promise withdrawn", row.withdrawn_by, row.withdrawn_reason))
    return told


def _pauses(conn: Connection, customer_id: int, currency: str) -> list[Told]:
    told = []
    for row in _of(conn, dunning_pause, customer_id, currency):
        until = f"until {row.until:%-d %b %Y}" if row.until else "without an end"
        told.append(Told(row.paused_at, "Paused", row.paused_by, f"{row.reason} ({until})"))
        if row.lifted_at is not None:
            told.append(Told(row.lifted_at, "Goes on", row.lifted_by, row.lifted_reason))
    return told


def _stops(conn: Connection, customer_id: int, currency: str) -> list[Told]:
    """How stops ended, and those that came again when a payment was taken back; the first is told by its letter."""
    c, told = customer_stop.c, []
    mine = (c.customer_id == customer_id, c.cause == UNPAID, invoice.c.currency == currency)
    query = select(customer_stop).join(invoice, invoice.c.id == c.invoice_id).where(*mine).order_by(c.id)
    seen: set[int] = set()
    for row in conn.execute(query):
        if row.invoice_id in seen:
            told.append(Told(row.since, "Stopped again", row.stopped_by, row.why))
        if row.ended_at is not None:
            what = "Stop lifted" if row.lifted else "Stop ended"
            told.append(Told(row.ended_at, what, row.ended_by, row.ended_why))
        seen.add(row.invoice_id)
    return told


def _of(conn: Connection, table: Any, customer_id: int, currency: str) -> Any:
    return conn.execute(select(table).where(table.c.customer_id == customer_id, table.c.currency == currency))
