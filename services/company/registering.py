"""One more bank account of ours, as a statement named it; with four eyes, like every change of where money is paid."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from sqlalchemy import column, func, insert, select, table

from services.access import audit
from services.access.approvals import request_approval
from services.access.model import Principal, require
from services.access.tables import approval
from services.company import queries
from services.company.model import CHANGE_BANK_ACCOUNT, BankAccount, plain
from services.company.profile import account_faults
from services.company.tables import bank_account
from services.company.versions import Author, add_version
from services.db.engine import Transaction
from services.errors import Forbidden, InvalidForm, Refused
from services.texts import checked_reason

NEW_ACCOUNT_ACT = "company.bank_account_new"  # the act's name in the register of approvals
_CODE = re.compile(r"[a-z][a-z0-9-]{1,31}")
_DETAILS = ("code", "currency", "holder", "bank", "iban", "bic", "number")


class AlreadyAsked(Refused):
    """The account waits for another person already."""


class OwnRequest(Forbidden):
    """Who asked for a bank account cannot also approve it."""


def request_bank_account(tx: Transaction, *, by: Principal, account: BankAccount, reason: str) -> int:
    """Ask a second person for one more bank account of ours; gives the request's id. Nothing is written before.

    Invoices in its currency name the account only where it is the first active one of it. Raises `InvalidForm` with
    a sentence a field, `AlreadyAsked`.
    """
    require(by, CHANGE_BANK_ACCOUNT)
    reason = checked_reason(reason, ask="Say what the account is for: it is kept in the audit trail.")
    account = account.changed({})
    _check(tx, account)
    waiting = (approval.c.act == NEW_ACCOUNT_ACT, approval.c.subject == _subject(account.code))
    if tx.conn.execute(select(approval.c.id).where(*waiting, approval.c.decision.is_(None))).first():
        raise AlreadyAsked(f"{account.code} waits for another person already; ask them to look under Approvals.")
    facts: dict[str, Any] = {name: getattr(account, name) for name in _DETAILS}
    facts["lines"] = [list(line) for line in account.lines]
    payload = {
        "code": account.code,
        "present": {"account": "none"},
        "changes": facts,
        "reason": reason,
        "requested_by_id": by.person_id,
        "requested_by": by.name,
    }
    return request_approval(
        tx,
        by=by,
        act=NEW_ACCOUNT_ACT,
        subject=_subject(account.code),
        payload=payload,
        summary=f"Register our bank account {account.code} ({account.currency}) at {account.bank}",
        reason=reason,
    )


def apply_bank_account(tx: Transaction, *, by: Principal, payload: Mapping[str, Any]) -> BankAccount:
    """Write an approved account; runs when `by`, the second person, approves. Raises `OwnRequest`, `InvalidForm`."""
    require(by, CHANGE_BANK_ACCOUNT)
    if by.person_id == payload["requested_by_id"]:
        raise OwnRequest("You asked for this bank account yourself; another person has to approve it.")
    facts = dict(payload["changes"])
    lines = tuple((str(label), str(value)) for label, value in facts.pop("lines"))
    account = BankAccount(**facts, lines=lines)
    _check(tx, account)
    position = tx.conn.execute(select(func.coalesce(func.max(bank_account.c.position), 0))).scalar_one() + 1
    row = {"code": account.code, "currency": account.currency, "position": position}
    tx.conn.execute(insert(bank_account), row)
    author = Author(payload["requested_by_id"], payload["requested_by"], by.name)
    add_version(tx, account=account, author=author, reason=payload["reason"])
    after = {name: facts[name] for name in _DETAILS}
    audit.record(
        tx,
        by=by,
        act=CHANGE_BANK_ACCOUNT.name,
        subject="bank account",
        subject_id=account.code,
        after=after,
        reason=payload["reason"],
    )
    return queries.bank_account_of(tx.conn, account.code)


def _check(tx: Transaction, account: BankAccount) -> None:
    faults = account_faults(account)
    known = queries.bank_accounts(tx.conn)
    if not _CODE.fullmatch(account.code):
        faults["code"] = "Give a short name of small letters, digits and dashes, such as usd-2."
    elif account.code in {each.code for each in known}:
        faults["code"] = f"We have an account {account.code} already; give this one another name."
    # the currencies' room stands beside this one, so only its table's name is used here
    if account.currency not in set(tx.conn.execute(select(table("currency", column("code")).c.code)).scalars()):
        faults["currency"] = f"{account.currency or 'The currency'} is not one of the books; choose another."
    names = [plain(each) for each in (account.iban, account.number) if plain(each)]
    same = [each.code for each in known if any(each.is_named(name) for name in names)]
    if same and not {"iban", "number"} & faults.keys():
        faults["number"] = f"This is our account {same[0]} already."
    if faults:
        raise InvalidForm(faults)


def _subject(code: str) -> str:
    return f"bank account {code}"
