"""Which column of a bank's table says what: by the names banks give them, or by their content where none are named."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field

from services.banking.model import NO_CURRENCY, Unreadable
from services.banking.readers.grid import Row, decimal_mark, is_day

_FIRST_ROWS = 30
# The first name of a role that a file has wins.
_NAMES: dict[str, tuple[str, ...]] = {
    "day": (
        "posting date", "post date", "booking date", "date", "transaction date", "date operation",
        "date de l operation", "date d operation", "date comptable", "fecha", "fecha operacion", "f operacion",
        "fecha de operacion", "date of transaction", "processed date",
    ),
    "value": ("value date", "date valeur", "date de valeur", "fecha valor", "f valor", "effective date"),
    "amount": ("net", "amount", "transaction amount", "montant", "montant de l operation", "importe"),
    "debit": ("debit", "debit amount", "debits", "withdrawal", "withdrawals", "money out", "cargo", "cargos", "debe"),
    "credit": ("credit", "credit amount", "credits", "deposit", "deposits", "money in", "abono", "abonos", "haber"),
    "balance": ("balance", "running balance", "account balance", "solde", "saldo"),
    "account": ("account number", "bank account", "account", "numero de compte", "compte", "cuenta"),
    "branch": ("bsb number", "bsb"),
    "currency": ("currency", "ccy", "devise", "divisa", "moneda"),
    "party": ("payer name", "name", "other party", "other party name", "counterparty", "payee", "nom", "beneficiario"),
    "reference": ("transferwise id", "transaction id", "bank reference"),
    "processed": ("processed on",),
    "status": ("status", "state", "statut", "estado"),
    "impact": ("balance impact",),
}  # fmt: skip
_TEXTS = frozenset(
    """description|narrative|narration|transaction details|details|particulars|code|reference|payment reference|memo|
    original description|libelle|libelle operation|libelle de l operation|concepto|observaciones|movimiento|subject|
    note|notes|serial|cheque|cheque number|transaction type|type""".replace("\n    ", "").split("|")
)
_CURRENCIES = (
    ("conversioncharge", "NZD"), ("bsb number", "AUD"), ("bsb", "AUD"), ("narrative", "AUD"), ("processed on", "AUD"),
    ("merchant name", "AUD"), ("original description", "AUD"), ("check or slip", "USD"), ("post date", "USD"),
    ("date valeur", "EUR"), ("montant", "EUR"), ("libelle", "EUR"), ("importe", "EUR"), ("concepto", "EUR"),
)  # fmt: skip
_IN_NAME = re.compile(r"(.*?) (?:en )?(aud|nzd|usd|eur|euros?|gbp)")


@dataclass(slots=True)
class Columns:
    """Where each role stands, which columns are text, the currency the dialect is of, how it writes days."""

    at: dict[str, int]
    texts: list[int]
    width: int
    currency: str = NO_CURRENCY
    month_first: bool | None = False
    names: list[str] = field(default_factory=list)


def plain_name(text: str) -> str:
    """A column's name in small letters without accents, brackets and signs."""
    letters = unicodedata.normalize("NFKD", text.casefold())
    return " ".join(re.sub(r"[^a-z0-9]+", " ", "".join(c for c in letters if not unicodedata.combining(c))).split())


def header_of(rows: Sequence[Row]) -> tuple[int, Columns] | None:
    """The place of the row of names among the first 30, and what they say; None where no row is one."""
    for place, row in enumerate(rows[:_FIRST_ROWS]):
        names = [plain_name(cell) for cell in row.cells]
        columns = _named(names)
        if "day" in columns.at and ("amount" in columns.at or {"debit", "credit"} <= set(columns.at)):
            if "amount" in columns.at and {"debit", "credit"} & set(columns.at):
                raise Unreadable("The table has both an amount column and a debit or credit column.", row.number)
            return place, columns
    return None


def _named(names: list[str]) -> Columns:
    found = [_IN_NAME.fullmatch(name) for name in names]
    bare = [match[1] if match else name for match, name in zip(found, names, strict=True)]
    at = {
        role: bare.index(name)
        for role, known in _NAMES.items()
        if (name := next((each for each in known if each in bare), None)) is not None
    }
    inside = {match[2][:3].upper() for match in found if match and match[1] in _NAMES["amount"] + _NAMES["debit"]}
    guessed = next((currency for name, currency in _CURRENCIES if name in bare), NO_CURRENCY)
    american = "check or slip" in bare or "post date" in bare
    either = "net" in bare and "gross" in bare  # PayPal writes days as the reader's country does
    return Columns(
        at,
        [place for place, name in enumerate(bare) if name in _TEXTS and place not in at.values()],
        len(names),
        inside.pop() if len(inside) == 1 else guessed,
        True if american else None if either or (guessed == NO_CURRENCY and "transferwise id" not in bare) else False,
        names,
    )


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
    at = {"day": 0, "amount": numeric[0]}
    if len(numeric) > 1:
        at["balance"] = numeric[1]
    texts = [place for place in range(1, width) if place not in numeric]
    european = decimal_mark([row.cells[numeric[0]] for row in body]) == ","
    return Columns(at, texts, width, "EUR" if european else "AUD", month_first=False)


def _is_numeric(cells: list[str]) -> bool:
    if not all(re.fullmatch(r"[+-]?[$€]?[\d.,' \u00a0\u202f]*\d(?: ?€)?", cell) for cell in cells):
        return False
    return any("." in cell or "," in cell for cell in cells)  # an account's number has no decimals
