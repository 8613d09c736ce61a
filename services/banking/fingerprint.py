"""How a line is known again when another file brings it a second time."""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence

from services.banking.model import Line, Statement


def normalised(text: str) -> str:
    """Letters and digits only, in one case and one width: how texts of two exports are compared."""
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKC", text).casefold()))


def search_text(line: Line) -> str:
    """Everything somebody may look for in a line, in small letters."""
    said = (line.counterparty, line.counterparty_account, line.remittance, line.bank_reference, line.end_to_end)
    return "\n".join(said).casefold()


def account_key(text: str) -> str:
    """An account number without its spaces, dots and dashes, in capitals."""
    return re.sub(r"[^A-Z0-9]", "", text.upper())


def fingerprints(bank_account: str, statements: Sequence[Statement]) -> Iterator[list[str]]:
    """For each statement the content key of each booked line, by which a line imported twice is known.

    Account, date, amount and text, then the bank's own reference, or else the balance after the line where the
    statement ties, or else nothing; and how many such lines the file had before it.
    """
    seen: Counter[str] = Counter()
    for statement in statements:
        balance = statement.opening.micros if statement.opening is not None and statement.ties else None
        keys = []
        for line in statement.booked:
            if balance is not None:
                balance += line.amount.micros
            proof = normalised(line.bank_reference) or ("" if balance is None else f"={balance}")
            text = normalised(line.counterparty + line.counterparty_account + line.remittance)
            parts = [bank_account, line.booked_on.isoformat(), line.amount.currency, line.amount.micros, text, proof]
            key = json.dumps(parts)
            keys.append(hashlib.sha256(f"{key}#{seen[key]}".encode()).hexdigest())
            seen[key] += 1
        yield keys
