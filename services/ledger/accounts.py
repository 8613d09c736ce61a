"""The accounts of a batch: entered in the chart when first posted to, their kept balances locked."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Connection, text

from services.ledger.carrying import Running
from services.ledger.model import Account, Purpose
from services.ledger.writing import asked, listed

_GIVEN = """SELECT a.code, b.account_id, b.balance, b.base_balance, b.version, b.min_balance, b.max_balance
  FROM account AS a JOIN account_balance AS b ON b.account_id = a.id
 WHERE a.purpose = 'promo_deferred' AND a.customer_id """
_PROMOTIONAL = {
    "sqlite": f"{_GIVEN} :any ORDER BY b.account_id",
    "postgresql": f"{_GIVEN} :any ORDER BY b.account_id FOR UPDATE OF b",
}
_IDS = "SELECT code, id FROM account WHERE code :any"
_HELD = """SELECT account_id, balance, base_balance, version, min_balance, max_balance FROM account_balance
 WHERE account_id :any ORDER BY account_id"""


def ensure_accounts(conn: Connection, accounts: Sequence[Account]) -> dict[str, int]:
    """The ids of the accounts by code; an account first posted to is entered in the chart."""
    codes = {account.code: account for account in accounts}
    ids: dict[str, int] = {code: number for code, number in asked(conn, _IDS, listed(conn, codes))}  # noqa: C416 - rows
    missing = [account for code, account in sorted(codes.items()) if code not in ids]
    if not missing:
        return ids
    insert = text(
        "INSERT INTO account (code, section, purpose, currency, customer_id, detail) "
        "VALUES (:code, :section, :purpose, :currency, :customer_id, :detail) ON CONFLICT DO NOTHING"
    )
    conn.execute(insert, [_account_row(account) for account in missing])
    ids |= {code: number for code, number in asked(conn, _IDS, listed(conn, codes))}  # noqa: C416 - rows are no pairs
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
    """A customer owes, and has been given, no less than nothing; nobody decides credit below zero (debit > 0)."""
    owed = account.purpose in {Purpose.RECEIVABLE, Purpose.PROMO_DEFERRED}
    return {"account_id": account_id, "min_balance": 0 if owed else None, "max_balance": None if owed else 0}


def lock_balances(conn: Connection, kept: dict[str, int]) -> dict[str, Running]:
    """The kept balances by account code, locked in the order of their ids so that no two postings wait in a ring."""
    if not kept:
        return {}
    codes = {account_id: code for code, account_id in kept.items()}
    rows = asked(conn, _HELD if conn.dialect.name == "sqlite" else f"{_HELD} FOR UPDATE", listed(conn, codes))
    return {codes[row[0]]: Running(*row[1:]) for row in rows}


def lock_all(conn: Connection, accounts: dict[str, Account], ids: dict[str, int]) -> tuple[dict[str, Running], bool]:
    """The kept balances of a batch, locked, and whether any promotional account is among them.

    First all others and then those of promotional credit, which a draft need not name: the same order for everybody.
    Adds to `ids` what the drafts did not name.
    """
    owned = [account for account in accounts.values() if account.purpose.of_customers]
    others = {account.code: ids[account.code] for account in owned if account.purpose is not Purpose.PROMO_DEFERRED}
    running = lock_balances(conn, others)
    moved = {Purpose.CREDIT, Purpose.PROMO_DEFERRED}
    customers = {account.customer_id for account in owned if account.customer_id and account.purpose in moved}
    codes, given = _lock_promotional(conn, customers) if customers else ({}, {})
    if given:
        discounts = {account.currency: Account(Purpose.PROMO_DISCOUNT, account.currency) for account in owned}
        ids |= codes | ensure_accounts(conn, list(discounts.values()))
    return running | given, bool(given)


def _lock_promotional(conn: Connection, customers: Collection[int]) -> tuple[dict[str, int], dict[str, Running]]:
    """The promotional accounts of customers, by code: their ids, and their balances locked in the order of the ids.

    Ask only while the customers' credit is locked: whoever grants locks it first too, so that none can appear unseen.
    """
    rows = asked(conn, _PROMOTIONAL[conn.dialect.name], listed(conn, customers))
    return {row[0]: row[1] for row in rows}, {row[0]: Running(*row[2:]) for row in rows}
