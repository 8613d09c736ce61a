"""Writing a version of a bank account's details, which nothing changes afterwards."""

from __future__ import annotations

import json
from dataclasses import dataclass

from sqlalchemy import insert

from services.company.model import BankAccount
from services.company.tables import bank_account_version
from services.db.engine import Transaction


@dataclass(frozen=True, slots=True)
class Author:
    """Who wanted a version of bank details, and who approved it."""

    person_id: int | None
    name: str
    approved_by: str = ""


def add_version(tx: Transaction, *, account: BankAccount, author: Author, reason: str) -> None:
    """Write the account's details as the version it says, from today."""
    row = {
        "code": account.code,
        "version": account.version,
        "holder": account.holder,
        "bank": account.bank,
        "lines": json.dumps(account.lines, ensure_ascii=False),
        "iban": account.iban,
        "bic": account.bic,
        "number": account.number,
        "active": account.active,
        "changed_on": tx.today,
        "changed_at": tx.at,
        "changed_by_id": author.person_id,
        "changed_by": author.name,
        "approved_by": author.approved_by,
        "reason": reason,
    }
    tx.conn.execute(insert(bank_account_version), row)
