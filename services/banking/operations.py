"""Importing a bank's file, undoing it, and keeping what of a receipt is allocated."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import insert, text, update

from services.access.audit import record
from services.access.model import Principal, require
from services.banking.accounting import booked, worth
from services.banking.fingerprint import search_text
from services.banking.intake import DoesNotTie, Intake, NotOurAccount, Taken, take_in
from services.banking.model import IMPORT, BankLine, ImportedStatement, ImportResult, Line
from services.banking.opening import settle_opening
from services.banking.queries import line as line_by_id
from services.banking.tables import bank_line, bank_statement, bank_statement_file
from services.banking.turns import lock_imports
from services.banking.undoing import undo_import
from services.db.engine import Transaction
from services.errors import BrokenInvariant, Refused
from services.ledger.operations import post_many
from services.money import Money
from services.pricing.queries import rate_on
from services.texts import seen

__all__ = ["import_statement", "record_allocation", "release_allocation", "undo_import"]

_LONGEST_MEMO = 200


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
    the same lines again change nothing. Raises `Unreadable`, `NotOurAccount`, `DoesNotTie`, `NoRate`, `PeriodClosed`.
    """
    require(by, IMPORT)
    lock_imports(tx)
    name = seen(name)
    intake = take_in(tx.conn, content=content, name=name, bank_account=bank_account)
    _refuse(intake, accept_untied=accept_untied)
    if intake.same_file_id is not None:
        return _result(None, intake, nothing_new=True)
    kept = {"name": name, "format": intake.read.format.value, "sha256": intake.sha256, "content": content}
    made = insert(bank_statement_file).returning(bank_statement_file.c.id)
    file_id = int(tx.conn.execute(made, kept | {"imported_at": tx.at, "imported_by": by.name}).scalar_one())
    _keep_lines(tx, _keep_statements(tx, intake, file_id), file_id, by=by)
    for code in sorted({each.account.code for each in intake.taken if each.account}):
        settle_opening(tx, by=by, bank_account=code)
    result = _result(file_id, intake)
    facts = {
        "name": name,
        "lines": result.imported,
        "repeated": result.repeated,
        "untied_accepted": bool(intake.untied),
    }
    record(tx, by=by, act=IMPORT.name, subject="bank_statement_file", subject_id=file_id, after=facts)
    return result


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


def _refuse(intake: Intake, *, accept_untied: bool) -> None:
    for each in intake.taken:
        if each.problem:
            raise NotOurAccount(each.problem)
    if intake.same_file_id is not None or accept_untied:
        return
    for statement in intake.untied:
        name = f"The statement of {statement.account or 'an unnamed account'}"
        if statement.ties is None:
            raise DoesNotTie(f"{name} does not show both balances, so nothing proves it whole; confirm to import it.")
        off = (statement.closing.micros if statement.closing else 0) - (
            statement.opening.micros if statement.opening else 0
        )
        off -= sum(line.amount.micros for line in statement.booked)
        missing = Money(off, statement.currency).text()
        raise DoesNotTie(
            f"{name} does not tie: {missing} is missing between its lines and its closing balance; "
            "download it again, or confirm to import it as it is."
        )


def _keep_statements(tx: Transaction, intake: Intake, file_id: int) -> list[tuple[int, Taken]]:
    rows = [_statement_row(each, file_id, sequence) for sequence, each in enumerate(intake.taken)]
    made = insert(bank_statement).returning(bank_statement.c.id, sort_by_parameter_order=True)
    ids = tx.conn.execute(made, rows).scalars().all()
    return list(zip(ids, intake.taken, strict=True))


def _statement_row(each: Taken, file_id: int, sequence: int) -> dict[str, Any]:
    statement, account = each.statement, _owned(each)
    return {
        "file_id": file_id,
        "sequence": sequence,
        "number": statement.number,
        "account": statement.account,
        "bank_account": account,
        "currency": statement.currency,
        "starts_on": statement.starts_on,
        "ends_on": statement.ends_on,
        "opening_micros": statement.opening.micros if statement.opening else None,
        "closing_micros": statement.closing.micros if statement.closing else None,
        "ties": statement.ties,
        "repeated": len(each.keys) - each.fresh,
        "opens": False,
    }


def _keep_lines(tx: Transaction, statements: Sequence[tuple[int, Taken]], file_id: int, *, by: Principal) -> None:
    rate = cache(lambda currency, day: rate_on(tx.conn, currency, day).aud_per_unit)
    fresh = [
        (statement_id, _owned(each), line, key)
        for statement_id, each in statements
        for line, key in zip(each.statement.booked, each.keys, strict=True)
        if key not in each.known
    ]
    if not fresh:
        return
    rows = [
        _line_row(line, key, worth(line.amount, rate(line.amount.currency, line.booked_on)))
        | {"statement_id": statement_id, "bank_account": account}
        for statement_id, account, line, key in fresh
    ]
    made = insert(bank_line).returning(bank_line.c.id, sort_by_parameter_order=True)
    ids = tx.conn.execute(made, rows).scalars().all()
    drafts = {
        line_id: booked(
            line_id=line_id,
            key=f"{file_id}:{key}",
            bank_account=account,
            on=line.booked_on,
            amount=line.amount,
            base_micros=row["base_micros"],
            rate=rate(line.amount.currency, line.booked_on),
            memo=f"{line.counterparty} {line.remittance}".strip()[:_LONGEST_MEMO],
        )
        for line_id, row, (_, account, line, key) in zip(ids, rows, fresh, strict=True)
        if line.amount  # a line of nothing (a bank's note) is kept, but moves no money
    }
    _link(tx, dict(zip(drafts, post_many(tx, list(drafts.values()), by=by), strict=True)))


def _link(tx: Transaction, entries: dict[int, int]) -> None:
    if entries:
        query = text("UPDATE bank_line SET entry_id = :entry_id WHERE id = :line_id")
        tx.conn.execute(query, [{"line_id": line, "entry_id": entry} for line, entry in entries.items()])


def _line_row(line: Line, key: str, base_micros: int) -> dict[str, Any]:
    return {
        "booked_on": line.booked_on,
        "value_on": line.value_on,
        "amount_micros": line.amount.micros,
        "currency": line.amount.currency,
        "base_micros": base_micros,
        "allocated_micros": 0,
        "counterparty": line.counterparty,
        "counterparty_account": line.counterparty_account,
        "remittance": line.remittance,
        "bank_reference": line.bank_reference,
        "end_to_end": line.end_to_end,
        "uetr": line.uetr,
        "virtual_account": line.virtual_account,
        "instructed_micros": line.instructed.micros if line.instructed else None,
        "instructed_currency": line.instructed.currency if line.instructed else None,
        "search_text": search_text(line),
        "fingerprint": key,
    }


def _owned(each: Taken) -> str:
    if each.account is None:
        raise BrokenInvariant("a statement of nobody's account reached the books")
    return each.account.code


def _result(file_id: int | None, intake: Intake, *, nothing_new: bool = False) -> ImportResult:
    statements = tuple(
        ImportedStatement(
            account=each.statement.account,
            bank_account=_owned(each),
            currency=each.statement.currency,
            opening=each.statement.opening,
            closing=each.statement.closing,
            ties=each.statement.ties,
            imported=0 if nothing_new else each.fresh,
            repeated=len(each.keys) if nothing_new else len(each.keys) - each.fresh,
            pending=len(each.statement.lines) - len(each.keys),
        )
        for each in intake.taken
    )
    return ImportResult(
        file_id=file_id,
        imported=sum(each.imported for each in statements),
        repeated=sum(each.repeated for each in statements),
        pending=sum(each.pending for each in statements),
        statements=statements,
        warnings=("This file was imported before; nothing changed.",) if nothing_new else intake.warnings,
    )
