"""The company's file (TOML) read into a profile; every fault gets its own sentence, all at once."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from stdnum import bic, iban
from stdnum.au import abn

from services.company.model import BankAccount, Company, GstBasis, Profile, TaxPoint, plain
from services.errors import InvalidForm, Refused
from services.money import NotAnAmount, digits
from services.texts import text_fault, text_faults

_LONGEST, _LONGEST_NUMBER, _MOST_LINES, _SAID = 120, 60, 12, 40
_CODE = re.compile(r"[a-z][a-z0-9-]{1,31}")
_COUNTRY = re.compile(r"[A-Z]{2}")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[A-Za-z]{2,}")
_COMPANY_TEXTS = ("name", "abn", "email", "phone", "website", "country")
_COMPANY_FIELDS = {*_COMPANY_TEXTS, "address", "tax_point", "gst_basis", "valid_from"}
_ACCOUNT_TEXTS = ("code", "currency", "holder", "bank")
_ACCOUNT_FIELDS = {*_ACCOUNT_TEXTS, "lines", "iban", "bic", "number", "active"}

_Table = dict[str, Any]
_Faults = dict[str, str]


class NotAProfile(Refused):
    """The file is not TOML text at all."""


class WrongProfile(InvalidForm):
    """The company's file has faults, each named by its place in the file."""


def read_profile(content: bytes | str) -> Profile:
    """Read a company file such as `data/demo_company.toml`.

    Raises `NotAProfile` when it is not TOML, else `WrongProfile` with one sentence for each fault, keyed by place
    ("company.abn", "bank_account 2.iban").
    """
    try:
        text = content if isinstance(content, str) else content.decode("utf-8-sig")
        tables = tomllib.loads(text)
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise NotAProfile(f"The company file is not valid TOML: {error}.") from error
    company: Any = tables.get("company")
    entries: Any = tables.get("bank_account")
    faults: _Faults = {
        name: f"“{name}” is unknown; a company file has [company] and [[bank_account]]."
        for name in tables
        if name not in {"company", "bank_account"}
    }
    if not isinstance(company, dict):
        faults["company"] = "The file needs a table [company]."
    if not isinstance(entries, list) or not entries or not all(isinstance(entry, dict) for entry in entries):
        faults["bank_account"] = "The file needs at least one [[bank_account]]."
    if faults:
        raise WrongProfile(faults)
    return _profile(company, entries)


def account_faults(account: BankAccount) -> _Faults:
    """A sentence for each wrong detail of one bank account; empty when all is well."""
    faults = _account_length_faults(account)
    for field in ("holder", "bank"):
        if not getattr(account, field).strip():
            faults[field] = f"Enter the account's {field}."
    if not account.lines or not all(label.strip() and value.strip() for label, value in account.lines):
        faults["lines"] = "Give the lines to print, each a label and a value."
    if account.iban and not iban.is_valid(account.iban):
        faults["iban"] = f"“{account.iban[:_SAID]}” is not a valid IBAN; its check digits do not fit."
    if account.bic and not bic.is_valid(account.bic):
        faults["bic"] = f"“{account.bic[:_SAID]}” is not a valid BIC; it has 8 or 11 letters and digits."
    if not plain(account.iban) and not plain(account.number):
        faults["number"] = "Give an IBAN or the account number as statements name it."
    printed = {plain(value) for _, value in account.lines}
    if account.iban and "iban" not in faults and plain(account.iban) not in printed:
        faults.setdefault("lines", "The printed lines must show the same IBAN.")
    return faults


def _account_length_faults(account: BankAccount) -> _Faults:
    faults = text_faults({"holder": account.holder, "bank": account.bank}, longest=_LONGEST)
    faults |= text_faults({"number": account.number}, longest=_LONGEST_NUMBER)
    printed = (text_fault(part, longest=_LONGEST) for line in account.lines for part in line)
    if len(account.lines) > _MOST_LINES:
        faults["lines"] = f"An invoice has room for {_MOST_LINES} lines; leave some out."
    elif fault := next(filter(None, printed), None):
        faults["lines"] = fault
    return faults


def _profile(company: _Table, entries: list[_Table]) -> Profile:
    faults = {f"company.{field}": sentence for field, sentence in _company_faults(company).items()}
    codes: set[str] = set()
    for number, entry in enumerate(entries, start=1):
        found = _entry_faults(entry)
        if entry.get("code") in codes:
            found["code"] = "The code is used twice; give each account its own."
        codes |= {code for code in [entry.get("code")] if isinstance(code, str)}
        faults |= {f"bank_account {number}.{field}": sentence for field, sentence in found.items()}
    if faults:
        raise WrongProfile({place: f"{place}: {sentence}" for place, sentence in faults.items()})
    return Profile(_company(company), tuple(_account(entry) for entry in entries))


def _company_faults(company: _Table) -> _Faults:
    faults = _unknown(company, _COMPANY_FIELDS) | _missing_texts(company, _COMPANY_TEXTS)
    checks: dict[str, tuple[Callable[[str], object], str]] = {
        "abn": (abn.is_valid, "is not a valid ABN; it has eleven digits whose check digits fit."),
        "email": (_EMAIL.fullmatch, "is not an e-mail address; write it like accounts@example.com."),
        "country": (_COUNTRY.fullmatch, "is not a country; use its two capital letters, such as AU."),
    }
    for field, (is_right, sentence) in checks.items():
        if field not in faults and not is_right(company[field]):
            faults[field] = f"“{company[field]}” {sentence}"
    texts = {field: company[field] for field in _COMPANY_TEXTS if field not in faults}
    faults |= text_faults(texts, longest=_LONGEST)
    address = company.get("address")
    if not isinstance(address, list) or not address or not all(_is_text(line) for line in address):
        faults["address"] = "Give the address as a list of lines."
    return faults | _company_choice_faults(company)


def _company_choice_faults(company: _Table) -> _Faults:
    faults: _Faults = {}
    choices: dict[str, type[StrEnum]] = {"tax_point": TaxPoint, "gst_basis": GstBasis}
    for field, choice in choices.items():
        words = [each.value for each in choice]
        if company.get(field, words[0]) not in words:
            faults[field] = f"Write “{words[0]}” or “{words[1]}”."
    starts = company.get("valid_from")
    if starts is not None and (not isinstance(starts, date) or isinstance(starts, datetime)):
        faults["valid_from"] = "Write a date, such as 2026-07-01."
    return faults


def _entry_faults(entry: _Table) -> _Faults:
    faults = _unknown(entry, _ACCOUNT_FIELDS) | _missing_texts(entry, _ACCOUNT_TEXTS)
    for field in ("iban", "bic", "number"):
        if not isinstance(entry.get(field, ""), str):
            faults[field] = "Write it as a text, in quotation marks."
    if not isinstance(entry.get("active", True), bool):
        faults["active"] = "Write true or false."
    if not _are_lines(entry.get("lines")):
        faults["lines"] = 'Give the lines to print as [["label", "value"], ...].'
    if "code" not in faults and not _CODE.fullmatch(entry["code"]):
        faults["code"] = "A code has small letters, digits and dashes, such as aud-main."
    if "currency" not in faults:
        try:
            digits(entry["currency"])
        except NotAnAmount as error:
            faults["currency"] = str(error)
    return faults or account_faults(_account(entry))


def _unknown(table: _Table, known: set[str]) -> _Faults:
    return {field: "Nothing of that name belongs here; check the spelling." for field in table if field not in known}


def _missing_texts(table: _Table, fields: tuple[str, ...]) -> _Faults:
    return {field: "Give it as a text." for field in fields if not _is_text(table.get(field))}


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _are_lines(value: object) -> bool:
    pair = 2
    return (
        isinstance(value, list)
        and bool(value)
        and all(isinstance(line, list) and len(line) == pair and all(map(_is_text, line)) for line in value)
    )


def _company(table: _Table) -> Company:
    texts = {field: table[field].strip() for field in _COMPANY_TEXTS}
    texts["abn"] = plain(texts["abn"])
    return Company(
        **texts,
        address=tuple(line.strip() for line in table["address"]),
        tax_point=TaxPoint(table.get("tax_point", TaxPoint.TOP_UP)),
        gst_basis=GstBasis(table.get("gst_basis", GstBasis.ACCRUAL)),
        valid_from=table.get("valid_from"),
    )


def _account(entry: _Table) -> BankAccount:
    return BankAccount(
        **{field: entry[field].strip() for field in _ACCOUNT_TEXTS},
        lines=tuple((label.strip(), value.strip()) for label, value in entry["lines"]),
        iban=plain(entry.get("iban", "")),
        bic=plain(entry.get("bic", "")),
        number=entry.get("number", "").strip(),
        active=entry.get("active", True),
    )
