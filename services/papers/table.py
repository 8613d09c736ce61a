"""A list as a PDF: title, the facts it was made from, repeated headers, thousands of rows, totals at the end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from services.papers import fonts
from services.papers.archive import packed
from services.papers.letterhead import inside
from services.papers.page import ACCENT, BAND, INK, MARGIN, RULE, SOFT, Align, Sheet
from services.papers.wording import say
from services.pictures import Picture

_SIZES = (8.0, 7.0, 6.0, 5.0)
_PAD = 4.0
_LOGO = (120.0, 34.0)  # points at most
_INSIDE = 2 * _PAD - 0.01  # a hair less, or rounding breaks the very word a column was measured by
_PORTRAIT, _LANDSCAPE = 595.27, 841.89
_MEASURED = 40  # longest texts of a column that are measured; length is close enough to width to find them
_LONGEST_WORD = 150.0  # a longer one is broken
_LOW = 62.0  # what stays free at the foot of a page

Row = Sequence[str]


@dataclass(frozen=True, slots=True)
class Column:
    """A column's heading; numbers stand right, and like days they are never broken over lines."""

    title: str
    is_number: bool = False
    is_day: bool = False


@dataclass(frozen=True, slots=True)
class _Layout:
    columns: tuple[Column, ...]
    widths: tuple[float, ...]
    size: float

    @property
    def leading(self) -> float:
        """Points from one baseline to the next."""
        return self.size * 1.35


class UndrawableRow(fonts.Undrawable):
    """A row of a list has a character no embedded font can draw."""


def table_pdf(
    title: str,
    columns: Sequence[Column],
    rows: Sequence[Row],
    facts: Sequence[tuple[str, str]] = (),
    totals: Sequence[Row] = (),
    *,
    language: str = "en",
    author: str = "Ledgerdesk",
    logo: Picture | None = None,
) -> bytes:
    """Draw texts as they are given; the same input gives the same bytes.

    `facts` are labels and values under the title (filters, as-of time, row count, control total), `totals` rows set
    bold after the last, `logo` the author's at the head. The page lies on its side when the columns need it.

    Raises `UndrawableRow`.
    """
    _refuse_undrawable(rows)
    layout, landscape = _laid_out(columns, rows, totals)
    sheet = Sheet(title=title, author=author, subject=title, language=language, landscape=landscape)
    y = _title(sheet, title, facts, beside=_logo(sheet, logo, author, language))
    with sheet.tagged("Table"):
        y = _heading(sheet, layout, y)
        for number, row in enumerate(rows):
            y = _row(sheet, layout, row, y, shaded=number % 2 == 1)
        for row in totals:
            y = _row(sheet, layout, row, y, bold=True)
    if not rows:
        sheet.text(MARGIN + _PAD, y + layout.leading, say("no_rows", language), size=layout.size, color=SOFT)
    return packed(sheet.finish(lambda page, number, pages: _foot(page, title, language, number, pages)))


def _refuse_undrawable(rows: Sequence[Row]) -> None:
    # the union of all characters first: thousands of rows are plain, and then no cell is looked at
    signs: set[str] = set()
    for row in rows:
        signs.update(*row)
    every = "".join(sorted(signs))
    if not fonts.undrawable(every) and not fonts.is_from_the_right(every):  # Arabic letters depend on their neighbours
        return
    for number, row in enumerate(rows, start=1):
        for cell in row:
            if character := fonts.undrawable(cell):
                raise UndrawableRow(f"Row {number} holds {character}, which a PDF cannot show; export CSV or XLSX.")


def _laid_out(columns: Sequence[Column], rows: Sequence[Row], totals: Sequence[Row]) -> tuple[_Layout, bool]:
    words = [_longest_words(index, column, rows) for index, column in enumerate(columns)]
    for size in _SIZES:
        natural = [_natural(index, column, rows, totals, size) for index, column in enumerate(columns)]
        for wide in (_PORTRAIT, _LANDSCAPE):
            if (spare := wide - 2 * MARGIN - sum(natural)) >= 0:
                return _Layout(tuple(columns), _stretched(columns, natural, spare), size), wide == _LANDSCAPE
        room = _LANDSCAPE - 2 * MARGIN
        least = [
            wide if column.is_number or column.is_day else min(wide, _least(column, found, size))
            for column, wide, found in zip(columns, natural, words, strict=True)
        ]
        if sum(least) <= room or size == _SIZES[-1]:
            return _Layout(tuple(columns), _shrunk(natural, least, room), size), True
    raise AssertionError  # the last size always returns


def _natural(index: int, column: Column, rows: Sequence[Row], totals: Sequence[Row], size: float) -> float:
    cells = sorted((row[index] for row in rows), key=len, reverse=True)[:_MEASURED]
    widest = max((fonts.width(part, size) for cell in cells for part in cell.split("\n")), default=0.0)
    bold = [column.title, *(row[index] for row in totals)]
    return max(widest, *(fonts.width(text, size, bold=True) for text in bold)) + 2 * _PAD


def _longest_words(index: int, column: Column, rows: Sequence[Row]) -> list[str]:
    """Of a column that may be broken at spaces, the words that must fit on a line."""
    if column.is_number or column.is_day:
        return []
    found = {word for cell in {row[index] for row in rows} for word in cell.split()}
    return sorted(found, key=len, reverse=True)[:_MEASURED]


def _least(column: Column, words: Sequence[str], size: float) -> float:
    title = max((fonts.width(word, size, bold=True) for word in column.title.split()), default=0.0)
    widest = max((fonts.width(word, size) for word in words), default=0.0)
    return min(max(title, widest), _LONGEST_WORD) + 2 * _PAD


def _stretched(columns: Sequence[Column], natural: list[float], spare: float) -> tuple[float, ...]:
    share = min(spare / len(columns), 30.0)
    return tuple(wide + share for wide in natural)


def _shrunk(natural: list[float], least: list[float], room: float) -> tuple[float, ...]:
    """Columns between their least and natural widths: what is over the least is shared in proportion."""
    over = sum(natural) - sum(least)
    spare = max(room - sum(least), 0.0)
    scale = min(room / sum(least), 1.0)
    shares = [(wide - narrow) * spare / over if over else 0.0 for wide, narrow in zip(natural, least, strict=True)]
    return tuple(narrow * scale + share for narrow, share in zip(least, shares, strict=True))


def _logo(sheet: Sheet, logo: Picture | None, author: str, language: str) -> float:
    """The logo at the top right, where there is one; the points it takes from the title."""
    if logo is None:
        return 0
    wide, high = inside(logo, *_LOGO)
    sheet.picture(sheet.width - MARGIN - wide, 24, wide, high, logo, alt=say("logo_alt", language, name=author))
    return wide + 20


def _title(sheet: Sheet, title: str, facts: Sequence[tuple[str, str]], *, beside: float) -> float:
    room = sheet.width - 2 * MARGIN
    sheet.box(0, 0, sheet.width, 6, color=ACCENT)
    y = sheet.paragraph(MARGIN, 56, title, room=room - beside, size=16, bold=True, tag="H1")
    if not facts:
        return y + 6
    with sheet.tagged("Table"):
        for label, value in facts:
            with sheet.tagged("TR"):
                with sheet.tagged("TH", scope="Row"):
                    sheet.text(MARGIN, y, label, size=8, color=SOFT)
                with sheet.tagged("TD"):
                    y = sheet.paragraph(MARGIN + 130, y, value, room=room - 130, size=8)
    return y + 6


def _heading(sheet: Sheet, layout: _Layout, y: float) -> float:
    titles = [column.title for column in layout.columns]
    cells = _broken(layout, titles, bold=True)
    return _drawn(sheet, layout, cells, y, tag="TH", bold=True, fill=INK, color=BAND)


def _row(sheet: Sheet, layout: _Layout, row: Row, y: float, *, shaded: bool = False, bold: bool = False) -> float:
    rest = _broken(layout, row, bold=bold)
    if y + _high(layout, rest) > sheet.height - _LOW:
        y = _next(sheet, layout)
    if bold:
        sheet.rule(MARGIN, y, MARGIN + sum(layout.widths), color=INK)
    while True:  # a cell longer than a page goes on over the next ones
        most = max(1, int((sheet.height - _LOW - y - 4) / layout.leading))
        cells, rest = [lines[:most] for lines in rest], [lines[most:] for lines in rest]
        y = _drawn(sheet, layout, cells, y, bold=bold, fill=BAND if shaded else None, color=INK)
        if not any(rest):
            return y
        y = _next(sheet, layout)


def _next(sheet: Sheet, layout: _Layout) -> float:
    sheet.next_page()
    with sheet.artifact():
        return _heading(sheet, layout, 40)


def _broken(layout: _Layout, row: Row, *, bold: bool) -> list[list[str]]:
    size = layout.size
    return [
        [text] if text.isascii() and len(text) * size < room else fonts.wrapped(text, size, room - _INSIDE, bold=bold)
        for text, room in zip(row, layout.widths, strict=True)
    ]


def _high(layout: _Layout, cells: list[list[str]]) -> float:
    return max(map(len, cells)) * layout.leading + 4


def _drawn(
    sheet: Sheet,
    layout: _Layout,
    cells: list[list[str]],
    y: float,
    *,
    bold: bool,
    fill: object,
    color: object,
    tag: str = "TD",
) -> float:
    high = _high(layout, cells)
    if fill is not None:
        sheet.box(MARGIN, y, sum(layout.widths), high, color=fill)
    x = MARGIN
    with sheet.tagged("TR"):
        for column, wide, lines in zip(layout.columns, layout.widths, cells, strict=True):
            align: Align = "right" if column.is_number else "left"
            at = x + wide - _PAD if column.is_number else x + _PAD
            with sheet.tagged(tag, scope="Column" if tag == "TH" else ""):
                for place, line in enumerate(lines, start=1):
                    if line:
                        base = y + place * layout.leading
                        sheet.text(at, base, line, size=layout.size, bold=bold, color=color, align=align)
            x += wide
    return y + high


def _foot(sheet: Sheet, title: str, language: str, number: int, pages: int) -> None:
    low, right = sheet.height - 36, sheet.width - MARGIN
    sheet.rule(MARGIN, low - 12, right, color=RULE)
    sheet.text(MARGIN, low, fonts.clipped(title, 7.5, right - MARGIN - 90), size=7.5, color=SOFT)
    sheet.text(right, low, say("page", language, page=number, pages=pages), size=7.5, color=SOFT, align="right")
