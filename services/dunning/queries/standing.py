"""What stands about a customer's debts: the days chosen, the promise, the pause, the stops."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Connection, Row, Select, cast, exists, func, select

from services.banking.tables import bank_line
from services.cards.tables import card_payment, card_settlement
from services.customers.stopping import UNPAID
from services.customers.tables import customer_stop
from services.dunning.model import DEFAULTS, Pause, Promise, Reminded, Stage, Stop, Terms
from services.dunning.tables import dunning_pause, dunning_promise, dunning_reminder, dunning_terms
from services.invoices.model import InvoiceKind
from services.invoices.tables import ASKS_FOR_MONEY, invoice
from services.money import Money
from services.payments.short.model import Decision
from services.payments.short.tables import short_decision
from services.payments.tables import allocation

ANY = ""  # the currency of the days that hold where none of its own were chosen
_PROMISE, _PAUSE, _STOP, _INVOICE = dunning_promise.c, dunning_pause.c, customer_stop.c, invoice.c
_SHORT = short_decision.c
DEBT = _INVOICE.kind == InvoiceKind.ARREARS.value


def terms_by_currency(conn: Connection) -> dict[str, Terms]:
    """The days of the stages by currency; `ANY` is for the others, and always there."""
    c = dunning_terms.c
    newest = select(func.max(c.id)).group_by(c.currency)
    rows = conn.execute(select(dunning_terms).where(c.id.in_(newest)))
    chosen = {row.currency: Terms(row.friendly_days, row.firm_days, row.final_days, row.stop_days) for row in rows}
    return {ANY: DEFAULTS} | chosen


def reminded_of(conn: Connection, invoice_ids: Collection[int] | None = None) -> dict[int, Reminded]:
    """The last letter about each invoice that is still open, or of those of `invoice_ids`."""
    c = dunning_reminder.c
    last = select(c.invoice_id, func.max(c.stage).label("stage"), func.max(c.reminded_on).label("day"))
    last = last.join(invoice, _INVOICE.id == c.invoice_id).where(ASKS_FOR_MONEY).group_by(c.invoice_id)
    if invoice_ids is not None:
        last = last.where(c.invoice_id.in_(invoice_ids))
    return {row.invoice_id: Reminded(Stage(row.stage), row.day) for row in conn.execute(last)}


def arrived() -> Any:
    """What was received on debts for a promise, from its making to the end of its day; a column of its row.

    The bank's day counts: a promise is not broken by a statement that is imported, or a receipt that is matched, later.
    """
    paid, owed = allocation.c, invoice.alias("owed")
    fits = (
        paid.customer_id == _PROMISE.customer_id,
        paid.currency == _PROMISE.currency,
        paid.undone_at.is_(None),
        paid.allocated_at >= _PROMISE.made_at,
        bank_line.c.booked_on <= _PROMISE.promised_on,
        owed.c.kind == InvoiceKind.ARREARS.value,
    )
    total = cast(func.coalesce(func.sum(paid.paid_micros + paid.fee_micros), 0), BigInteger)
    by_transfer = (
        select(total)
        .select_from(allocation)
        .join(owed, owed.c.id == paid.invoice_id)
        .join(bank_line, bank_line.c.id == paid.bank_line_id)
        .where(*fits)
        .correlate(dunning_promise)
        .scalar_subquery()
    )
    return (by_transfer + _by_card()).label("arrived")


def _by_card() -> Any:
    """The same of what a card was charged."""
    charge, owed = card_payment.c, invoice.alias("owed_by_card")
    fits = (
        charge.customer_id == _PROMISE.customer_id,
        charge.currency == _PROMISE.currency,
        charge.charged_at >= _PROMISE.made_at,
        card_settlement.c.settled_on <= _PROMISE.promised_on,
        owed.c.kind == InvoiceKind.ARREARS.value,
    )
    return (
        select(cast(func.coalesce(func.sum(card_settlement.c.paid_micros), 0), BigInteger))
        .select_from(card_settlement)
        .join(card_payment, charge.id == card_settlement.c.card_payment_id)
        .join(owed, owed.c.id == card_settlement.c.invoice_id)
        .where(*fits)
        .correlate(dunning_promise)
        .scalar_subquery()
    )


def promises_of(conn: Connection, *, customer_id: int, currency: str) -> list[Promise]:
    """Every promise of a customer, the newest first."""
    mine = (_PROMISE.customer_id == customer_id, _PROMISE.currency == currency)
    return [_promise(row) for row in conn.execute(_promises().where(*mine).order_by(_PROMISE.id.desc()))]


def promise_of(conn: Connection, *, customer_id: int, currency: str) -> Promise | None:
    """The newest promise that was not withdrawn, kept or not."""
    mine = (_PROMISE.customer_id == customer_id, _PROMISE.currency == currency, _PROMISE.withdrawn_at.is_(None))
    row = conn.execute(_promises().where(*mine).order_by(_PROMISE.id.desc()).limit(1)).one_or_none()
    return _promise(row) if row else None


def pause_of(conn: Connection, *, customer_id: int, currency: str, on: date | None = None) -> Pause | None:
    """The pause nobody lifted; with `on` only one that still holds on that day."""
    mine = (_PAUSE.customer_id == customer_id, _PAUSE.currency == currency, _PAUSE.lifted_at.is_(None))
    row = conn.execute(select(dunning_pause).where(*mine)).one_or_none()
    if row is None:
        return None
    found = Pause(row.id, customer_id, currency, row.reason, row.until, row.paused_on, row.paused_by)
    return found if on is None or found.holds(on) else None


def stops_of(conn: Connection, *, customer_ids: Collection[int] | None = None) -> list[Stop]:
    """The stops that hold: nobody lifted them and their invoice is still open. Paid, a stop is over by itself."""
    query = (
        select(customer_stop, _INVOICE.number, _INVOICE.currency)
        .join(invoice, _INVOICE.id == _STOP.invoice_id)
        .where(_STOP.cause == UNPAID, _STOP.ended_at.is_(None))
        .order_by(_STOP.id)
    )
    if customer_ids is not None:
        query = query.where(_STOP.customer_id.in_(customer_ids))
    return [
        Stop(row.id, row.customer_id, row.currency, row.invoice_id, row.number, row.since)
        for row in conn.execute(query)
    ]


def in_peace(on: date) -> list[ColumnElement[bool]]:
    """Conditions on `invoice`: no pause holds on a day, no promise waits for its day to pass, nor its rest for its own.

    Of promises the newest counts, sooner or later than one before.
    That the rest of an invoice paid short is still to come is a decision of accounting on that invoice alone.
    """
    pause = select(_PAUSE.id).where(
        _PAUSE.customer_id == _INVOICE.customer_id,
        _PAUSE.currency == _INVOICE.currency,
        _PAUSE.lifted_at.is_(None),
        func.coalesce(_PAUSE.until, on) >= on,
    )
    newer = dunning_promise.alias("newer").c
    of_it = (newer.customer_id == _PROMISE.customer_id, newer.currency == _PROMISE.currency, newer.id > _PROMISE.id)
    promise = select(_PROMISE.id).where(
        ~exists().where(*of_it, newer.withdrawn_at.is_(None)),
        _PROMISE.customer_id == _INVOICE.customer_id,
        _PROMISE.currency == _INVOICE.currency,
        _PROMISE.withdrawn_at.is_(None),
        _PROMISE.promised_on >= on,
    )
    rest = select(_SHORT.id).where(
        _SHORT.invoice_id == _INVOICE.id,
        _SHORT.decision == Decision.WAITS.value,
        _SHORT.undone_at.is_(None),
        _SHORT.wait_until >= on,
    )
    return [~each.correlate(invoice).exists() for each in (pause, promise, rest)]


def _promises() -> Select[Any]:
    return select(dunning_promise, arrived())


def _promise(row: Row[Any]) -> Promise:
    return Promise(
        row.id, row.customer_id, Money(row.micros, row.currency), row.promised_on, row.who, row.note, row.made_on,
        row.made_by, Money(int(row.arrived), row.currency), row.withdrawn_reason,
    )  # fmt: skip
