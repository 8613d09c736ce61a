"""Importing a bank's file, undoing it, and keeping what of a receipt is allocated."""

from __future__ import annotations

from services.access.model import Principal, require
from services.banking.allocating import MoreThanArrived, record_allocation, release_allocation
from services.banking.gates import DaysMissing, days_of_the_bank, refuse
from services.banking.intake import take_in
from services.banking.keeping import keep, result_of
from services.banking.model import IMPORT, ImportResult
from services.banking.turns import lock_imports
from services.banking.undoing import undo_import
from services.db.engine import Transaction
from services.texts import seen

__all__ = ["MoreThanArrived", "import_statement", "record_allocation", "release_allocation", "undo_import"]


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
    with days_of_the_bank():
        return keep(tx, intake, by=by, name=name, content=content)
