"""Accounts of the books as people say them: "Liability: GST payable", never the code of an export."""

from __future__ import annotations

from services.ledger.chart import Purpose, Section
from services.ledger.redeeming import ON_USE

SECTIONS = {
    Section.ASSETS: "Asset",
    Section.LIABILITIES: "Liability",
    Section.EQUITY: "Equity",
    Section.INCOME: "Income",
    Section.EXPENSES: "Expense",
}


def account_name(purpose: Purpose, detail: str = "") -> str:
    """The section and the purpose, and which of our bank accounts: "Asset: bank, aud-main"."""
    of = "on use" if detail == ON_USE else detail
    return f"{SECTIONS[purpose.section]}: {purpose.label}" + (f", {of}" if of else "")


def parted(code: str) -> tuple[Purpose, str]:
    """The purpose and the owner in an account's code, "liabilities:credit:AUD:12"; no owner is an empty text."""
    _section, purpose, _currency, *owner = code.split(":")
    return Purpose(purpose), ":".join(owner)
