"""Importing a bank's file, undoing it, and keeping what of a receipt is allocated."""

from __future__ import annotations

from sqlalchemy import update

from services.access.model import Principal, require
from services.banking.gates import DaysMissing, refuse
from services.banking.intake import take_in
from services.banking.keeping import keep, result_of
from services.banking.model import IMPORT, BankLine, ImportResult
from services.banking.queries import line as line_by_id
from services.banking.tables import bank_line
from services.banking.turns import lock_imports
from services.banking.undoing import undo_import
from services.db.engine import Transaction
from services.errors import BrokenInvariant, Refused
from services.money import Money
from services.texts import seen

__all__ = ["import_statement", "record_allocation", "release_allocation", "undo_import"]


class MoreThanArrived(Refused):
    """More was to be allocated than a receipt has left."""


def import_statement(
    tx: Transaction,
    *,
    by: Principal,
    name: str,
    content: bytes,
    bank_account: str | None = None,
    accept_untied: bool = False,
) -> ImportResult:
    """Import a bank's file: every new booked line is kept and posted at once, all of the file or nothing.

    `bank_account` is the code of our account where the file does not name one of ours; `accept_untied` takes a
    statement whose lines do not lead from opening to closing balance, or that shows no balances. The same file or
    the same lines again change nothing. Days that are missing before it need another person (`holding`). Raises
    `Unreadable`, `NotOurAccount`, `DoesNotTie`, `DaysMissing`, `NoRate`, `PeriodClosed`.
    """
    require(by, IMPORT)
    lock_imports(tx)
    name = seen(name)
    intake = take_in(tx.conn, content=content, name=name, bank_account=bank_account)
    refuse(intake, accept_untied=accept_untied)
    if intake.missing and intake.same_file_id is None:
        raise DaysMissing(intake.missing)
    if intake.same_file_id is not None:
        return result_of(None, intake, nothing_new=True)
    return keep(tx, intake, by=by, name=name, content=content)


def record_allocation(tx: Transaction, *, line_id: int, amount: Money) -> BankLine:
    """Take note that `amount` of a receipt belongs to an invoice; called by payments in its transaction.

    Raises `MoreThanArrived` and `NoSuchLine`.
    """
    if amount.micros <= 0:
        raise BrokenInvariant("an allocation is a positive amount")
    return _move_allocated(tx, line_id, amount)


def release_allocation(tx: Transaction, *, line_id: int, amount: Money) -> BankLine:
    """The exact opposite of `record_allocation` with the same amount."""
    if amount.micros <= 0:
        raise BrokenInvariant("an allocation is a positive amount")
    return _move_allocated(tx, line_id, -amount)


def _move_allocated(tx: Transaction, line_id: int, amount: Money) -> BankLine:
    found, column = line_by_id(tx.conn, line_id), bank_line.c
    if found.amount.currency != amount.currency:
        raise BrokenInvariant(f"{amount.currency} allocated of a {found.amount.currency} line")
    after = column.allocated_micros + amount.micros
    fits = (column.id == line_id, column.undone_at.is_(None), after >= 0, after <= column.amount_micros)
    if not tx.conn.execute(update(bank_line).where(*fits).values(allocated_micros=after)).rowcount:
        raise MoreThanArrived(f"The receipt has only {found.unallocated.text()} left to allocate, not {amount.text()}.")
    return line_by_id(tx.conn, line_id)
