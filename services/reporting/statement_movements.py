"""The movements of a statement drawn as a table: month by month, with the balance brought forward on each page."""

from __future__ import annotations

from itertools import groupby

from babel.dates import format_date

from services.money import Money, digits
from services.papers import fonts, letterhead
from services.papers.letterhead import LOWEST, RIGHT, WIDE
from services.papers.page import ACCENT, BAND, INK, MARGIN, RULE, SOFT, Sheet
from services.papers.wording import exact_text
from services.reporting.statement import Line, Statement
from services.reporting.words import say

_ROW = 14.5
_DATE, _WORDS = MARGIN + 8, MARGIN + 78
_IN, _OUT, _BALANCE = RIGHT - 176, RIGHT - 92, RIGHT - 8
_WORDS_ROOM = _IN - 70 - _WORDS
_COLUMNS = 5
_LEADING = 1.3


def sides(line: Line) -> tuple[Money | None, Money | None]:
    """What came in and what went out, one of them empty."""
    return (line.amount, None) if line.amount.micros > 0 else (None, -line.amount)


def movements(sheet: Sheet, statement: Statement, y: float) -> float:
    """Opening, every line by month, closing; returns the baseline below."""
    language = statement.language
    y = letterhead.room_for(sheet, y, 90)
    title = f"{say('movements', language)} ({statement.customer.currency})"
    sheet.text(MARGIN, y, title, size=11, bold=True, tag="H2")
    with sheet.tagged("Table"):
        return _table(sheet, statement, y + 10)


def _table(sheet: Sheet, statement: Statement, y: float) -> float:
    y = _column_heads(sheet, statement.language, y)
    y = _balance_row(sheet, statement, say("opening", statement.language), statement.opening, y)
    if not statement.lines:
        with sheet.tagged("TR"), sheet.tagged("TD", span=_COLUMNS):
            sheet.text(_WORDS, y, say("no_movements", statement.language), size=9, color=SOFT)
        y += _ROW
    balance = statement.opening
    for month, lines in groupby(statement.lines, key=lambda line: line.day.replace(day=1)):
        y = _next(sheet, statement, balance, y, 2 * _ROW)
        name = format_date(month, "LLLL y", locale=statement.language).capitalize()
        with sheet.tagged("TR"), sheet.tagged("TH", scope="Row", span=_COLUMNS):
            sheet.text(_DATE, y, name, size=8.5, bold=True, color=ACCENT)
        y += _ROW
        before = None
        for line in lines:
            moved_to = _next(sheet, statement, balance, y, _ROW * len(fonts.wrapped(line.words, 9, _WORDS_ROOM)))
            y = _row(sheet, statement, line, moved_to, dated=line.day != before or moved_to != y)
            before, balance = line.day, line.balance
    y = _next(sheet, statement, balance, y, 2 * _ROW)
    sheet.rule(MARGIN, y - 10, RIGHT, color=INK, thickness=0.9)
    y = _balance_row(sheet, statement, say("closing", statement.language), statement.closing, y + 3)
    if statement.promotional:
        y = _balance_row(sheet, statement, say("promotional", statement.language), statement.promotional, y)
    if statement.included:
        coins = digits(statement.customer.currency)  # tax is told in coins, however fine the movements are
        y = _balance_row(sheet, statement, *statement.included, y, places=coins)
    return y


def _next(sheet: Sheet, statement: Statement, balance: Money, y: float, needed: float) -> float:
    """The line to go on at; a new page starts with its headings and the balance brought forward."""
    if y + needed <= LOWEST:
        return y
    sheet.next_page()
    with sheet.artifact():
        y = _column_heads(sheet, statement.language, MARGIN)
        return _balance_row(sheet, statement, say("brought_forward", statement.language), balance, y)


def _column_heads(sheet: Sheet, language: str, y: float) -> float:
    sheet.box(MARGIN, y, WIDE, 19, color=INK, radius=3)
    base = y + 13
    with sheet.tagged("TR"):
        for x, words in ((_DATE, "date"), (_WORDS, "movement")):
            with sheet.tagged("TH", scope="Column"):
                sheet.text(x, base, say(words, language), size=8.5, bold=True, color=BAND)
        for x, words in ((_IN, "came_in"), (_OUT, "went_out"), (_BALANCE, "balance")):
            with sheet.tagged("TH", scope="Column"):
                sheet.text(x, base, say(words, language), size=8.5, bold=True, color=BAND, align="right")
    return y + 34


def _balance_row(
    sheet: Sheet, statement: Statement, words: str, balance: Money, y: float, *, places: int | None = None
) -> float:
    shown = exact_text(balance, statement.places if places is None else places, statement.language)
    with sheet.tagged("TR"):
        with sheet.tagged("TH", scope="Row", span=_COLUMNS - 1):
            sheet.text(_WORDS, y, words, bold=True)
        with sheet.tagged("TD"):
            sheet.text(_BALANCE, y, shown, bold=True, align="right")
    return y + _ROW


def _row(sheet: Sheet, statement: Statement, line: Line, y: float, *, dated: bool) -> float:
    language, places = statement.language, statement.places
    sheet.rule(MARGIN, y - 10, RIGHT, color=RULE, thickness=0.3)
    with sheet.tagged("TR"):
        with sheet.tagged("TD"):
            if dated:
                sheet.text(_DATE, y, format_date(line.day, "d MMM y", locale=language), size=8.5, color=SOFT)
        with sheet.tagged("TD"):
            below = sheet.paragraph(_WORDS, y, line.words, room=_WORDS_ROOM, leading=_LEADING)
        for x, amount in zip((_IN, _OUT), sides(line), strict=True):
            with sheet.tagged("TD"):
                if amount is not None:
                    sheet.text(x, y, exact_text(amount, places, language), size=9, align="right")
        with sheet.tagged("TD"):
            sheet.text(_BALANCE, y, exact_text(line.balance, places, language), size=9, align="right")
    return below - 9 * _LEADING + _ROW
