"""Keeping what of a receipt is allocated: never more than arrived, never less than nothing."""

from __future__ import annotations

from sqlalchemy import update

from services.banking.queries import line as line_by_id
from services.banking.tables import bank_line
from services.db.engine import Transaction
from services.errors import BrokenInvariant, Refused
from services.money import Money


class MoreThanArrived(Refused):
    """More was to be allocated than a receipt has left."""


def record_allocation(tx: Transaction, *, line_id: int, amount: Money) -> None:
    """Take note that `amount` of a receipt belongs to an invoice; called by payments in its transaction.

    Raises `MoreThanArrived` and `NoSuchLine`.
    """
    if amount.micros <= 0:
        raise BrokenInvariant("an allocation is a positive amount")
    _move_allocated(tx, line_id, amount)


def release_allocation(tx: Transaction, *, line_id: int, amount: Money) -> None:
    """The exact opposite of `record_allocation` with the same amount."""
    if amount.micros <= 0:
        raise BrokenInvariant("an allocation is a positive amount")
    _move_allocated(tx, line_id, -amount)


def _move_allocated(tx: Transaction, line_id: int, amount: Money) -> None:
    column = bank_line.c
    after = column.allocated_micros + amount.micros
    fits = (column.currency == amount.currency, column.undone_at.is_(None), after >= 0, after <= column.amount_micros)
    if tx.conn.execute(update(bank_line).where(column.id == line_id, *fits).values(allocated_micros=after)).rowcount:
        return  # a month of receipts is accepted one by one: the line is only read where it cannot be
    found = line_by_id(tx.conn, line_id)
    if found.amount.currency != amount.currency:
        raise BrokenInvariant(f"{amount.currency} allocated of a {found.amount.currency} line")
    raise MoreThanArrived(f"The receipt has only {found.unallocated.text()} left to allocate, not {amount.text()}.")
