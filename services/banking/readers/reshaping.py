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
