"""Which column of a table without names says what: by its content, proved by balances where that leaves a choice."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence

from services.banking.model import NO_CURRENCY
from services.banking.readers.columns import Columns
from services.banking.readers.dialects import CODES
from services.banking.readers.grid import FINEST, Row, amount_of, decimal_mark, is_day

_DEEPEST = 4  # columns before the day
_THREE = 3  # the balance before, the balance after and the amount
_MONTH_FIRST = re.compile(r"\d{1,2}[-/.](?:1[3-9]|2\d|3[01])[-/.]\d{2,4}\b")
_ACCOUNT = re.compile(r"(?:[A-Z]{2}\d{2})?[A-Z0-9]{2,30}\d{4}")


def unnamed(rows: Sequence[Row]) -> Columns | None:
    """The columns of a table without names: an account perhaps, a day, an amount, perhaps a balance, the rest is text.

    None where they cannot be told.
    """
    day = _day_place(rows)
    body = [row for row in rows if day is not None and len(row.cells) > day and is_day(row.cells[day])]
    if day is None or not body:
        return None
    width = max(len(row.cells) for row in body)
    body = [row for row in body if len(row.cells) == width]
    at = {"day": day} | _known(body, day, width)
    free = [place for place in range(width) if place not in at.values()]
    numeric = [place for place in free if _is_numeric([row.cells[place] for row in body])]
    money, sides = _money(body, [place for place in free if place not in numeric], numeric)
    if not money:
        return None
    at |= money
    texts = [place for place in free if place not in {*numeric, *sides}]
    if "balance" not in at and "amount" in at and _tells_no_way(body, at["amount"], texts):
        return None
    european = decimal_mark(row.cells[numeric[0]] for row in body) == ","
    american = not european and any(_MONTH_FIRST.match(row.cells[day]) for row in body)
    currency = NO_CURRENCY if american else "EUR" if european else "AUD"
    return Columns(at, texts, width, currency, month_first=american, kinds=texts)


def _day_place(rows: Sequence[Row]) -> int | None:
    """Where the day stands: first, below rows that are none; else behind what stands in every row."""
    if any(is_day(row.cells[0]) for row in rows):
        return 0
    places = range(1, min(_DEEPEST, *(len(row.cells) for row in rows), _DEEPEST))
    return next((place for place in places if all(is_day(row.cells[place]) for row in rows)), None)


def _known(rows: Sequence[Row], day: int, width: int) -> dict[str, int]:
    """What needs no choice: our account before the day, a day of value after it, a currency in every row."""
    found: dict[str, int] = {}
    for place in range(width):
        values = {row.cells[place] for row in rows}
        first = rows[0].cells[place]
        if place < day and len(values) == 1 and _ACCOUNT.fullmatch(first.replace(" ", "")):
            found.setdefault("account", place)
        elif place > day and all(map(is_day, values)):
            found.setdefault("value", place)
        elif values <= CODES and len(values) == 1:
            found.setdefault("currency", place)
    return found


def _money(rows: Sequence[Row], others: Sequence[int], numeric: Sequence[int]) -> tuple[dict[str, int], Sequence[int]]:
    """The columns of money, and those that are debits and credits; nothing where there is a choice left."""
    if not numeric or len(numeric) > _THREE:
        return {}, []
    if len(numeric) == _THREE:
        return (_between(rows, numeric), [])
    partly = [place for place in others if (some := _filled(rows, place)) and _is_numeric(some)]
    balances = numeric if partly else numeric[1:]
    sides = partly or _one_side(rows, numeric)
    if sides:
        return _two_sided(rows, sides, balances), sides
    return ({"amount": numeric[0]} if len(numeric) == 1 else _pair(rows, numeric)), []


def _pair(rows: Sequence[Row], numeric: Sequence[int]) -> dict[str, int]:
    """The amount and the balance after it, or before it (ASN), as the rows prove; else the amount comes first.

    Nothing where only the second has signs and no row proves which is which.
    """
    mark = decimal_mark(row.cells[place] for row in rows for place in numeric)
    columns = [[amount_of(row.cells[place], FINEST, row.number, mark=mark).micros for row in rows] for place in numeric]
    for (amount, moved), (balance, held) in itertools.permutations(zip(numeric, columns, strict=True)):
        for role, way in itertools.product(("balance", "before"), (1, -1)):
            steps = moved[::way][1:] if role == "balance" else moved[::way]
            led = zip(held[::way], held[::way][1:], steps, strict=False)
            proves = role == "balance" or min(moved) < 0  # without signs the days before are the days after
            if proves and len(rows) > 1 and all(first + step == second for first, second, step in led):
                return {"amount": amount, role: balance}
    codes = [place for place in range(len(rows[0].cells)) if CODES.issuperset(row.cells[place] for row in rows)]
    if len(rows) == 1 and len(codes) > 1:
        return {}  # each of the two has its currency, and nothing tells which of them is the balance
    signed = [any(row.cells[place][:1] in {"+", "-"} for row in rows) for place in numeric]
    return {} if signed == [False, True] else {"amount": numeric[0], "balance": numeric[1]}


def _between(rows: Sequence[Row], numeric: Sequence[int]) -> dict[str, int]:
    """The balance before, the one after and the amount, where the three add up in every row (ABN AMRO)."""
    mark = decimal_mark(row.cells[place] for row in rows for place in numeric)
    before, after, amount = (
        [amount_of(row.cells[place], FINEST, row.number, mark=mark).micros for row in rows] for place in numeric
    )
    adds_up = all(first + moved == last for first, moved, last in zip(before, amount, after, strict=True))
    return {"amount": numeric[2], "balance": numeric[1]} if adds_up else {}


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


def _tells_no_way(rows: Sequence[Row], place: int, texts: Sequence[int]) -> bool:
    """Whether no amount has a sign and another column than a text may say which way the money went."""
    return len(texts) > 1 and not any(row.cells[place][:1] in {"+", "-"} for row in rows)


def _filled(rows: Sequence[Row], place: int) -> list[str]:
    return [row.cells[place] for row in rows if row.cells[place]]


def _is_numeric(cells: list[str]) -> bool:
    if not all(re.fullmatch(r"[+-]?[$€]?[\d.,' \u00a0\u202f]*\d(?: ?€)?", cell) for cell in cells):
        return False
    if all(is_day(cell) for cell in cells):
        return False
    return any("." in cell or "," in cell for cell in cells)  # an account's number has no decimals
