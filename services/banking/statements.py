"""Reads of imported statements: a page of them, newest first, and how many there are."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, func, select

from services.banking.model import BankStatement
from services.banking.tables import bank_line, bank_statement, bank_statement_file
from services.money import Money


def statements(
    conn: Connection,
    *,
    bank_account: str | None = None,
    statement_id: int | None = None,
    undone: bool = False,
    page: int = 1,
    limit: int = 100,
) -> list[BankStatement]:
    """One page of `limit` imported statements, newest first, or the one of an id; undone ones where asked for."""
    lines = select(func.count()).where(bank_line.c.statement_id == bank_statement.c.id).scalar_subquery()
    file = bank_statement_file.c
    query = (
        select(bank_statement, file.name, file.imported_at, file.imported_by, lines.label("lines"))
        .join(bank_statement_file, file.id == bank_statement.c.file_id)
        .order_by(bank_statement.c.ends_on.desc(), bank_statement.c.id.desc())
        .limit(limit)
        .offset((max(page, 1) - 1) * limit)
    )
    if statement_id is not None:
        query = query.where(bank_statement.c.id == statement_id)
    wanted = _of_account(bank_account, undone=undone)
    return [_statement(row) for row in conn.execute(query.where(*wanted))]


def count_statements(conn: Connection, *, bank_account: str | None = None) -> int:
    """How many statements are in the books."""
    wanted = _of_account(bank_account, undone=False)
    return int(conn.execute(select(func.count()).select_from(bank_statement).where(*wanted)).scalar_one())


def _of_account(bank_account: str | None, *, undone: bool) -> list[ColumnElement[bool]]:
    of = [] if bank_account is None else [bank_statement.c.bank_account == bank_account]
    return of if undone else [*of, bank_statement.c.undone_at.is_(None)]


def _statement(row: Row[Any]) -> BankStatement:
    return BankStatement(
        id=row.id,
        file_id=row.file_id,
        file_name=row.name,
        number=row.number,
        bank_account=row.bank_account,
        currency=row.currency,
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        opening=None if row.opening_micros is None else Money(row.opening_micros, row.currency),
        closing=None if row.closing_micros is None else Money(row.closing_micros, row.currency),
        ties=None if row.ties is None else bool(row.ties),
        lines=row.lines,
        repeated=row.repeated,
        imported_at=row.imported_at,
        imported_by=row.imported_by,
        undone_at=row.undone_at,
    )
