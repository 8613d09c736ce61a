"""On which day usage takes effect in the books: its own, or where its month is closed the first open day."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from sqlalchemy import func, select

from services.db.engine import Transaction
from services.ledger.tables import accounting_period
from services.periods import month_from_accounting_period


def days_of_effect(tx: Transaction, days: Collection[date]) -> dict[date, date]:
    """The day of effect by day: never inside or before the last closed month, never after today."""
    table = accounting_period.c
    closed = tx.conn.execute(select(func.max(table.period)).where(table.status == "closed")).scalar()
    first_open = date.min if closed is None else month_from_accounting_period(closed).ends_before
    return {day: max(first_open, min(day, tx.today)) for day in days}
