"""On which day a late event takes effect in the books: its own, or where its month is closed the first open day."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from services.db.engine import Transaction
from services.ledger.writing import asked
from services.periods import month_from_accounting_period


def first_open_day(tx: Transaction) -> date:
    """The day after the last closed month; the first day there is while none is closed."""
    closed = asked(tx.conn, "SELECT MAX(period) FROM accounting_period WHERE status = 'closed'")[0][0]
    return date.min if closed is None else month_from_accounting_period(closed).ends_before


def days_of_effect(tx: Transaction, days: Collection[date]) -> dict[date, date]:
    """The day of effect by day: never inside or before the last closed month, never after today."""
    first_open = first_open_day(tx)
    return {day: max(first_open, min(day, tx.today)) for day in days}
