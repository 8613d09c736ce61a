"""Reads of the company and of its bank accounts as they stand or stood."""

from __future__ import annotations

import json
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import Connection, Row, Select, bindparam, func, select

from services.company.model import BankAccount, Company, GstBasis, TaxPoint
from services.company.tables import bank_account, bank_account_version, company_profile, logo_version
from services.errors import NotFound

_TAX_POINT = select(company_profile.c.tax_point).order_by(company_profile.c.valid_from.desc()).limit(1)


class NotSetUp(NotFound):
    """No company profile is in force."""


class NoBankAccount(NotFound):
    """There is no such bank account of ours."""


def company(conn: Connection, *, on: date | None = None) -> Company:
    """The company as it stands, or stood on a day; raises `NotSetUp`."""
    row = conn.execute(_profile(dated=on is not None), {} if on is None else {"day": on}).one_or_none()
    if row is None:
        raise NotSetUp("The company is not set up yet; run “python -m services init” first.")
    return Company(
        name=row.name,
        abn=row.abn,
        address=tuple(row.address.split("\n")),
        email=row.email,
        phone=row.phone,
        website=row.website,
        country=row.country,
        tax_point=TaxPoint(row.tax_point),
        gst_basis=GstBasis(row.gst_basis),
        valid_from=row.valid_from,
        rental_grace_days=row.rental_grace_days,
        logo=row.logo or "",
    )


@cache
def _profile(*, dated: bool) -> Select[Any]:
    """The newest, or where `dated` that of the bound day; built once, as every paper asks."""
    logo = select(logo_version.c.sha256).order_by(logo_version.c.version.desc()).limit(1)
    day = bindparam("day", type_=company_profile.c.valid_from.type)
    if dated:
        logo = logo.where(logo_version.c.changed_on <= day)
    shown = select(company_profile, logo.scalar_subquery().label("logo"))
    profile = shown.order_by(company_profile.c.valid_from.desc()).limit(1)
    return profile.where(company_profile.c.valid_from <= day) if dated else profile


def tax_point(conn: Connection) -> TaxPoint:
    """When tax on prepaid credit arises; at the top-up while the company is not set up.

    It is chosen at set-up and holds for all of the books: credit sold with tax would be taxed again when it is used.
    """
    found = conn.execute(_TAX_POINT).scalar()
    return TaxPoint(found or TaxPoint.TOP_UP)


def bank_accounts(conn: Connection, *, active_only: bool = False) -> list[BankAccount]:
    """Our bank accounts with their present details, in the order they were set up."""
    found = [_account(row) for row in conn.execute(_present().order_by(bank_account.c.position))]
    return [each for each in found if each.active or not active_only]


def bank_account_of(conn: Connection, code: str) -> BankAccount:
    """The account with that code, with its present details; raises `NoBankAccount`."""
    row = conn.execute(_present().where(bank_account.c.code == code)).one_or_none()
    if row is None:
        raise NoBankAccount(f"We have no bank account “{code}”; choose one of those under Settings.")
    return _account(row)


def bank_account_for(conn: Connection, currency: str) -> BankAccount:
    """The active account a customer pays this currency into: the first set up; raises `NoBankAccount`."""
    for account in bank_accounts(conn, active_only=True):
        if account.currency == currency:
            return account
    raise NoBankAccount(f"We have no active bank account in {currency}; invoice in another currency or open one.")


def bank_account_versions(conn: Connection, code: str) -> list[BankAccount]:
    """Every version of an account's details, newest first; empty when there is no such account."""
    rows = conn.execute(_joined().where(bank_account.c.code == code).order_by(bank_account_version.c.version.desc()))
    return [_account(row) for row in rows]


def _joined() -> Select[Any]:
    version = bank_account_version
    return select(bank_account.c.currency, version).join(version, version.c.code == bank_account.c.code)


def _present() -> Select[Any]:
    every = bank_account_version.alias("every")
    newest = select(func.max(every.c.version)).where(every.c.code == bank_account.c.code).scalar_subquery()
    return _joined().where(bank_account_version.c.version == newest)


def _account(row: Row[Any]) -> BankAccount:
    return BankAccount(
        code=row.code,
        currency=row.currency,
        holder=row.holder,
        bank=row.bank,
        lines=tuple((label, value) for label, value in json.loads(row.lines)),
        iban=row.iban,
        bic=row.bic,
        number=row.number,
        active=bool(row.active),
        version=row.version,
        changed_on=row.changed_on,
        changed_by=row.changed_by,
        approved_by=row.approved_by,
        reason=row.reason,
    )
