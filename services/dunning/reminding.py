"""Sending the reminders that are due: the letter, its stage and, at the last one, the stop, in one transaction."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import insert

from services.access.audit import record
from services.access.model import Principal, require
from services.customers.stopping import UNPAID, stop_customer
from services.db.engine import Transaction
from services.dunning.model import RUN_DUNNING, Stage, Terms
from services.dunning.queries.standing import ANY, terms_by_currency
from services.dunning.queries.steps import Step, due_steps
from services.dunning.tables import dunning_reminder
from services.invoices.mailing import reminder_of
from services.invoices.model import Invoice
from services.invoices.operations import lock
from services.invoices.queries import invoice as invoice_by_id
from services.mail.model import Wanted
from services.mail.outbox import queue
from services.papers.wording import date_text
from services.reporting.aging import days_overdue


def remind_due(tx: Transaction, *, by: Principal, on: date, invoice_ids: Collection[int]) -> int:
    """Send the letters of these invoices that are due on a day, each stage of an invoice once; gives how many.

    The letter goes through the outbox with the statement of account. At the last stage the customer is stopped.
    """
    require(by, RUN_DUNNING)
    for invoice_id in sorted(invoice_ids):
        lock(tx, invoice_id)
    due = due_steps(tx.conn, on=on, ids=invoice_ids)
    terms = terms_by_currency(tx.conn)
    _remind(tx, by, due, terms)
    return len(due)


def _remind(tx: Transaction, by: Principal, due: Sequence[Step], terms: dict[str, Terms]) -> None:
    for step in due:
        found = invoice_by_id(tx.conn, step.invoice_id)
        days = days_overdue(found.due_on, tx.today)
        wanted = letter_of(tx, found, step.stage, terms.get(found.currency, terms[ANY]))
        row: dict[str, Any] = {
            "invoice_id": found.id,
            "stage": step.stage.value,
            "mail_id": queue(tx, by=by, wanted=wanted),
            "reminded_on": tx.today,
            "reminded_at": tx.at,
            "reminded_by": by.name,
            "days": days,
            "open_micros": found.open.micros,
        }
        tx.conn.execute(insert(dunning_reminder).values(row))
        if step.stage is Stage.STOP:
            _stop(tx, by, found)
        after = {"stage": step.stage.label, "days": days, "open": found.open.text()}
        record(tx, by=by, act=RUN_DUNNING.name, subject="invoice", subject_id=found.id, after=after)


def letter_of(tx: Transaction, found: Invoice, stage: Stage, terms: Terms) -> Wanted:
    """The letter of a stage: what is open, how long it is overdue, and what comes next if it stays so."""
    language = found.language
    next_on = tx.today + timedelta(days=terms.stop - terms.final)
    facts = {
        "stage": stage.letter,
        "days": str(days_overdue(found.due_on, tx.today)),
        "stop_on": date_text(next_on, language),
        "statement_on": tx.today.isoformat(),
    }
    return reminder_of(tx, found, facts=facts, version=stage.value)


def _stop(tx: Transaction, by: Principal, found: Invoice) -> None:
    why = f"{found.number} was to be paid by {date_text(found.due_on, 'en')} and is still open."
    stop_customer(tx, by=by, customer_id=found.customer_id, cause=UNPAID, why=why, invoice_id=found.id)
