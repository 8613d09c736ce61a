"""Writes about the company: set it up once, and change a bank account of ours with four eyes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import column, func, insert, select, table

from services.access import audit
from services.access.approvals import request_approval
from services.access.model import Principal, require
from services.company import queries
from services.company.model import (
    CHANGE_BANK_ACCOUNT,
    CHANGE_GRACE,
    CHANGEABLE,
    LONGEST_GRACE,
    SET_UP,
    BankAccount,
    Company,
    Profile,
)
from services.company.profile import account_faults
from services.company.tables import bank_account, company_profile
from services.company.versions import Author, add_version
from services.db.engine import Transaction
from services.errors import Forbidden, InvalidForm, Refused, Stale
from services.texts import checked_reason

BANK_ACCOUNT_CHANGE = "company.bank_account_change"  # the act's name in the register of approvals


class AlreadySetUp(Refused):
    """The company stands already."""


class CurrencyMissing(Refused):
    """A bank account is in a currency the books do not know yet."""


class NothingToChange(Refused):
    """The wanted details are the present ones."""


class ChangedToday(Refused):
    """The company's profile has a version of this day."""


class SamePerson(Forbidden):
    """Who asked for the change of a bank account cannot also make it."""


def set_up(tx: Transaction, *, by: Principal, profile: Profile) -> Company:
    """Write the company and its bank accounts into empty books; the currencies must be loaded before.

    Papers print the profile from its `valid_from` on, or from today. Raises `AlreadySetUp`, `CurrencyMissing`.
    """
    require(by, SET_UP)
    if tx.conn.execute(select(func.count()).select_from(company_profile)).scalar_one():
        raise AlreadySetUp("The company is set up already; change it under Settings instead.")
    _check_currencies(tx, profile)
    company = replace(profile.company, valid_from=profile.company.valid_from or tx.today)
    tx.conn.execute(insert(company_profile), _company_row(company) | {"changed_at": tx.at, "changed_by": by.name})
    for position, account in enumerate(profile.bank_accounts, start=1):
        row = {"code": account.code, "currency": account.currency, "position": position}
        tx.conn.execute(insert(bank_account), row)
        add_version(tx, account=replace(account, version=1), author=Author(by.person_id, by.name), reason="set up")
    codes = [account.code for account in profile.bank_accounts]
    after = {"name": company.name, "abn": company.abn, "bank_accounts": codes}
    audit.record(tx, by=by, act=SET_UP.name, subject="company", subject_id=company.abn, after=after)
    return queries.company(tx.conn)


def request_bank_account_change(
    tx: Transaction, *, by: Principal, code: str, changes: Mapping[str, Any], reason: str
) -> int:
    """Ask a second person to change details of a bank account of ours; returns the request's id.

    `changes` holds any of holder, bank, lines (pairs of label and value), iban, bic, number, active. Nothing changes
    before it is approved. Raises `InvalidForm` with a sentence a field, `NothingToChange`, `NoBankAccount`.
    """
    require(by, CHANGE_BANK_ACCOUNT)
    reason = checked_reason(reason)
    present = queries.bank_account_of(tx.conn, code)
    wanted = _checked_change(present, changes)
    if wanted == present:
        raise NothingToChange(f"These are the present details of {code}; change at least one.")
    new = _facts(wanted, present)
    payload = {
        "code": code,
        "version": present.version,
        "present": _facts(present, wanted),
        "changes": new,
        "reason": reason,
        "requested_by_id": by.person_id,
        "requested_by": by.name,
    }
    return request_approval(
        tx,
        by=by,
        act=BANK_ACCOUNT_CHANGE,
        subject="bank account",
        payload=payload,
        summary=f"Change our bank account {code} ({present.currency}): {', '.join(new)}",
        reason=reason,
    )


def apply_bank_account_change(tx: Transaction, *, by: Principal, payload: Mapping[str, Any]) -> BankAccount:
    """Write an approved change as the account's new version; runs when `by`, the second person, approves.

    Raises `Stale` when the account changed since the request, `SamePerson` when the requester is the approver.
    """
    require(by, CHANGE_BANK_ACCOUNT)
    if by.person_id == payload["requested_by_id"]:
        raise SamePerson("You asked for this change of a bank account yourself; another person has to approve it.")
    code = payload["code"]
    tx.conn.execute(select(bank_account.c.code).where(bank_account.c.code == code).with_for_update())
    present = queries.bank_account_of(tx.conn, code)
    if present.version != payload["version"]:
        raise Stale(f"The details of {code} changed since this was asked for; decline it and ask again.")
    wanted = _checked_change(present, payload["changes"])
    author = Author(payload["requested_by_id"], payload["requested_by"], by.name)
    add_version(tx, account=replace(wanted, version=present.version + 1), author=author, reason=payload["reason"])
    audit.record(
        tx,
        by=by,
        act=CHANGE_BANK_ACCOUNT.name,
        subject="bank account",
        subject_id=code,
        before=_facts(present, wanted),
        after=_facts(wanted, present),
        reason=payload["reason"],
    )
    return queries.bank_account_of(tx.conn, code)


def change_rental_grace(tx: Transaction, *, by: Principal, days: int, reason: str) -> Company:
    """Set how many days after a warning unpaid number rental is tolerated, as a new version of the profile from today.

    Raises `InvalidForm` (days, reason), `NothingToChange`, and `ChangedToday`: a profile has one version a day.
    """
    require(by, CHANGE_GRACE)
    if not 0 <= days <= LONGEST_GRACE:
        raise InvalidForm({"days": f"Give 0 to {LONGEST_GRACE} days."})
    reason = checked_reason(reason, ask="Say why the grace changes: it is kept in the audit trail.")
    present = queries.company(tx.conn)
    if present.rental_grace_days == days:
        raise NothingToChange(f"The grace is {days} days already; give another number.")
    if present.valid_from and present.valid_from >= tx.today:
        raise ChangedToday("The company's profile got a version today already; change it again tomorrow.")
    wanted = replace(present, rental_grace_days=days, valid_from=tx.today)
    tx.conn.execute(insert(company_profile), _company_row(wanted) | {"changed_at": tx.at, "changed_by": by.name})
    before, after = {"rental_grace_days": present.rental_grace_days}, {"rental_grace_days": days}
    audit.record(
        tx,
        by=by,
        act=CHANGE_GRACE.name,
        subject="company",
        subject_id=wanted.abn,
        before=before,
        after=after,
        reason=reason,
    )
    return wanted


def _checked_change(present: BankAccount, changes: Mapping[str, Any]) -> BankAccount:
    unknown = {field: "This detail of a bank account cannot change." for field in changes if field not in CHANGEABLE}
    if unknown:
        raise InvalidForm(unknown)
    wanted = present.changed(dict(changes))
    if faults := account_faults(wanted):
        raise InvalidForm(faults)
    return wanted


def _facts(account: BankAccount, other: BankAccount) -> dict[str, Any]:
    return {
        field: [list(line) for line in account.lines] if field == "lines" else getattr(account, field)
        for field in sorted(CHANGEABLE)
        if getattr(account, field) != getattr(other, field)
    }


def _check_currencies(tx: Transaction, profile: Profile) -> None:
    # the currencies' room stands beside this one, so only its table's name is used here
    known = set(tx.conn.execute(select(table("currency", column("code")).c.code)).scalars())
    for account in profile.bank_accounts:
        if account.currency not in known:
            raise CurrencyMissing(f"{account.code} is in {account.currency}, which is not loaded; add it first.")


def _company_row(company: Company) -> dict[str, Any]:
    return {
        "valid_from": company.valid_from,
        "name": company.name,
        "abn": company.abn,
        "address": "\n".join(company.address),
        "email": company.email,
        "phone": company.phone,
        "website": company.website,
        "country": company.country,
        "tax_point": company.tax_point.value,
        "gst_basis": company.gst_basis.value,
        "rental_grace_days": company.rental_grace_days,
    }
