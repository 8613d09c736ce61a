"""A table that leaves the dashboard and proves itself: its filters, moment, rows and control totals stand inside."""

from __future__ import annotations

import csv as csv_writer
import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

import xlsxwriter

from services.errors import BrokenInvariant
from services.money import MICROS, Money, digits
from services.papers.table import Column as PaperColumn
from services.papers.table import table_pdf
from services.pictures import Picture

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
MAKER = "Ledgerdesk"


class ColumnKind(StrEnum):
    """What a column holds, which says how it is aligned and typed in every format."""

    TEXT = "text"
    DAY = "day"
    COUNT = "count"
    MONEY = "money"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of an export. `places` are the decimals of money: the currency's own unless a price needs four."""

    name: str
    kind: ColumnKind = ColumnKind.TEXT
    places: int | None = None
    totalled: bool = True


@dataclass(frozen=True, slots=True)
class ExportTable:
    """What is exported: cells are text, int, `date`, `Money` or None for blank.

    `facts` are printed with it: filters, as-of moment, who. Control totals by currency are added by `totals_of`, and
    `totals` adds more, such as an opening balance.
    """

    title: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Any]]
    facts: Sequence[tuple[str, str]] = ()
    totals: Sequence[tuple[str, Money]] = field(default=())

    def __post_init__(self) -> None:
        """Refuse a row that does not fit the columns."""
        if any(len(row) != len(self.columns) for row in self.rows):
            raise BrokenInvariant(f"a row of “{self.title}” does not fit its columns")


def facts_of(*, by: str, at: datetime, **filters: object) -> list[tuple[str, str]]:
    """The facts every export carries: who, the moment (with its zone), and each filter that is set."""
    chosen = [
        (name.replace("_", " ").capitalize(), str(value)) for name, value in filters.items() if value not in {None, ""}
    ]
    return [("Exported by", by), ("As of", at.strftime("%Y-%m-%d %H:%M %Z")), *chosen]


def totals_of(table: ExportTable) -> list[tuple[str, Money]]:
    """The control total of every money column by currency, before the table's own totals."""
    sums: dict[tuple[str, str], int] = {}
    for place, column in enumerate(table.columns):
        if column.kind is not ColumnKind.MONEY or not column.totalled:
            continue
        for row in table.rows:
            if isinstance(cell := row[place], Money):
                sums[column.name, cell.currency] = sums.get((column.name, cell.currency), 0) + cell.micros
    own = [(name if name == "Total" else f"Total {name}", Money(micros, code)) for (name, code), micros in sums.items()]
    return [*own, *table.totals]


def csv(table: ExportTable) -> bytes:
    """UTF-8 with a signature, so that a spreadsheet reads accents; amounts are plain decimals, never formulas."""
    out = io.StringIO()
    write = csv_writer.writer(out)
    write.writerow([column.name for column in table.columns])
    for row in table.rows:
        write.writerow([_csv_cell(cell, column) for cell, column in zip(row, table.columns, strict=True)])
    write.writerow([])
    write.writerow([table.title])
    write.writerows([[harmless(name), harmless(value)] for name, value in table.facts])
    write.writerow(["Rows", len(table.rows)])
    write.writerows(
        [[harmless(name), decimal_text(amount, None), amount.currency] for name, amount in totals_of(table)]
    )
    return out.getvalue().encode("utf-8-sig")


def harmless(text: str) -> str:
    """Text that no spreadsheet takes for a formula (ASVS 5.0, 1.2.10)."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def _csv_cell(cell: Any, column: Column) -> Any:
    if cell is None:
        return ""
    if isinstance(cell, Money):
        return decimal_text(cell, column.places)
    if isinstance(cell, date):
        return cell.isoformat()
    return cell if isinstance(cell, int) else harmless(str(cell))


def decimal_text(amount: Money, places: int | None) -> str:
    """The amount as a plain decimal with at least `places` decimals, and more where rounding would lose some."""
    value = (Decimal(amount.micros) / MICROS).normalize()
    least = digits(amount.currency) if places is None else places
    exponent = value.as_tuple().exponent
    needed = -exponent if isinstance(exponent, int) and exponent < 0 else 0
    return f"{value:.{max(least, needed)}f}"


def xlsx(table: ExportTable) -> bytes:
    """A workbook with real numbers and dates, the table first, the proof under it; text is never a formula."""
    out = io.BytesIO()
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}
    with xlsxwriter.Workbook(out, options) as book:
        book.set_properties({"title": table.title, "author": MAKER, "created": datetime(2000, 1, 1)})  # noqa: DTZ001 - a constant: the same table gives the same bytes
        sheet = book.add_worksheet("Table")
        bold = book.add_format({"bold": True, "bottom": 1})
        styles = {
            column.name: book.add_format({"num_format": _number_format(column, table)}) for column in table.columns
        }
        for place, column in enumerate(table.columns):
            sheet.write_string(0, place, column.name, bold)
            sheet.set_column(place, place, _width(table, place))
        for line, row in enumerate(table.rows, start=1):
            for place, (cell, column) in enumerate(zip(row, table.columns, strict=True)):
                _write_cell(sheet, line, place, cell, styles[column.name])
        sheet.freeze_panes(1, 0)
        if table.rows:
            sheet.autofilter(0, 0, len(table.rows), len(table.columns) - 1)
        _write_proof(sheet, len(table.rows) + 2, table, bold, book.add_format({"num_format": "#,##0.00####"}))
    return out.getvalue()


def _write_cell(sheet: Any, line: int, place: int, cell: Any, style: Any) -> None:
    if cell is None:
        sheet.write_blank(line, place, None, style)
    elif isinstance(cell, Money):
        sheet.write_number(line, place, float(cell.amount), style)  # a workbook knows no other number
    elif isinstance(cell, date):
        sheet.write_datetime(line, place, cell, style)
    elif isinstance(cell, int):
        sheet.write_number(line, place, cell, style)
    else:
        sheet.write_string(line, place, str(cell), style)


def _write_proof(sheet: Any, line: int, table: ExportTable, bold: Any, amounts: Any) -> None:
    sheet.write_string(line, 0, table.title, bold)
    for name, value in [*table.facts, ("Rows", str(len(table.rows)))]:
        line += 1
        sheet.write_string(line, 0, name)
        sheet.write_string(line, 1, value)
    for name, amount in totals_of(table):
        line += 1
        sheet.write_string(line, 0, name)
        sheet.write_number(line, 1, float(amount.amount), amounts)
        sheet.write_string(line, 2, amount.currency)


def _number_format(column: Column, table: ExportTable) -> str:
    if column.kind is ColumnKind.DAY:
        return "yyyy-mm-dd"
    if column.kind is ColumnKind.COUNT:
        return "#,##0"
    if column.kind is ColumnKind.TEXT:
        return "@"
    place = list(table.columns).index(column)
    found = [digits(row[place].currency) for row in table.rows if isinstance(row[place], Money)]
    places = column.places if column.places is not None else max(found, default=2)
    plain = f"#,##0.{'0' * places}" if places else "#,##0"
    return f"{plain}_);({plain})"


def _width(table: ExportTable, place: int) -> int:
    longest = max((len(_shown(row[place])) for row in table.rows[:500]), default=0)
    return min(60, max(longest, len(table.columns[place].name)) + 2)


def _shown(cell: Any) -> str:
    if cell is None:
        return ""
    return cell.plain(grouped=True) if isinstance(cell, Money) else str(cell)


def pdf(table: ExportTable, *, author: str = MAKER, logo: Picture | None = None) -> bytes:
    """Pages with repeated headings, the facts and the author's logo at the head, the totals at the end.

    The same table gives the same bytes.
    """
    columns = [
        PaperColumn(column.name, column.kind in {ColumnKind.MONEY, ColumnKind.COUNT}, column.kind is ColumnKind.DAY)
        for column in table.columns
    ]
    rows = [[_printed(cell, column) for cell, column in zip(row, table.columns, strict=True)] for row in table.rows]
    # the sums stand in bold under the table, so only the table's own totals are facts
    facts = [*table.facts, ("Rows", str(len(table.rows))), *((name, amount.text()) for name, amount in table.totals)]
    return table_pdf(table.title, columns, rows, facts, _total_rows(table), author=author, logo=logo)


def _total_rows(table: ExportTable) -> list[list[str]]:
    """One bold row a currency under the table, each sum under its column."""
    found: dict[str, list[str]] = {}
    for place, column in enumerate(table.columns):
        sums: dict[str, int] = {}
        for row in table.rows if column.kind is ColumnKind.MONEY and column.totalled else []:
            if isinstance(cell := row[place], Money):
                sums[cell.currency] = sums.get(cell.currency, 0) + cell.micros
        for currency, micros in sums.items():
            line = found.setdefault(currency, [f"Total {currency}", *[""] * (len(table.columns) - 1)])
            line[place] = _printed(Money(micros, currency), column)
    return [found[currency] for currency in sorted(found)]


def _printed(cell: Any, column: Column) -> str:
    if isinstance(cell, Money) and column.places is not None:
        value = Decimal(cell.micros) / MICROS
        return f"{value:,.{column.places}f}"
    if isinstance(cell, Money) and cell.micros < 0:
        return f"({(-cell).plain(grouped=True)})"
    return f"{cell:%d %b %Y}" if isinstance(cell, date) else _shown(cell)
