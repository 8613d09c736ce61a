"""Tables that say the same in a shape of their own, put into the usual one before their rows are read."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from services.banking.model import NO_CURRENCY, Unreadable
from services.banking.readers.amounts import currency_of
from services.banking.readers.columns import Columns, plain_name
from services.banking.readers.dialects import CODES, NAMES
from services.banking.readers.grid import CUT, Row

_FIRST_ROWS = 30
_WITH_CODE = re.compile(r"(?:([A-Z]{3}) ?)?([-+(]?[\d][\d.,' \u00a0\u202f]*\)?)(?: ?([A-Z]{3}))?")
_MONEY = ("amount", "debit", "credit", "same debit", "same credit", "fee", "balance")


def by_currency(rows: Sequence[Row]) -> Sequence[Row]:
    """A table with a column of amounts for each currency (RBC: CAD$ and USD$), as one of amounts and currencies."""
    for place, row in enumerate(rows[:_FIRST_ROWS]):
        names = [plain_name(cell) for cell in row.cells]
        purses = [at for at, name in enumerate(names) if name.upper() in CODES]
        if len({names[at] for at in purses}) > 1 and not {*names}.isdisjoint(NAMES["day"]):
            head = replace(row, cells=(*row.cells, "Amount", "Currency"))
            return [*rows[:place], head, *(_purse(each, purses, row) for each in rows[place + 1 :])]
    return rows


def _purse(row: Row, purses: Sequence[int], head: Row) -> Row:
    """The row with what its one purse holds behind it."""
    filled = [at for at in purses if at < len(row.cells) and row.cells[at]]
    if len(filled) != 1:
        raise Unreadable(f"The row has {len(filled)} amounts where one of the currencies should have one.", row.number)
    if not row.ended and CUT.fullmatch(row.cells[-1]):
        raise Unreadable("The file ends inside an amount: it is cut off; download it again.", row.number)
    width = len(head.cells)
    cells = (*row.cells[:width], *[""] * (width - len(row.cells)))
    return replace(row, cells=(*cells, row.cells[filled[0]], plain_name(head.cells[filled[0]]).upper()))


def own_account(rows: Sequence[Row], columns: Columns) -> Columns:
    """The same columns, without an account that is not in every row: it is the other party's.

    One named only IBAN is ours where it stands before the day and is the same in every row.
    """
    place = columns.at.get("account")
    if place is None:
        ours = columns.names.index("iban") if "iban" in columns.names else columns.width
        same = ours < columns.at["day"] and len({row.cells[ours] for row in rows}) == 1
        return replace(columns, at=columns.at | {"account": ours}) if same else columns
    if all(any(map(str.isdigit, row.cells[place])) for row in rows):
        return columns
    return replace(columns, at={role: at for role, at in columns.at.items() if role != "account"} | {"other": place})


def plain_amounts(rows: list[Row], columns: Columns) -> tuple[list[Row], Columns]:
    """Rows and columns, the currency that every amount carries taken off it, and columns that say something else moved.

    A column of value days that holds currencies is one of currencies (Swedish: “Valuta”); an amount that some rows
    leave out is none where a debit or a credit stands in every row. Raises `Unreadable` for two currencies in a column.
    """
    at = dict(columns.at)
    if "currency" not in at and "value" in at and CODES.issuperset(row.cells[at["value"]] for row in rows):
        at["currency"] = at.pop("value")
    if {"same debit", "same credit"} <= at.keys() and not all(row.cells[at["amount"]] for row in rows):
        sides = [(row.cells[at["same debit"]], row.cells[at["same credit"]]) for row in rows]
        if all(bool(debit) != bool(credit) for debit, credit in sides):
            del at["amount"]
            at |= {"debit": at.pop("same debit"), "credit": at.pop("same credit")}
    money = [at[role] for role in _MONEY if role in at]
    filled = [row.cells[place] for row in rows for place in money if row.cells[place]]
    found = [_WITH_CODE.fullmatch(cell) for cell in filled]
    codes = {(each[1] or each[3]) if each else None for each in found}
    if len(codes) != 1 or (code := codes.pop()) not in CODES:
        return rows, replace(columns, at=at)
    bare = [_bare(row, money) for row in rows]
    known = columns.currency if "currency" in at or columns.currency != NO_CURRENCY else currency_of(code, None)
    return bare, replace(columns, at=at, currency=known)


def _bare(row: Row, money: Sequence[int]) -> Row:
    cells = list(row.cells)
    for place in money:
        if found := _WITH_CODE.fullmatch(cells[place]):
            cells[place] = found[2].strip()
    return replace(row, cells=tuple(cells))


def fitted(rows: Sequence[Row], columns: Columns, header: Row) -> list[Row]:
    """The rows as wide as the names; some banks leave an unnamed column out of every row, or add an empty one.

    A row may end early if what it leaves out says nothing: a value after the last that counts proves that whole. It
    may go on if its last column is a text behind all that counts. Raises `Unreadable` for any other width.
    """
    needed, missing = max(columns.at.values()) + 2, columns.names.index("") if "" in columns.names else None
    if missing is not None and rows and all(len(row.cells) == columns.width - 1 for row in rows):
        rows = [replace(row, cells=(*row.cells[:missing], "", *row.cells[missing:])) for row in rows]
    goes_on = columns.width - 1 in columns.texts and max(columns.at.values()) < min(columns.texts)
    return [_fitted(_joined(row, columns.width) if goes_on else row, columns.width, needed, header) for row in rows]


def _joined(row: Row, width: int) -> Row:
    """The row with what stands behind its last column in it: a text with separators."""
    if not any(row.cells[width:]):
        return row
    return replace(row, cells=(*row.cells[: width - 1], " ".join(filter(None, row.cells[width - 1 :]))))


def _fitted(row: Row, width: int, needed: int, header: Row) -> Row:
    if needed <= len(row.cells) < width:
        return replace(row, cells=(*row.cells, *[""] * (width - len(row.cells))))
    if row.cells[:width] == header.cells:
        raise Unreadable("The names of the columns come twice: the file holds more than one table.", row.number)
    if len(row.cells) < width or any(row.cells[width:]):
        raise Unreadable(f"The row has {len(row.cells)} values where {width} columns are named.", row.number)
    return row
