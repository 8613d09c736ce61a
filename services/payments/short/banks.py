"""Which bank a payer's account is at, and what is usual for a payer of that bank."""

from __future__ import annotations

from collections.abc import Sequence

from services.payments.short.model import UsualFee

ENOUGH = 3  # payments of one bank before it is told from its country
DOMESTIC_NEW_ZEALAND = (15, 16)  # digits: bank, branch, account, suffix
_LETTERS_OF_IBAN = 2

_NEW_ZEALAND = {
    "01": "ANZ", "02": "BNZ", "03": "Westpac", "06": "ANZ (06)", "11": "ANZ (11)", "12": "ASB", "15": "TSB",
    "30": "HSBC", "31": "Citibank", "38": "Kiwibank",
}  # fmt: skip


def bank_of(account: str) -> str:
    """The bank in a payer's account (letters and digits only): an IBAN's bank code, or New Zealand's two digits."""
    if account[:_LETTERS_OF_IBAN].isalpha() and account[2:3].isdecimal():
        return account[4:8]
    return account[:2] if account[:1].isdecimal() and len(account) in DOMESTIC_NEW_ZEALAND else ""


def bank_name(country: str, bank: str) -> str:
    """The bank as people call it where we know its code; otherwise the code."""
    return _NEW_ZEALAND.get(bank, bank) if country == "NZ" else bank


def usual_for(fees: Sequence[UsualFee], *, country: str, bank: str, currency: str) -> UsualFee | None:
    """What is usual for a payer: its bank's where enough was seen of it, else its country's; None for neither."""
    mine = {each.bank: each for each in fees if (each.country, each.currency) == (country, currency)}
    found = mine.get(bank) if bank else None
    return found if found and found.seen >= ENOUGH else mine.get("")
