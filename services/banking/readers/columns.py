"""Which column of a bank's table says what: by the names banks give them, or by their content where none are named."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field

from services.banking.model import NO_CURRENCY, Unreadable
from services.banking.readers.dialects import CURRENCIES, KINDS, NAMES, OURS, SPENT, TEXTS
from services.banking.readers.grid import FINEST, Row, amount_of, decimal_mark, is_day

_FIRST_ROWS = 30
_PLAINEST = 3  # a day, an amount and a text
_IN_NAME = re.compile(
    r"(.*?) (?:en |in )?(aud|nzd|usd|eur|euros?|gbp|chf|cad|sgd|hkd|jpy|sek|nok|dkk|pln|czk|huf|ron|brl|zar)"
)
_AMOUNT = re.compile(r"(?:amount|montant|importe|betrag|bedrag|importo) ?\d?")
_MONTH_FIRST = re.compile(r"\d{1,2}[-/.](?:1[3-9]|2\d|3[01])[-/.]\d{2,4}\b")


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
    letters = unicodedata.normalize("NFKD", text.casefold())
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
    said = {match[1]: match[2] for match in found if match}
    inside = {code[:3].upper() for name, code in said.items() if name in NAMES["amount"] + NAMES["debit"]}
    guessed = next((currency for told, currency in CURRENCIES if told <= set(bare)), NO_CURRENCY)
    return Columns(
        at,
        [place for place, name in enumerate(bare) if name in TEXTS and place not in at.values()],
        len(names),
        inside.pop() if len(inside) == 1 else guessed,
        _month_first(set(bare), guessed),
        names,
        [place for place, name in enumerate(bare) if name in KINDS],
        any(told <= set(bare) for told in SPENT),
    )


def _month_first(names: set[str], guessed: str) -> bool | None:
    """What the dialect does; None where it does either, as PayPal, which writes days as the reader's country does."""
    if names & {"check or slip", "post date", "clearing date"}:
        return True
    if "gross" in names or (guessed == NO_CURRENCY and not names & {"transferwise id", "fecha", "datum", "data"}):
        return None
    return False


def unnamed(rows: Sequence[Row]) -> Columns | None:
    """The columns of a table without names: a day first, then an amount, perhaps a balance last, the rest is text."""
    body = [row for row in rows if is_day(row.cells[0])]
    if not body:
        return None
    width = max(len(row.cells) for row in body)
    body = [row for row in body if len(row.cells) == width]
    numeric = [place for place in range(1, width) if _is_numeric([row.cells[place] for row in body])]
    if not numeric or len(numeric) > 2:  # noqa: PLR2004 - an amount and a balance
        return None
    partly = [
        place
        for place in range(1, width)
        if place not in numeric and (some := _filled(body, place)) and _is_numeric(some)
    ]
    balances = numeric if partly else numeric[1:]
    if not partly and (sides := _one_side(body, numeric)):
        partly = sides
    at = {"day": 0} | (_two_sided(body, partly, balances) if partly else {"amount": numeric[0]})
    if len(at) == 1:
        return None  # a column of debits and one of credits, without names: which is which cannot be told
    if balances:
        at["balance"] = balances[0]
    texts = [place for place in range(1, width) if place not in {*numeric, *partly}]
    if "balance" not in at and "amount" in at and _tells_no_way(body, at["amount"], width):
        return None
    european = decimal_mark(row.cells[numeric[0]] for row in body) == ","
    american = not european and any(_MONTH_FIRST.match(row.cells[0]) for row in body)
    currency = NO_CURRENCY if american else "EUR" if european else "AUD"
    return Columns(at, texts, width, currency, month_first=american, kinds=texts)


def _two_sided(rows: Sequence[Row], sides: Sequence[int], balances: Sequence[int]) -> dict[str, int]:
    """Which of two columns holds debits and which credits, where the balance after every row proves it; else nothing.

    Each row has one of the two; rows come oldest or newest first.
    """
    if len(sides) != 2 or len(balances) != 1 or any(bool(r.cells[sides[0]]) == bool(r.cells[sides[1]]) for r in rows):  # noqa: PLR2004 - one of two
        return {}
    mark = decimal_mark(row.cells[place] for row in rows for place in (*sides, *balances))
    first, second, balance = (
        [amount_of(row.cells[place], FINEST, row.number, mark=mark).micros if row.cells[place] else 0 for row in rows]
        for place in (*sides, *balances)
    )
    ways = []
    for debit, credit in ((first, second), (second, first)):
        moved = [into - out for into, out in zip(credit, debit, strict=True)]
        steps = list(zip(balance, balance[1:], moved, moved[1:], strict=False))
        oldest_first = all(after - before == step for before, after, _, step in steps)
        ways.append(oldest_first or all(before - after == step for before, after, step, _ in steps))
    if ways[0] is ways[1]:
        return {}
    debit_at, credit_at = sides if ways[0] else reversed(sides)
    return {"debit": debit_at, "credit": credit_at, "balance": balances[0]}


def _one_side(rows: Sequence[Row], numeric: Sequence[int]) -> list[int]:
    """The column of amounts and an empty one beside it, where no amount has a sign: the other way's amounts."""
    place = numeric[0]
    if len(numeric) == 1 or any(row.cells[place][:1] in {"+", "-"} for row in rows):
        return []
    empty = [each for each in (place - 1, place + 1) if each and each not in numeric and not _filled(rows, each)]
    return sorted([place, *empty]) if len(empty) == 1 else []


def _tells_no_way(rows: Sequence[Row], place: int, width: int) -> bool:
    """Whether no amount has a sign and another column than a day and a text may say which way the money went."""
    return width > _PLAINEST and not any(row.cells[place][:1] in {"+", "-"} for row in rows)


def _filled(rows: Sequence[Row], place: int) -> list[str]:
    return [row.cells[place] for row in rows if row.cells[place]]


def _is_numeric(cells: list[str]) -> bool:
    if not all(re.fullmatch(r"[+-]?[$€]?[\d.,' \u00a0\u202f]*\d(?: ?€)?", cell) for cell in cells):
        return False
    if all(is_day(cell) for cell in cells):
        return False
    return any("." in cell or "," in cell for cell in cells)  # an account's number has no decimals
