"""Taking a statement's import back, and saying truly what of its receipts stands in the way."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, exists, func, select

from services.access.model import Principal, require
from services.banking.model import UNDO
from services.banking.operations import undo_import
from services.banking.sorting.queries import statements_of
from services.banking.tables import bank_line
from services.banking.undoing import CannotUndo
from services.db.engine import Transaction
from services.payments.refunds.tables import receipt_refund
from services.payments.suspense.tables import held_receipt
from services.payments.tables import allocation

# what a receipt may be, when it counts no more, and how that is taken back
_WAYS = (
    (allocation.c, allocation.c.undone_at, "given to an invoice", "undo it under Matched"),
    (held_receipt.c, held_receipt.c.out_at, "held in suspense", "take it out under On hold"),
    (receipt_refund.c, receipt_refund.c.undone_at, "refunded", "take it back under Refunds"),
)


def undo_file(tx: Transaction, *, by: Principal, file_id: int, reason: str) -> int:
    """Take the import of a file back as `banking.undo_import` does; gives how many lines left the books.

    Raises as that does; `CannotUndo` names how many of its receipts are given away, held or refunded, and what to do.
    """
    require(by, UNDO)
    if ways := standing(tx.conn, file_id=file_id):
        raise CannotUndo(f"Of its receipts {'; '.join(ways)}. Then undo the import.")
    return undo_import(tx, by=by, file_id=file_id, reason=reason)


def standing(conn: Connection, *, file_id: int) -> Sequence[str]:
    """What receipts of a file are, how many are, and how each is taken back; empty where all of them wait."""
    line = bank_line.c
    mine = (line.statement_id.in_(statements_of(file_id)), line.allocated_micros > 0)
    said = []
    for columns, ended_at, what, how in _WAYS:
        one = exists().where(columns.bank_line_id == line.id, ended_at.is_(None))
        count = int(conn.execute(select(func.count()).select_from(bank_line).where(*mine, one)).scalar_one())
        if count:
            said.append(f"{count:,} {'is' if count == 1 else 'are'} {what} ({how})")
    return said
