"""Excel workbooks (XLSX): the one sheet with values, as the rows of a table; limits on size, rows and columns."""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import openpyxl

from services.banking.model import Statement, Unreadable
from services.banking.readers.archive import members
from services.banking.readers.columns import header_of
from services.banking.readers.grid import Row
from services.banking.readers.table import statements_of

MOST_ROWS = 10_000
MOST_COLUMNS = 60
MOST_PARTS = 400
_FIRST_DAY = date(1899, 12, 30)  # day 0 as Excel counts since March 1900
_SERIAL = re.compile(r"[34]\d{4}(?:\.\d+)?|5[0-4]\d{3}(?:\.\d+)?")  # 1982 to 2050


def read(content: bytes) -> tuple[Statement, ...]:
    """The statements of the workbook's one sheet; raises `Unreadable`. Formulas count as what they showed last."""
    return statements_of(rows_of(content))


def rows_of(content: bytes) -> list[Row]:
    """The rows of the workbook's one sheet; raises `Unreadable`."""
    for _, part in members(content, most=MOST_PARTS):
        if b"<!DOCTYPE" in part.replace(b"\0", b"").upper():
            raise Unreadable("The workbook declares a document type, which none does; it was not opened.")
    sheets = [rows for rows in _sheets(content) if rows]
    if not sheets:
        raise Unreadable("The workbook is empty; download it from the bank again.")
    if len(sheets) > 1:
        raise Unreadable("The workbook has values on more than one sheet; keep one sheet a file.")
    return _with_days(sheets[0])


def _with_days(rows: list[Row]) -> list[Row]:
    """Days that a sheet holds as bare numbers (days since 1900, unformatted) written out, in the columns of days."""
    found = header_of(rows)
    if not found:
        return rows
    place, columns = found
    for role in ("day", "value", "started", "processed"):
        at = columns.at.get(role)
        filled = [row.cells[at] for row in rows[place + 1 :] if at is not None and row.cells[at]]
        if at is not None and filled and all(map(_SERIAL.fullmatch, filled)):
            rows = [*rows[: place + 1], *(_with_day(row, at) for row in rows[place + 1 :])]
    return rows


def _with_day(row: Row, at: int) -> Row:
    if not row.cells[at]:
        return row
    day = (_FIRST_DAY + timedelta(days=int(row.cells[at].split(".")[0]))).isoformat()
    return Row(row.number, (*row.cells[:at], day, *row.cells[at + 1 :]))


def _sheets(content: bytes) -> list[list[Row]]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # styles a bank left out are nothing to anybody
            book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
            try:
                return [list(_rows(sheet)) for sheet in book.worksheets]
            finally:
                book.close()
    except Unreadable:
        raise
    except Exception as error:  # whatever the library meets in a damaged workbook, it is unreadable
        raise Unreadable("The workbook is damaged; open it in Excel, save it again, or export CSV.") from error


def _rows(sheet: Any) -> Iterator[Row]:
    if hasattr(sheet, "reset_dimensions"):
        sheet.reset_dimensions()  # the size a file claims is not to be believed
    widest = 0
    kept: list[Row] = []
    for number, cells in enumerate(sheet.iter_rows(max_col=MOST_COLUMNS, values_only=True), start=1):
        if number > MOST_ROWS:
            raise Unreadable(f"The sheet has more than {MOST_ROWS:,} rows; choose a shorter period.", number)
        words = [_words(cell) for cell in cells]
        while words and not words[-1]:
            words.pop()
        if words:
            widest = max(widest, len(words))
            kept.append(Row(number, tuple(words)))
    for row in kept:  # a sheet ends a row at its last value: every row is made as wide as the widest
        yield Row(row.number, (*row.cells, *[""] * (widest - len(row.cells))))


def _words(value: object) -> str:
    """A cell as a person reads it: numbers to the 15 digits Excel keeps, days as ISO."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        return format(round(value, 9), ".15g")
    return " ".join(str(value).split())
