"""Which column of a bank's table says what: by the names banks give them, or by their content where none are named."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field

from services.banking.model import NO_CURRENCY, Unreadable
from services.banking.readers.dialects import CURRENCIES, KINDS, NAMES, OURS, SPENT, TEXTS
from services.banking.readers.grid import Row

_FIRST_ROWS = 30
_IN_NAME = re.compile(
    r"(.*?) (?:en |in )?"
    r"(aud|nzd|usd|eur|euro[as]?|gbp|chf|cad|sgd|hkd|jpy|sek|nok|dkk|pln|czk|huf|ron|brl|zar|inr|mxn|aed|isk)"
)
_AMOUNT = re.compile(r"(?:amount|montant|importe|betrag|bedrag|importo) ?\d?")
_PLAIN = str.maketrans({"ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d"})  # letters that are not one with a mark


@dataclass(slots=True)
class Columns:
    """Where each role stands, which columns are text, the currency the dialect is of, how it writes days.

    `kinds` are those texts that may say of every row whether it is a debit or a credit.
    """

    at: dict[str, int]
    texts: list[int]
    width: int
    currency: str = NO_CURRENCY
    month_first: bool | None = False
    names: list[str] = field(default_factory=list)
    kinds: list[int] = field(default_factory=list)
    spends: bool = False  # what was spent is positive


def plain_name(text: str) -> str:
    """A column's name in small letters without accents, brackets and signs."""
    letters = unicodedata.normalize("NFKD", text.casefold().translate(_PLAIN))
    return " ".join(re.sub(r"[^a-z0-9]+", " ", "".join(c for c in letters if not unicodedata.combining(c))).split())


def header_of(rows: Sequence[Row]) -> tuple[int, Columns] | None:
    """The place of the row of names among the first 30, and what they say; None where no row is one."""
    for place, row in enumerate(rows[:_FIRST_ROWS]):
        names = [plain_name(cell) for cell in row.cells]
        while names and not names[-1]:  # separators after the last name
            names.pop()
        columns = _named(names)
        if "day" in columns.at and ("amount" in columns.at or {"debit", "credit"} <= set(columns.at)):
            if sum(bool(_AMOUNT.fullmatch(name)) for name in names) > 1:
                raise Unreadable("The table has two amount columns, so none can be trusted.", row.number)
            return place, columns
    return None


def _named(names: list[str]) -> Columns:
    found = [_IN_NAME.fullmatch(name) for name in names]
    bare = [match[1] if match else name for match, name in zip(found, names, strict=True)]
    at = {
        role: bare.index(name)
        for role, known in NAMES.items()
        if (name := next((each for each in known if each in bare), None)) is not None
    }
    if "day" not in at and "value" in at:
        at["day"] = at["value"]
    if "amount" not in at and not {"debit", "credit"} <= set(at) and "value" in bare:
        at["amount"] = bare.index("value")  # beside a date, where nothing else is the money
    if {"amount", "fees", "total"} <= set(bare):  # PayPal: what is left of the amount after fees
        at["amount"] = bare.index("total")
    if "amount" in at:  # the same money again, as a debit or a credit: only to be held against it
        at |= {f"same {role}": at.pop(role) for role in ("debit", "credit") if role in at}
    if "started" not in at:  # only where a movement that is not settled has no other day, a fee stands beside it
        at.pop("fee", None)
    if "account" in at and at.get("party", len(names)) < at["account"] and bare[at["account"]] not in OURS:
        at["other"] = at.pop("account")  # after a name, an account is the other party's
    if "account" in at and bare[at["account"]] == "rekening" and not any("tegen" in name for name in bare):
        at["other"] = at.pop("account")  # Keytrade names the other party's so, and its own nowhere
    said = {match[1]: match[2] for match in found if match}
    inside = {code[:3].upper() for name, code in said.items() if name in NAMES["amount"] + NAMES["debit"]}
    guessed = next((currency for told, currency in CURRENCIES if told <= set(bare)), NO_CURRENCY)
    return Columns(
        at,
        [place for place, name in enumerate(bare) if name in TEXTS and place not in at.values()],
        len(names),
        inside.pop() if len(inside) == 1 else guessed,
        _month_first(set(bare), guessed, bare[at["day"]] if "day" in at else ""),
        names,
        [place for place, name in enumerate(bare) if name in KINDS],
        any(told <= set(bare) for told in SPENT),
    )


def _month_first(names: set[str], guessed: str, day: str) -> bool | None:
    """What the dialect does; None where it does either, as PayPal, which writes days as the reader's country does."""
    if names & {"check or slip", "post date", "clearing date"}:
        return True
    is_english = day == "time" or "date" in day.split() or day == "booked at"
    if "gross" in names or (guessed == NO_CURRENCY and is_english and "transferwise id" not in names):
        return None
    return False
