"""The statement of account as files: pages of the company's own paper, and a table for spreadsheets.

The same statement gives the same bytes: nothing in a file says when or by whom it was drawn.
"""

from __future__ import annotations

from services.invoices.pdf import business_id
from services.papers import fonts, letterhead
from services.papers.archive import archived
from services.papers.letterhead import WIDE
from services.papers.page import ACCENT, BAND, INK, MARGIN, RULE, SOFT, Sheet
from services.papers.wording import date_text, exact_text
from services.papers.wording import say as paper_words
from services.reporting.exports import Column, ColumnKind, ExportTable
from services.reporting.statement import Statement
from services.reporting.statement_movements import movements, sides
from services.reporting.words import say
from services.texts import seen

_ROW = 14.5
_GUTTER = 34


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
    y = movements(sheet, statement, y + 20)
    y = letterhead.room_for(sheet, y + 22, 30)
    sheet.paragraph(MARGIN, y, statement.note, room=WIDE, size=8, color=SOFT)
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
    rows = [(line.day, line.words, *sides(line), line.balance) for line in statement.lines]
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
    if statement.included:
        ends.append(statement.included)
    return ExportTable(say("statement", language), columns, rows, facts, ends)


def _head(sheet: Sheet, statement: Statement) -> float:
    seller, language = statement.seller, statement.language
    abn = f"{paper_words('abn', language)} {seller.abn}"
    lines = [*seller.address, abn, seller.email, seller.phone, seller.website]
    title = say("statement", language)
    top = letterhead.logo(sheet, statement.logo, of=seller.name, language=language)
    under = _between(statement)
    return letterhead.head(sheet, name=seller.name, lines=lines, title=title, under=under, size=18, top=top)


def _between(statement: Statement) -> str:
    first, last = statement.period.starts_on, statement.period.last_day
    language = statement.language
    return say("from_to", language, first=date_text(first, language), last=date_text(last, language))


def _parties(sheet: Sheet, statement: Statement, y: float) -> float:
    language, owner, details = statement.language, statement.customer, statement.details
    facts = [
        (paper_words("username", language), owner.username),
        (paper_words("account_id", language), owner.account_id),
        (say("currency", language), owner.currency),
        (say("complete", language), _complete(statement)),
    ]
    return letterhead.parties(
        sheet,
        y,
        beside=facts,
        heading=say("account_holder", language),
        name=details.company_name,
        lines=[*details.address.split("\n"), business_id(details, country=owner.country, language=language)],
    )


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
    with sheet.tagged("Table"):
        for place, (words, amount) in enumerate(cells):
            x = MARGIN + 18 + place * (WIDE - 18) / len(cells)
            color = ACCENT if words == "closing" else INK
            with sheet.tagged("TR"):
                with sheet.tagged("TH", scope="Row"):
                    sheet.text(x, y + 2, say(words, language), size=8.5, color=SOFT)
                with sheet.tagged("TD"):
                    shown = exact_text(amount, statement.places, language)
                    sheet.text(x, y + 20, shown, size=13, bold=True, color=color)
    return y + 32


def _by_class(sheet: Sheet, statement: Statement, y: float) -> float:
    """What each class came to, in two columns."""
    language, totals = statement.language, statement.totals
    if not totals:
        return y - 20
    sheet.text(MARGIN, y, f"{say('by_class', language)} ({statement.customer.currency})", size=11, bold=True, tag="H2")
    half, high = (WIDE - _GUTTER) / 2, -(-len(totals) // 2)
    with sheet.tagged("Table"):
        for place, (words, amount) in enumerate(totals):
            x = MARGIN + (half + _GUTTER) * (place // high)
            down = y + 18 + _ROW * (place % high)
            with sheet.tagged("TR"):
                with sheet.tagged("TH", scope="Row"):
                    sheet.text(x, down, fonts.clipped(words, 9, half - 90), size=9)
                with sheet.tagged("TD"):
                    sheet.text(x + half, down, exact_text(amount, statement.places, language), size=9, align="right")
            sheet.rule(x, down + 4, x + half, color=RULE)
    return y + 18 + _ROW * high


def _foot(sheet: Sheet, statement: Statement, number: int, pages: int) -> None:
    seller, language = statement.seller, statement.language
    owner = f"{say('statement', language)}, {statement.customer.username}"
    legal = f"{seller.name} · {paper_words('abn', language)} {seller.abn} · {owner}"
    letterhead.foot(sheet, legal=legal, language=language, number=number, pages=pages)
