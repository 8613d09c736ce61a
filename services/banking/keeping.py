"""Writing what a file brings: the file as it came, its statements, its new lines and their entries, its opening."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from typing import Any

from sqlalchemy import insert, text

from services.access.audit import record
from services.access.model import Principal
from services.banking.accounting import booked, worth
from services.banking.fingerprint import search_text
from services.banking.intake import Intake, Taken
from services.banking.model import IMPORT, ImportedStatement, ImportResult, Line
from services.banking.opening import settle_opening
from services.banking.sorting.operations import sort_automatically
from services.banking.tables import bank_line, bank_statement, bank_statement_file
from services.db.engine import Transaction
from services.errors import BrokenInvariant
from services.ledger.operations import post_many
from services.pricing.queries import rate_on

_LONGEST_MEMO = 200


def keep(
    tx: Transaction, intake: Intake, *, by: Principal, name: str, content: bytes, reason: str = ""
) -> ImportResult:
    """Write a file whose gates are passed, all of it in this transaction; `reason` is why missing days were accepted.

    Raises `NoRate` and `PeriodClosed`.
    """
    kept = {"name": name, "format": intake.read.format.value, "sha256": intake.sha256, "content": content}
    made = insert(bank_statement_file).returning(bank_statement_file.c.id)
    file_id = int(tx.conn.execute(made, kept | {"imported_at": tx.at, "imported_by": by.name}).scalar_one())
    _keep_lines(tx, _keep_statements(tx, intake, file_id), file_id, by=by)
    for code in sorted({each.account.code for each in intake.taken if each.account}):
        settle_opening(tx, by=by, bank_account=code)
    by_rule = sort_automatically(tx, by=by, file_id=file_id)
    result = replace(result_of(file_id, intake), by_rule=by_rule)
    facts = {
        "name": name,
        "lines": result.imported,
        "repeated": result.repeated,
        "untied_accepted": bool(intake.untied),
    }
    if intake.missing:
        facts["missing_accepted"] = " ".join(intake.missing)
    record(tx, by=by, act=IMPORT.name, subject="bank_statement_file", subject_id=file_id, after=facts, reason=reason)
    return result


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
        "opening_micros": statement.opening.micros if statement.opening is not None else None,
        "closing_micros": statement.closing.micros if statement.closing is not None else None,
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


def result_of(file_id: int | None, intake: Intake, *, nothing_new: bool = False) -> ImportResult:
    """What an import changed, or that the books had all of it."""
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
