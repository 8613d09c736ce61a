"""Which invoice reaches its next stage when, and which are due on a day."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, select

from services.customers.tables import customer
from services.dunning.model import Stage, next_step
from services.dunning.queries.standing import ANY, DEBT, in_peace, reminded_of, terms_by_currency
from services.invoices.tables import ASKS_FOR_MONEY, invoice
from services.money import Money

_INVOICE = invoice.c


@dataclass(frozen=True, slots=True)
class Step:
    """The next stage of an open invoice and the first day it is due."""

    invoice_id: int
    number: str
    customer_id: int
    customer: str
    due_on: date
    open: Money
    stage: Stage
    on: date


def steps(
    conn: Connection,
    *,
    customer_id: int | None = None,
    ids: Collection[int] | None = None,
    fits: Collection[ColumnElement[bool]] = (),
) -> list[Step]:
    """The next step of every open debt, the oldest first; an invoice past its last stage has none."""
    query = _open(fits)
    if customer_id is not None:
        query = query.where(_INVOICE.customer_id == customer_id)
    if ids is not None:
        query = query.where(_INVOICE.id.in_(ids))
    terms, last = terms_by_currency(conn), reminded_of(conn, ids)
    found = []
    for row in conn.execute(query):
        step = next_step(terms.get(row.currency, terms[ANY]), due_on=row.due_on, last=last.get(row.id))
        if step is not None:
            money = Money(row.gross_micros - row.covered, row.currency)
            found.append(Step(row.id, row.number, row.customer_id, row.name, row.due_on, money, *step))
    return found


def due_steps(conn: Connection, *, on: date, ids: Collection[int] | None = None) -> list[Step]:
    """The letters that are due on a day: overdue long enough, not paused, and no promise still open."""
    overdue = [_INVOICE.due_on < on, *in_peace(on)]
    return [step for step in steps(conn, ids=ids, fits=overdue) if step.on <= on]


def first_due(conn: Connection) -> date | None:
    """The first day on which any letter is due; None while nobody owes anything a letter could remind of."""
    return min((step.on for step in steps(conn)), default=None)


def _open(fits: Collection[ColumnElement[bool]]) -> Select[Any]:
    c = _INVOICE
    covered = (c.allocated_micros + c.fee_micros + c.credited_micros).label("covered")
    shown = (c.id, c.number, c.customer_id, c.currency, c.due_on, c.gross_micros, covered, customer.c.name)
    query = select(*shown).join(customer, customer.c.id == c.customer_id).where(DEBT, ASKS_FOR_MONEY, *fits)
    return query.order_by(c.due_on, c.id)
