"""The statement of account as files: pages of the company's own paper, and a table for spreadsheets.

The same statement gives the same bytes: nothing in a file says when or by whom it was drawn.
"""

from __future__ import annotations

from itertools import groupby

from babel.dates import format_date

from services.money import Money
from services.papers import fonts, letterhead
from services.papers.archive import archived
from services.papers.letterhead import LOWEST, RIGHT, WIDE
from services.papers.page import ACCENT, BAND, INK, MARGIN, RULE, SOFT, Sheet
from services.papers.wording import date_text, exact_text
from services.papers.wording import say as paper_words
from services.reporting.exports import Column, ColumnKind, ExportTable
from services.reporting.statement import Line, Statement
from services.reporting.words import say
from services.texts import seen

_ROW = 14.5
_DATE, _WORDS = MARGIN + 8, MARGIN + 78
_IN, _OUT, _BALANCE = RIGHT - 176, RIGHT - 92, RIGHT - 8
_WORDS_ROOM = _IN - 70 - _WORDS
_GUTTER = 34
_LEADING = 1.3


def statement_pdf(statement: Statement) -> bytes:
    """The statement as PDF/A-3b. Raises `Undrawable` naming a character no font has."""
    language = statement.language
    sheet = Sheet(
        title=f"{say('statement', language)} {statement.period.starts_on} – {statement.period.last_day}",
        author=statement.seller.name,
        subject=say("statement", language),
        language=language,
    )
    y = _head(sheet, statement)
    y = _parties(sheet, statement, y + 30)
    y = _balances(sheet, statement, y + 16)
    y = _by_class(sheet, statement, y + 28)
    y = _movements(sheet, statement, y + 20)
    y = letterhead.room_for(sheet, y + 22, 30)
    sheet.paragraph(MARGIN, y, say("note", language), room=WIDE, size=8, color=SOFT)
    drawn = sheet.finish(lambda page, number, pages: _foot(page, statement, number, pages))
    return archived(drawn, on=statement.period.last_day)


def statement_table(statement: Statement) -> ExportTable:
    """The same statement for CSV and Excel, with its opening and closing balances and the sum of every class."""
    language, owner = statement.language, statement.customer
    columns = (
        Column(say("date", language), ColumnKind.DAY),
        Column(say("movement", language)),
        Column(say("came_in", language), ColumnKind.MONEY, statement.places),
        Column(say("went_out", language), ColumnKind.MONEY, statement.places),
        Column(say("balance", language), ColumnKind.MONEY, statement.places, totalled=False),
    )
    rows = [(line.day, line.words, *_sides(line), line.balance) for line in statement.lines]
    facts = [
        (say("account_holder", language), seen(statement.details.company_name)),
        (paper_words("username", language), owner.username),
        (paper_words("account_id", language), owner.account_id),
        (say("period", language), f"{statement.period.starts_on} – {statement.period.last_day}"),
        (say("currency", language), owner.currency),
        (say("complete", language), _complete(statement)),
        (paper_words("from", language), statement.seller.name),
    ]
    ends = [(say("opening", language), statement.opening), *statement.totals]
    ends.append((say("closing", language), statement.closing))
    if statement.promotional:
        ends.append((say("promotional", language), statement.promotional))
    return ExportTable(say("statement", language), columns, rows, facts, ends)


def _sides(line: Line) -> tuple[Money | None, Money | None]:
    """What came in and what went out, one of them empty."""
    return (line.amount, None) if line.amount.micros > 0 else (None, -line.amount)


def _head(sheet: Sheet, statement: Statement) -> float:
    seller, language = statement.seller, statement.language
    abn = f"{paper_words('abn', language)} {seller.abn}"
    lines = [*seller.address, abn, seller.email, seller.phone, seller.website]
    title = say("statement", language)
    return letterhead.head(sheet, name=seller.name, lines=lines, title=title, under=_between(statement), size=18)


def _between(statement: Statement) -> str:
    first, last = statement.period.starts_on, statement.period.last_day
    language = statement.language
    return say("from_to", language, first=date_text(first, language), last=date_text(last, language))


def _parties(sheet: Sheet, statement: Statement, y: float) -> float:
    language, owner, details = statement.language, statement.customer, statement.details
    sheet.rule(MARGIN, y - 22, RIGHT)
    facts = [
        (paper_words("username", language), owner.username),
        (paper_words("account_id", language), owner.account_id),
        (say("currency", language), owner.currency),
        (say("complete", language), _complete(statement)),
    ]
    beside = letterhead.facts(sheet, facts, y)
    sheet.text(MARGIN, y, say("account_holder", language), size=8, bold=True, color=ACCENT)
    left = sheet.paragraph(MARGIN, y + 16, details.company_name, room=245, size=11, bold=True)
    for line in filter(None, details.address.split("\n")):
        left = sheet.paragraph(MARGIN, left, line, room=245)
    if details.business_id:
        said = paper_words("business_id", language, value=details.business_id)
        left = sheet.paragraph(MARGIN, left, said, room=245)
    return max(left, beside)


def _complete(statement: Statement) -> str:
    through, language = statement.complete_through, statement.language
    return date_text(through, language) if through else say("no_usage", language)


def _balances(sheet: Sheet, statement: Statement, y: float) -> float:
    """Opening, in, out and closing in one band."""
    language = statement.language
    cells = [
        ("opening", statement.opening), ("came_in", statement.came_in),
        ("went_out", statement.went_out), ("closing", statement.closing),
    ]  # fmt: skip
    sheet.box(MARGIN, y - 14, WIDE, 46, color=BAND, radius=5)
    sheet.box(MARGIN, y - 14, 4, 46, color=ACCENT)
    for place, (words, amount) in enumerate(cells):
        x = MARGIN + 18 + place * (WIDE - 18) / len(cells)
        sheet.text(x, y + 2, say(words, language), size=8.5, color=SOFT)
        shown = exact_text(amount, statement.places, language)
        color = ACCENT if words == "closing" else INK
        sheet.text(x, y + 20, shown, size=13, bold=True, color=color)
    return y + 32


def _by_class(sheet: Sheet, statement: Statement, y: float) -> float:
    """What each class came to, in two columns."""
    language, totals = statement.language, statement.totals
    if not totals:
        return y - 20
    sheet.text(MARGIN, y, f"{say('by_class', language)} ({statement.customer.currency})", size=11, bold=True)
    half, high = (WIDE - _GUTTER) / 2, -(-len(totals) // 2)
    for place, (words, amount) in enumerate(totals):
        x = MARGIN + (half + _GUTTER) * (place // high)
        down = y + 18 + _ROW * (place % high)
        sheet.text(x, down, fonts.clipped(words, 9, half - 90), size=9)
        sheet.text(x + half, down, exact_text(amount, statement.places, language), size=9, align="right")
        sheet.rule(x, down + 4, x + half, color=RULE)
    return y + 18 + _ROW * high


def _movements(sheet: Sheet, statement: Statement, y: float) -> float:
    language = statement.language
    y = letterhead.room_for(sheet, y, 90)
    title = f"{say('movements', language)} ({statement.customer.currency})"
    sheet.text(MARGIN, y, title, size=11, bold=True)
    y = _column_heads(sheet, language, y + 10)
    y = _balance_row(sheet, statement, "opening", statement.opening, y)
    if not statement.lines:
        sheet.text(_WORDS, y, say("no_movements", language), size=9, color=SOFT)
        y += _ROW
    balance = statement.opening
    for month, lines in groupby(statement.lines, key=lambda line: line.day.replace(day=1)):
        y = _next(sheet, statement, balance, y, 2 * _ROW)
        sheet.text(
            _DATE, y, format_date(month, "LLLL y", locale=language).capitalize(), size=8.5, bold=True, color=ACCENT
        )
        y += _ROW
        before = None
        for line in lines:
            moved_to = _next(sheet, statement, balance, y, _ROW * len(fonts.wrapped(line.words, 9, _WORDS_ROOM)))
            y = _row(sheet, statement, line, moved_to, dated=line.day != before or moved_to != y)
            before, balance = line.day, line.balance
    y = _next(sheet, statement, balance, y, 2 * _ROW)
    sheet.rule(MARGIN, y - 10, RIGHT, color=INK, thickness=0.9)
    y = _balance_row(sheet, statement, "closing", statement.closing, y + 3)
    return _balance_row(sheet, statement, "promotional", statement.promotional, y) if statement.promotional else y


def _next(sheet: Sheet, statement: Statement, balance: Money, y: float, needed: float) -> float:
    """The line to go on at; a new page starts with its headings and the balance brought forward."""
    if y + needed <= LOWEST:
        return y
    sheet.next_page()
    y = _column_heads(sheet, statement.language, MARGIN)
    return _balance_row(sheet, statement, "brought_forward", balance, y)


def _column_heads(sheet: Sheet, language: str, y: float) -> float:
    sheet.box(MARGIN, y, WIDE, 19, color=INK, radius=3)
    base = y + 13
    sheet.text(_DATE, base, say("date", language), size=8.5, bold=True, color=BAND)
    sheet.text(_WORDS, base, say("movement", language), size=8.5, bold=True, color=BAND)
    for x, words in ((_IN, "came_in"), (_OUT, "went_out"), (_BALANCE, "balance")):
        sheet.text(x, base, say(words, language), size=8.5, bold=True, color=BAND, align="right")
    return y + 34


def _balance_row(sheet: Sheet, statement: Statement, words: str, balance: Money, y: float) -> float:
    shown = exact_text(balance, statement.places, statement.language)
    sheet.text(_WORDS, y, say(words, statement.language), bold=True)
    sheet.text(_BALANCE, y, shown, bold=True, align="right")
    return y + _ROW


def _row(sheet: Sheet, statement: Statement, line: Line, y: float, *, dated: bool) -> float:
    language, places = statement.language, statement.places
    sheet.rule(MARGIN, y - 10, RIGHT, color=RULE, thickness=0.3)
    if dated:
        sheet.text(_DATE, y, format_date(line.day, "d MMM y", locale=language), size=8.5, color=SOFT)
    below = sheet.paragraph(_WORDS, y, line.words, room=_WORDS_ROOM, leading=_LEADING)
    for x, amount in zip((_IN, _OUT), _sides(line), strict=True):
        if amount is not None:
            sheet.text(x, y, exact_text(amount, places, language), size=9, align="right")
    sheet.text(_BALANCE, y, exact_text(line.balance, places, language), size=9, align="right")
    return below - 9 * _LEADING + _ROW


def _foot(sheet: Sheet, statement: Statement, number: int, pages: int) -> None:
    seller, language = statement.seller, statement.language
    owner = f"{say('statement', language)}, {statement.customer.username}"
    legal = f"{seller.name} · {paper_words('abn', language)} {seller.abn} · {owner}"
    letterhead.foot(sheet, legal=legal, language=language, number=number, pages=pages)
