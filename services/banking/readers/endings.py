"""The end of a table's file: a last row without a line's end may be cut off inside what decides about its money."""

from __future__ import annotations

import re
from collections.abc import Sequence

from services.banking.model import Unreadable
from services.banking.readers.columns import Columns
from services.banking.readers.grid import CUT, Row
from services.errors import Refused
from services.money import digits

_MONEY = ("amount", "debit", "credit", "same debit", "same credit", "fee", "balance")
_USUAL = 2  # decimals


def refuse_cut(rows: Sequence[Row], columns: Columns) -> None:
    """Refuse a file that ends without a line's end where its last row may go on.

    That is inside an amount with fewer decimals than every other of the file; before the column that says of every
    other row whether it is booked or what the balance is; after a single row of a table without names that does not
    begin with the day or has no balance. Raises `Unreadable` with the row.
    """
    last = rows[-1]
    if last.ended:
        return
    before, place = rows[:-1], len(last.cells) - 1
    money = [columns.at[role] for role in _MONEY if role in columns.at]
    if place in money and CUT.fullmatch(last.cells[place]) and not _is_without_coins(last):
        others = [row.cells[each] for row in before for each in money if each < len(row.cells)]
        if not any(map(CUT.fullmatch, others)):
            raise Unreadable("The file ends inside an amount: it is cut off; download it again.", last.number)
    sides = {columns.at.get("debit"), columns.at.get("credit")}
    moved = "".join(cell for at, cell in enumerate(last.cells) if at in sides)
    if place in sides and not re.search("[1-9]", moved):
        raise Unreadable(
            "The file ends before the amount of its last row: it is cut off; download it again.", last.number
        )
    for role in ("status", "remark", "balance"):
        at = columns.at.get(role)
        if at is None or any(last.cells[at : at + 1]):
            continue
        said = [row.cells[at] for row in before if len(row.cells) == columns.width]
        said = said[1:] if role == "balance" and columns.names else said  # the first is its name
        if all(said) and (said or role == "balance"):
            reason = "The file ends before the last columns of its last row: it is cut off; download it again."
            raise Unreadable(reason, last.number)
    if not columns.names and len(rows) == 1 and ("balance" not in columns.at or columns.at["day"]):
        reason = "The file is one row without an end, and nothing in it tells that it is whole; download it again."
        raise Unreadable(reason, last.number)


def _is_without_coins(row: Row) -> bool:
    return any(len(cell) == len("JPY") and _digits(cell) != _USUAL for cell in row.cells)


def _digits(code: str) -> int:
    try:
        return digits(code)
    except Refused:
        return _USUAL
