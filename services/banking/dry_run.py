"""A file as the command line prints it before anything is imported."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from services.banking.model import Line, ReadFile, Unreadable
from services.errors import Refused
from services.money import Money, digits


def as_dry_run_json(file: ReadFile) -> dict[str, Any]:
    """The file as `import-statement --dry-run --json` prints it: amounts as decimal strings, credit positive."""
    return {
        "format": file.format.value,
        "statements": [
            {
                "account": each.account,
                "currency": each.currency,
                "opening": _decimal(each.opening),
                "closing": _decimal(each.closing),
                "ties": each.ties,
                "lines": [_line_json(line) for line in each.lines],
            }
            for each in file.statements
        ],
    }


def _line_json(line: Line) -> dict[str, Any]:
    return {
        "booked_on": line.booked_on.isoformat(),
        "value_on": line.value_on.isoformat(),
        "amount": _decimal(line.amount),
        "currency": line.amount.currency,
        "counterparty": line.counterparty,
        "remittance": line.remittance,
        "bank_reference": line.bank_reference,
        "pending": line.pending,
    }


def _decimal(money: Money | None) -> str | None:
    return None if money is None else str(money.amount.quantize(Decimal(1).scaleb(-digits(money.currency))))


def as_refusal_json(refusal: Refused) -> dict[str, Any]:
    """A refused file as the command line prints it: the reason in one sentence, the line of the file or null."""
    if isinstance(refusal, Unreadable):
        return {"refused": {"reason": refusal.reason, "row": refusal.row}}
    return {"refused": {"reason": str(refusal), "row": None}}
