"""Reads of imported statements and bank lines, the preview of a file, and a file as the command line prints it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pandas as pd
from sqlalchemy import BigInteger, ColumnElement, Connection, Row, bindparam, case, cast, func, select

from services.banking.dry_run import as_dry_run_json
from services.banking.held import is_held
from services.banking.intake import take_in
from services.banking.model import (
    BankLine,
    NoSuchLine,
    Preview,
    Statement,
    StatementPreview,
)
from services.banking.statements import statements
from services.banking.tables import bank_line
from services.frames import typed
from services.money import Money
from services.periods import Period

__all__ = [
    "LinesPage",
    "as_dry_run_json",
    "from_row",
    "line",
    "lines_page",
    "preview_statement",
    "statements",
    "unallocated_receipts",
]

LARGEST_PAGE = 500
_BY_ID = select(bank_line).where(bank_line.c.id == bindparam("line_id"))  # built once: an allocation reads it thrice


@dataclass(frozen=True, slots=True)
class LinesPage:
    """One page of bank lines (columns as `lines_page` says), how many there are, and their sums by currency."""

    rows: pd.DataFrame
    total: int
    received: tuple[Money, ...]
    unallocated: tuple[Money, ...]


def preview_statement(conn: Connection, content: bytes, *, name: str = "", bank_account: str | None = None) -> Preview:
    """What importing the file would do, without writing anything; raises `Unreadable`.

    A statement whose `problem` is set cannot be imported until somebody names its account.
    """
    intake = take_in(conn, content=content, name=name, bank_account=bank_account)
    statements = tuple(
        StatementPreview(
            statement=each.statement,
            bank_account=each.account.code if each.account else None,
            is_new=tuple(_are_new(each.statement, each.keys, each.known)),
            problem=each.problem,
        )
        for each in intake.taken
    )
    return Preview(
        format=intake.read.format,
        statements=statements,
        same_file=intake.same_file_id is not None,
        needs_confirmation=bool(intake.untied),
        missing=() if intake.same_file_id is not None else intake.missing,
        held=bool(intake.missing) and is_held(conn, content=content),
        warnings=intake.warnings,
    )


def _are_new(statement: Statement, keys: tuple[str, ...], known: frozenset[str]) -> Iterator[bool]:
    booked = iter(keys)
    for line in statement.lines:
        yield not line.pending and next(booked) not in known


def lines_page(
    conn: Connection,
    *,
    bank_account: str | None = None,
    currency: str | None = None,
    period: Period | None = None,
    unallocated_only: bool = False,
    text: str = "",
    page: int = 1,
    size: int = 50,
) -> LinesPage:
    """One page of booked lines still in the books, newest first, cut in SQL; `page` counts from 1.

    Columns: id, booked_on, value_on, bank_account, currency, amount_micros, allocated_micros, unallocated_micros (of
    receipts), counterparty, counterparty_account, remittance, bank_reference, statement_id, entry_id.
    """
    line = bank_line.c
    wanted = _wanted(bank_account, currency, period, text, unallocated_only=unallocated_only)
    counted = (
        select(line.currency, func.count().label("lines"), _total(_received()), _total(_left()))
        .where(*wanted)
        .group_by(line.currency)
        .order_by(line.currency)
    )
    sums = conn.execute(counted).all()
    columns: list[ColumnElement[Any]] = [
        line.id,
        line.booked_on,
        line.value_on,
        line.bank_account,
        line.currency,
        line.amount_micros,
    ]
    columns += [line.allocated_micros, _left().label("unallocated_micros"), line.counterparty]
    columns += [line.counterparty_account, line.remittance, line.bank_reference, line.statement_id, line.entry_id]
    size = max(1, min(size, LARGEST_PAGE))
    chosen = select(*columns).where(*wanted).order_by(line.booked_on.desc(), line.id.desc())
    result = conn.execute(chosen.limit(size).offset((max(page, 1) - 1) * size))
    rows = pd.DataFrame([tuple(row) for row in result], columns=list(result.keys()), dtype=object)
    whole = ["id", "amount_micros", "allocated_micros", "unallocated_micros", "statement_id"]
    return LinesPage(
        rows=typed(rows, dict.fromkeys(whole, "int64") | {"entry_id": "Int64"}),
        total=sum(row.lines for row in sums),
        received=tuple(Money(int(row[2]), row.currency) for row in sums),
        unallocated=tuple(Money(int(row[3]), row.currency) for row in sums),
    )


def _received() -> ColumnElement[int]:
    return case((bank_line.c.amount_micros > 0, bank_line.c.amount_micros), else_=0)


def _left() -> ColumnElement[int]:
    """What of a receipt is allocated to nothing yet; nothing of a payment out."""
    return _received() - bank_line.c.allocated_micros


def _total(amount: ColumnElement[int]) -> ColumnElement[int]:
    return cast(func.coalesce(func.sum(amount), 0), BigInteger)


def _wanted(
    bank_account: str | None, currency: str | None, period: Period | None, text: str, *, unallocated_only: bool
) -> list[ColumnElement[bool]]:
    line = bank_line.c
    wanted: list[ColumnElement[bool]] = [line.undone_at.is_(None)]
    if bank_account is not None:
        wanted.append(line.bank_account == bank_account)
    if currency is not None:
        wanted.append(line.currency == currency)
    if period is not None:
        wanted += [line.booked_on >= period.starts_on, line.booked_on < period.ends_before]
    if unallocated_only:
        wanted.append(line.amount_micros > line.allocated_micros)
    wanted += [line.search_text.contains(word.casefold(), autoescape=True) for word in text.split()]
    return wanted


def line(conn: Connection, line_id: int) -> BankLine:
    """One bank line, undone or not; raises `NoSuchLine`."""
    row = conn.execute(_BY_ID, {"line_id": line_id}).one_or_none()
    if row is None:
        raise NoSuchLine(f"No bank line has the number {line_id}.")
    return from_row(row)


def unallocated_receipts(conn: Connection, *, currency: str | None = None, limit: int = 1000) -> list[BankLine]:
    """Receipts with something left to allocate, oldest first: what waits to be matched."""
    column = bank_line.c
    wanted = _wanted(None, currency, None, "", unallocated_only=True)
    query = select(bank_line).where(*wanted).order_by(column.booked_on, column.id).limit(limit)
    return [from_row(row) for row in conn.execute(query)]


def from_row(row: Row[Any]) -> BankLine:
    """A row of `bank_line` as a value."""
    code = row.currency
    return BankLine(
        id=row.id,
        statement_id=row.statement_id,
        bank_account=row.bank_account,
        booked_on=row.booked_on,
        value_on=row.value_on,
        amount=Money(row.amount_micros, code),
        base_micros=row.base_micros,
        allocated=Money(row.allocated_micros, code),
        counterparty=row.counterparty,
        counterparty_account=row.counterparty_account,
        remittance=row.remittance,
        bank_reference=row.bank_reference,
        end_to_end=row.end_to_end,
        virtual_account=row.virtual_account,
        instructed=None if row.instructed_micros is None else Money(row.instructed_micros, row.instructed_currency),
        entry_id=row.entry_id,
        undone_at=row.undone_at,
    )
