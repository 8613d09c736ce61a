"""Taking a whole import back while nothing of it is allocated."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sqlalchemy import Row, exists, select, update

from services.access.audit import record
from services.access.model import Principal, require
from services.banking.accounting import booked, mirrored
from services.banking.gates import days_of_the_bank
from services.banking.model import UNDO, NoSuchFile
from services.banking.opening import settle_opening
from services.banking.sorting.operations import take_back
from services.banking.sorting.queries import live_of_file
from services.banking.tables import bank_line, bank_statement, bank_statement_file
from services.banking.turns import lock_imports
from services.db.engine import Transaction
from services.errors import Refused
from services.ledger.model import Draft
from services.ledger.operations import post_many
from services.money import Money
from services.texts import checked_reason


class CannotUndo(Refused):
    """An import cannot be taken back as things stand."""


def undo_import(tx: Transaction, *, by: Principal, file_id: int, reason: str) -> int:
    """Reverse every posting of an imported file and return how many lines left the books.

    What its lines were sorted as is taken back with it, the other side of a transfer waits again.

    Raises `CannotUndo` when something of it is allocated, when it was undone before, when a later file repeats its
    lines, or without a reason; `NoSuchFile`, `PeriodClosed`.
    """
    require(by, UNDO)
    reason = checked_reason(reason)
    lock_imports(tx)
    file = tx.conn.execute(select(bank_statement_file).where(bank_statement_file.c.id == file_id)).one_or_none()
    of_file = select(bank_statement.c.id).where(bank_statement.c.file_id == file_id)
    # PostgreSQL: whoever is allocating a receipt of the file ends first, and is then found by the check below
    tx.conn.execute(select(bank_line.c.id).where(bank_line.c.statement_id.in_(of_file)).with_for_update())
    if file is not None and file.undone_at is None:
        take_back(tx, ids=live_of_file(tx.conn, file_id=file_id), by=by, reason=reason)
    _refuse(tx, file, file_id, reason)
    lines = tx.conn.execute(
        select(bank_line).where(bank_line.c.statement_id.in_(of_file)).order_by(bank_line.c.id)
    ).all()
    drafts = [mirrored(_posted(line), entry_id=line.entry_id, reason=reason) for line in lines if line.entry_id]
    with days_of_the_bank():
        post_many(tx, drafts, by=by)
    accounts = tx.conn.execute(
        select(bank_statement.c.bank_account).where(bank_statement.c.file_id == file_id).distinct()
    ).scalars().all()  # fmt: skip
    # lines first: the statement and the file, once undone, take no further change
    tx.conn.execute(update(bank_line).where(bank_line.c.statement_id.in_(of_file)).values(undone_at=tx.at))
    with days_of_the_bank():
        for code in accounts:
            settle_opening(tx, by=by, bank_account=code, without_file=file_id)
    tx.conn.execute(update(bank_statement).where(bank_statement.c.file_id == file_id).values(undone_at=tx.at))
    done = {"undone_at": tx.at, "undone_by": by.name, "undone_reason": reason}
    tx.conn.execute(update(bank_statement_file).where(bank_statement_file.c.id == file_id).values(done))
    facts = {"lines": len(lines)}
    record(tx, by=by, act=UNDO.name, subject="bank_statement_file", subject_id=file_id, before=facts, reason=reason)
    return len(lines)


def _refuse(tx: Transaction, file: Row[Any] | None, file_id: int, reason: str) -> None:
    if file is None:
        raise NoSuchFile(f"No imported bank file has the number {file_id}.")
    if not reason:
        raise CannotUndo("Say why the import is undone.")
    if file.undone_at is not None:
        raise CannotUndo(f"The import of {file.name} was undone before.")
    of_file = select(bank_statement.c.id).where(bank_statement.c.file_id == file_id)
    allocated = (bank_line.c.statement_id.in_(of_file), bank_line.c.allocated_micros != 0)
    if tx.conn.execute(select(exists().where(*allocated))).scalar():
        raise CannotUndo(f"A receipt of {file.name} is allocated, held or refunded; take that back first.")
    if later := _repeated_by(tx, file_id):
        raise CannotUndo(f"{later}, imported later, repeats lines of {file.name}; undo that import first.")


def _repeated_by(tx: Transaction, file_id: int) -> str | None:
    """The name of a later file that was spared lines because this one had them: they would be in neither."""
    ours, theirs = bank_statement.alias("ours"), bank_statement.alias("theirs")
    query = (
        select(bank_statement_file.c.name)
        .join(theirs, theirs.c.file_id == bank_statement_file.c.id)
        .join(ours, ours.c.bank_account == theirs.c.bank_account)
        .where(ours.c.file_id == file_id, theirs.c.file_id > file_id, theirs.c.undone_at.is_(None))
        .where(theirs.c.repeated > 0, theirs.c.starts_on <= ours.c.ends_on, ours.c.starts_on <= theirs.c.ends_on)
        .order_by(bank_statement_file.c.id.desc())
        .limit(1)
    )
    return tx.conn.execute(query).scalar()


def _posted(line: Row[Any]) -> Draft:
    return booked(
        line_id=line.id,
        key=line.fingerprint,
        bank_account=line.bank_account,
        on=line.booked_on,
        amount=Money(line.amount_micros, line.currency),
        base_micros=line.base_micros,
        rate=Decimal(1),  # not used: every leg states its base
        memo="",
    )
