"""Who we are on paper, and the bank accounts customers pay into; every version of both is kept."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any

from services.access.model import Permission, Role

SET_UP = Permission("company.set_up", "set up the company", frozenset({Role.ADMIN}))
CHANGE_GRACE = Permission(
    "company.change_grace",
    "change the grace for unpaid number rental",
    frozenset({Role.ACCOUNTING, Role.MANAGER, Role.ADMIN}),
)
LONGEST_GRACE = 90
CHANGE_LOGO = Permission("company.change_logo", "change the logo papers print", frozenset({Role.ADMIN}))
CHANGE_BANK_ACCOUNT = Permission(
    "company.change_bank_account",
    "change our bank accounts",
    frozenset({Role.ACCOUNTING, Role.MANAGER, Role.ADMIN}),
)


class TaxPoint(StrEnum):
    """When tax on prepaid credit arises (documents.md, 1.1)."""

    TOP_UP = "topup"
    REDEMPTION = "redemption"


class GstBasis(StrEnum):
    """Whether GST is accounted for on issue or on receipt."""

    ACCRUAL = "accrual"
    CASH = "cash"


@dataclass(frozen=True, slots=True)
class Company:
    """The seller as printed on papers; `address` is its lines, `abn` eleven digits, `country` two letters.

    `rental_grace_days` pass after a customer was warned of unpaid number rental before its number may be released.
    `logo` is the SHA-256 of the picture at the head of papers, empty without one.
    """

    name: str
    abn: str
    address: tuple[str, ...]
    email: str
    phone: str
    website: str
    country: str
    tax_point: TaxPoint = TaxPoint.TOP_UP
    gst_basis: GstBasis = GstBasis.ACCRUAL
    valid_from: date | None = None
    rental_grace_days: int = 14
    logo: str = ""

    @property
    def gst_on_receipt(self) -> bool:
        """Whether GST is payable only once an invoice is paid."""
        return self.gst_basis is GstBasis.CASH

    @property
    def abn_text(self) -> str:
        """The ABN as people read it: "51 824 753 556"."""
        return f"{self.abn[:2]} {self.abn[2:5]} {self.abn[5:8]} {self.abn[8:]}"


@dataclass(frozen=True, slots=True)
class BankAccount:
    """One of our own bank accounts: `lines` are the labels and values an invoice prints for the payer.

    `number` is the account as a bank statement names it where it gives no IBAN; `changed_on` is the day the
    details last changed, which papers print against invoice fraud.
    """

    code: str
    currency: str
    holder: str
    bank: str
    lines: tuple[tuple[str, str], ...]
    iban: str = ""
    bic: str = ""
    number: str = ""
    active: bool = True
    version: int = 1
    changed_on: date | None = None
    changed_by: str = ""
    approved_by: str = ""
    reason: str = ""

    def is_named(self, identifier: str) -> bool:
        """Whether a statement's account identifier, with whatever spaces and dashes, is this account."""
        wanted = plain(identifier)
        return bool(wanted) and wanted in {plain(self.iban), plain(self.number)}

    def changed(self, changes: dict[str, Any]) -> BankAccount:
        """The same account with some of its details replaced, as a person asked for or a payload holds them."""
        values: dict[str, Any] = {
            field: value.strip() if isinstance(value, str) else value for field, value in changes.items()
        }
        for field in {"iban", "bic"} & values.keys():
            values[field] = plain(values[field])
        if "lines" in values:
            values["lines"] = tuple((str(label).strip(), str(value).strip()) for label, value in values["lines"])
        return replace(self, **values)


CHANGEABLE = frozenset({"holder", "bank", "lines", "iban", "bic", "number", "active"})


@dataclass(frozen=True, slots=True)
class Profile:
    """What an installation is set up with: the company and its bank accounts."""

    company: Company
    bank_accounts: tuple[BankAccount, ...]


def plain(identifier: str) -> str:
    """Letters and digits only, in capitals: "GB82 WEST-1234" and "gb82west1234" are the same account."""
    return re.sub(r"[^0-9A-Z]", "", identifier.upper())
