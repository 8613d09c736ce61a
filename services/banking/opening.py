"""The one opening balance of each bank account: that of its earliest statement, whatever order files came in."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, select, update

from services.access.model import Principal
from services.banking.accounting import opening
from services.banking.tables import bank_statement
from services.db.engine import Transaction
from services.ledger.operations import post, reverse
from services.money import Money
from services.pricing.queries import rate_on


def settle_opening(tx: Transaction, *, by: Principal, bank_account: str, without_file: int | None = None) -> None:
    """Let the account's books start from its earliest statement: reverse another opening, post that one's.

    `without_file` leaves out the statements of a file that is just being undone.
    """
    row = bank_statement.c
    mine = row.bank_account == bank_account
    held = tx.conn.execute(select(bank_statement).where(mine, row.opens)).one_or_none()
    live = (mine, row.undone_at.is_(None), row.opening_micros.is_not(None), row.starts_on.is_not(None))
    found = tx.conn.execute(select(bank_statement).where(*live).order_by(row.starts_on, row.id)).all()
    first = _earliest([each for each in found if each.file_id != without_file])
    if (held.id if held else None) == (first.id if first else None):
        return
    if held and held.opening_entry_id is not None:
        reason = f"The books of {bank_account} start from another statement"
        reverse(tx, by=by, entry_id=held.opening_entry_id, on=held.starts_on, reason=reason)
    if held:
        _mark(tx, held.id, opens=False, entry_id=None)
    if first:
        before = held.opening_entry_id if held else None
        _mark(tx, first.id, opens=True, entry_id=_post(tx, first, before, by=by))


def _earliest(statements: Sequence[Row[Any]]) -> Row[Any] | None:
    """The first of the first day; of several on that day the one that continues none of the others."""
    same_day = [each for each in statements if each.starts_on == statements[0].starts_on]
    same_day.sort(key=lambda each: [int(part) for part in re.findall(r"\d+", each.number)])
    for each in same_day:
        if not any(each.opening_micros == other.closing_micros for other in same_day if other.id != each.id):
            return each
    return same_day[0] if same_day else None


def _post(tx: Transaction, statement: Row[Any], before: int | None, *, by: Principal) -> int | None:
    balance = Money(statement.opening_micros, statement.currency)
    if not balance:
        return None
    draft = opening(
        statement_id=statement.id,
        key=f"opening:{statement.id}:{before or 0}",
        bank_account=statement.bank_account,
        on=statement.starts_on,
        balance=balance,
        rate=rate_on(tx.conn, statement.currency, statement.starts_on).aud_per_unit,
    )
    return post(tx, draft, by=by).entry_id


def _mark(tx: Transaction, statement_id: int, *, opens: bool, entry_id: int | None) -> None:
    here = bank_statement.c.id == statement_id
    tx.conn.execute(update(bank_statement).where(here).values(opens=opens, opening_entry_id=entry_id))
