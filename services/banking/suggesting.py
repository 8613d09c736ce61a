"""Which columns of an unknown table probably say what: only what a form shows at first, never what is imported."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from services.banking.mapping import body_of, names_of, width_of
from services.banking.model import Unreadable
from services.banking.readers.columns import header_of, plain_name
from services.banking.readers.grid import Row, is_day, marks_of

_SAMPLE = 50
_HINTS = {
    "balance": ("balance", "saldo", "solde"),
    "debit": ("debit", "out", "withdraw", "soll", "paid out"),
    "credit": ("credit", "in", "deposit", "haben", "paid in"),
    "reference": ("reference", "ref", "id", "number", "transaction"),
    "currency": ("currency", "ccy", "waehrung", "devise"),
    "party": ("payee", "payer", "name", "counterparty", "party", "from to"),
}
_ROLES = frozenset({"day", "amount", *_HINTS})


def suggested(rows: Sequence[Row], *, header: bool) -> dict[str, int]:
    """A column for each role where one stands out: the first of days, amounts by their names, and text."""
    body = body_of(rows, header=header)[:_SAMPLE]
    names = [plain_name(name) for name in names_of(rows, header=header)]
    width = width_of(rows)
    cells = [[row.cells[place] for row in body if place < len(row.cells)] for place in range(width)]
    found: dict[str, int] = _known(rows)
    if (
        "day" not in found
        and (day := next((place for place in range(width) if _all(cells[place], is_day)), None)) is not None
    ):
        found["day"] = day
    amounts = [p for p in range(width) if p != found.get("day") and _all(cells[p], _is_amount)]
    for role in ("balance", "debit", "credit"):
        if role not in found and (place := _named(names, role, amounts, found)) is not None:
            found[role] = place
    if not {"debit", "credit"} <= found.keys():
        found = {role: place for role, place in found.items() if role not in {"debit", "credit"}}
        left = [place for place in amounts if place not in found.values()]
        if left:
            found.setdefault("amount", left[0])
    others = [place for place in range(width) if place not in amounts]
    for role in ("currency", "reference", "party"):
        if role not in found and (place := _named(names, role, others, found)) is not None:
            found[role] = place
    texts = [place for place in others if place not in found.values() and any(cells[place])]
    if texts:
        found["text"] = max(texts, key=lambda place: sum(map(len, cells[place])))
    return found


def _known(rows: Sequence[Row]) -> dict[str, int]:
    """The columns a reader knows by their names, where it knows the table and only its days are unclear."""
    try:
        named = header_of(rows)
    except Unreadable:
        return {}
    return {role: place for role, place in named[1].at.items() if role in _ROLES} if named else {}


def _named(names: Sequence[str], role: str, places: Sequence[int], taken: dict[str, int]) -> int | None:
    free = [place for place in places if place not in taken.values()]
    return next((place for place in free if set(names[place].split()) & set(_HINTS[role])), None)


def _all(values: Sequence[str], fits: Callable[[str], bool]) -> bool:
    filled = [value for value in values if value]
    return bool(filled) and all(fits(value) for value in filled)


def _is_amount(text: str) -> bool:
    return bool(marks_of(text)) and not is_day(text)
