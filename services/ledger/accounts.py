"""The accounts of a batch: entered in the chart when first posted to, their kept balances locked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, text

from services.ledger.carrying import Running
from services.ledger.model import Account, Purpose
from services.ledger.writing import any_of, listed


def ensure_accounts(conn: Connection, accounts: Sequence[Account]) -> dict[str, int]:
    """The ids of the accounts by code; an account first posted to is entered in the chart."""
    codes = {account.code: account for account in accounts}
    query = text("SELECT code, id FROM account WHERE " + any_of(conn, "code", "codes"))  # noqa: S608 - constants only
    ids: dict[str, int] = {row.code: row.id for row in conn.execute(query, {"codes": listed(conn, codes)})}
    missing = [account for code, account in sorted(codes.items()) if code not in ids]
    if not missing:
        return ids
    insert = text(
        "INSERT INTO account (code, section, purpose, currency, customer_id, detail) "
        "VALUES (:code, :section, :purpose, :currency, :customer_id, :detail) ON CONFLICT DO NOTHING"
    )
    conn.execute(insert, [_account_row(account) for account in missing])
    ids |= {row.code: row.id for row in conn.execute(query, {"codes": listed(conn, codes)})}
    keep = text(
        "INSERT INTO account_balance (account_id, balance, base_balance, version, min_balance, max_balance) "
        "VALUES (:account_id, 0, 0, 0, :min_balance, :max_balance) ON CONFLICT DO NOTHING"
    )
    rows = [_limits(ids[account.code], account) for account in missing if account.purpose.of_customers]
    if rows:
        conn.execute(keep, rows)
    return ids


def _account_row(account: Account) -> dict[str, Any]:
    return {
        "code": account.code,
        "section": account.purpose.section.value,
        "purpose": account.purpose.value,
        "currency": account.currency,
        "customer_id": account.customer_id,
        "detail": account.detail,
    }


def _limits(account_id: int, account: Account) -> dict[str, int | None]:
    """A customer owes no less than nothing; what a person decides takes no credit below zero (debit > 0)."""
    owed = account.purpose is Purpose.RECEIVABLE
    return {"account_id": account_id, "min_balance": 0 if owed else None, "max_balance": None if owed else 0}


def lock_balances(conn: Connection, kept: dict[str, int]) -> dict[str, Running]:
    """The kept balances by account code, locked in the order of their ids so that no two postings wait in a ring."""
    if not kept:
        return {}
    codes = {account_id: code for code, account_id in kept.items()}
    query = (
        "SELECT account_id, balance, base_balance, version, min_balance, max_balance FROM account_balance "  # noqa: S608 - constants only
        "WHERE " + any_of(conn, "account_id", "ids") + " ORDER BY account_id"
    )
    locked = query if conn.dialect.name == "sqlite" else f"{query} FOR UPDATE"
    rows = conn.execute(text(locked), {"ids": listed(conn, codes)})
    return {codes[row[0]]: Running(*row[1:]) for row in rows}
