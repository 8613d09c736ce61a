"""The middle of an invoice: its lines over as many pages as they need, then net, tax and total, which stay together."""

from __future__ import annotations

from services.invoices.document import Document, PrintedLine
from services.money import Money
from services.papers import fonts, letterhead
from services.papers.letterhead import LOWEST, room_for
from services.papers.page import BAND, INK, MARGIN, SOFT, Sheet
from services.papers.wording import date_text, money_text, number_text, rate_text, say

_RIGHT, _WIDE, _MIDDLE = letterhead.RIGHT, letterhead.WIDE, letterhead.MIDDLE
_WORDS, _QUANTITY, _AMOUNT = MARGIN + 10, _RIGHT - 150, _RIGHT - 10
_WORDS_ROOM = _QUANTITY - 60 - _WORDS
_ROW = 17.0
_LEADING = 1.4


def amounts(sheet: Sheet, document: Document, y: float) -> float:
    """Lines, totals and what the law says of the tax; returns the baseline below them."""
    y = room_for(sheet, y, 140)
    with sheet.tagged("Table"):
        y = _heads(sheet, document, y)
        carried = Money(0, document.gross.currency)
        for line in document.printed_lines:
            words = fonts.wrapped(line.words, 10, _WORDS_ROOM)
            if y + len(words) * 14 > LOWEST:
                y = _next(sheet, document, carried)
            y = _line(sheet, document, line, words, y)
            carried = carried + line.amount
        y = _totals(sheet, document, room_for(sheet, y, 90))
    y = sheet.paragraph(MARGIN, room_for(sheet, y, 30), document.tax_note, room=_WIDE, size=8.5, color=SOFT)
    if document.tax_aud:
        y = sheet.paragraph(MARGIN, y, _tax_in_aud(document, document.tax_aud), room=_WIDE, size=8.5, color=SOFT)
    return y


def _heads(sheet: Sheet, document: Document, y: float) -> float:
    language = document.language
    sheet.box(MARGIN, y - 14, _WIDE, 21, color=INK, radius=3)
    header = f"{say('amount', language)} ({document.gross.currency})"
    with sheet.tagged("TR"):
        with sheet.tagged("TH", scope="Column"):
            sheet.text(_WORDS, y, say("description", language), size=8.5, bold=True, color=BAND)
        for x, words in ((_QUANTITY, say("quantity", language)), (_AMOUNT, header)):
            with sheet.tagged("TH", scope="Column"):
                sheet.text(x, y, words, size=8.5, bold=True, color=BAND, align="right")
    return y + 24


def _next(sheet: Sheet, document: Document, carried: Money) -> float:
    """A new page under the same headings, with what the lines before came to."""
    sheet.next_page()
    with sheet.artifact():
        y = _heads(sheet, document, MARGIN + 20)
        sheet.text(_WORDS, y, say("brought_forward", document.language), size=9, color=SOFT)
        sheet.text(_AMOUNT, y, number_text(carried, document.language), size=9, color=SOFT, align="right")
    return y + _ROW


def _line(sheet: Sheet, document: Document, line: PrintedLine, words: list[str], y: float) -> float:
    with sheet.tagged("TR"):
        page, below = sheet.pages, y
        with sheet.tagged("TD"):
            for part in words:
                below = sheet.onward(below)
                sheet.text(_WORDS, below, part, size=10)
                below += 10 * _LEADING
        if sheet.pages > page:  # of words longer than a page the figures stand at the end
            y = below - 10 * _LEADING
        with sheet.tagged("TD"):
            sheet.text(_QUANTITY, y, line.quantity, size=10, align="right")
        with sheet.tagged("TD"):
            sheet.text(_AMOUNT, y, number_text(line.amount, document.language), size=10, align="right")
    below -= 10 * _LEADING
    sheet.rule(MARGIN, below + 12 if len(document.printed_lines) == 1 else below + 5, _RIGHT)
    return below + _ROW


def _totals(sheet: Sheet, document: Document, y: float) -> float:
    language = document.language
    y += 12 if len(document.printed_lines) == 1 else 6
    if document.shows_tax:
        for label, money in ((say("net", language), document.net), (document.tax_label, document.tax)):
            with sheet.tagged("TR"):
                with sheet.tagged("TH", scope="Row", span=2):
                    sheet.text(_MIDDLE, y, label)
                with sheet.tagged("TD"):
                    sheet.text(_AMOUNT, y, number_text(money, language), align="right")
            y += _ROW
    y += 7
    sheet.box(_MIDDLE - 10, y - 16, _RIGHT - _MIDDLE + 10, 25, color=BAND, radius=3)
    with sheet.tagged("TR"):
        with sheet.tagged("TH", scope="Row", span=2):
            sheet.text(_MIDDLE, y, say("total", language), size=11, bold=True)
        with sheet.tagged("TD"):
            sheet.text(_AMOUNT, y, money_text(document.gross, language), size=12, bold=True, align="right")
    return y + 24


def _tax_in_aud(document: Document, tax: Money) -> str:
    return say(
        "tax_aud",
        document.language,
        label=document.tax_label,
        amount=money_text(tax, document.language),
        rate=rate_text(document.rate, document.language),
        currency=document.gross.currency,
        source=document.rate_source,
        day=date_text(document.rate_on, document.language),
    )
