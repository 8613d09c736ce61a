"""The statement of what is owed drawn on A4: who owes, the buckets, every invoice, and where to pay; PDF/A-3b."""

from __future__ import annotations

from typing import Literal

from services.invoices.paying import INSIDE, bank_box, bank_lines, lines_high
from services.papers import letterhead
from services.papers.archive import archived
from services.papers.letterhead import RIGHT, WIDE, room_for
from services.papers.page import ACCENT, BAND, INK, MARGIN, SOFT, Sheet
from services.papers.wording import date_text, money_text, number_text
from services.papers.wording import say as paper_words
from services.reporting.open_items import OpenItem, OpenItems
from services.reporting.words import say

_Cell = tuple[float, str, Literal["left", "right"]]
_ROW = 16.0
_NUMBER, _ISSUED, _DUE = MARGIN + 8, MARGIN + 102, MARGIN + 172
_REFERENCE, _DAYS, _GROSS, _OPEN = MARGIN + 242, MARGIN + 360, RIGHT - 82, RIGHT - 8


def open_items_pdf(told: OpenItems) -> bytes:
    """The file. Raises `Undrawable` naming a character no font has."""
    language = told.language
    title = say("owed_statement", language)
    sheet = Sheet(title=f"{title} {told.as_of}", author=told.seller.name, subject=title, language=language)
    y = _parties(sheet, told, _head(sheet, told) + 30)
    y = _buckets(sheet, told, y + 18)
    y = _items(sheet, told, y + 26)
    y = _pay(sheet, told, y + 24) + 16
    for words in ("owed_note", "owed_since"):
        y = sheet.paragraph(MARGIN, room_for(sheet, y + 6, 30), say(words, language), room=WIDE, size=8.5, color=SOFT)
    drawn = sheet.finish(lambda page, number, pages: _foot(page, told, number, pages))
    return archived(drawn, on=told.as_of)


def _head(sheet: Sheet, told: OpenItems) -> float:
    seller, language = told.seller, told.language
    abn = f"{paper_words('abn', language)} {seller.abn}"
    lines = [*seller.address, abn, seller.email, seller.phone, seller.website]
    under = date_text(told.as_of, language)
    top = letterhead.logo(sheet, told.logo, of=seller.name, language=language)
    title = say("owed_statement", language)
    return letterhead.head(sheet, name=seller.name, lines=lines, title=title, under=under, size=18, top=top)


def _parties(sheet: Sheet, told: OpenItems, y: float) -> float:
    language, details, owner = told.language, told.details, told.customer
    facts = [
        (paper_words("username", language), owner.username),
        (paper_words("account_id", language), owner.account_id),
        (say("owed_total", language), money_text(told.owed, language)),
        (say("owed_overdue", language), money_text(told.overdue, language)),
    ]
    return letterhead.parties(
        sheet,
        y,
        beside=facts,
        heading=say("account_holder", language),
        name=details.company_name,
        lines=[*details.address.split("\n"), details.contact_name],
    )


def _buckets(sheet: Sheet, told: OpenItems, y: float) -> float:
    """What is owed by how long it is overdue, in one band."""
    language = told.language
    sheet.box(MARGIN, y - 14, WIDE, 46, color=BAND, radius=5)
    sheet.box(MARGIN, y - 14, 4, 46, color=ACCENT)
    with sheet.tagged("Table"):
        for place, (bucket, amount) in enumerate(told.buckets):
            x = MARGIN + 16 + place * (WIDE - 16) / len(told.buckets)
            with sheet.tagged("TR"):
                with sheet.tagged("TH", scope="Row"):
                    sheet.text(x, y + 2, say(f"bucket_{bucket.name.lower()}", language), size=8, color=SOFT)
                with sheet.tagged("TD"):
                    color = INK if amount else SOFT
                    sheet.text(x, y + 20, number_text(amount, language), size=11, bold=True, color=color)
    return y + 32


def _items(sheet: Sheet, told: OpenItems, y: float) -> float:
    language = told.language
    y = room_for(sheet, y, 90)
    sheet.text(MARGIN, y, f"{say('owed_items', language)} ({told.pay_in})", size=11, bold=True, tag="H2")
    with sheet.tagged("Table"):
        y = _heads(sheet, told, y + 10)
        for item in told.items:
            if y + _ROW > letterhead.LOWEST:
                sheet.next_page()
                with sheet.artifact():
                    y = _heads(sheet, told, MARGIN)
            y = _item(sheet, item, language, y)
        sheet.rule(MARGIN, y - 10, RIGHT, color=INK, thickness=0.9)
        with sheet.tagged("TR"):
            with sheet.tagged("TH", scope="Row", span=6):
                sheet.text(_NUMBER, y + 4, say("owed_total", language), size=9.5, bold=True)
            with sheet.tagged("TD"):
                sheet.text(_OPEN, y + 4, number_text(told.owed, language), size=9.5, bold=True, align="right")
    return y + _ROW


def _heads(sheet: Sheet, told: OpenItems, y: float) -> float:
    language = told.language
    heads: list[_Cell] = [
        (_NUMBER, say("owed_invoice", language), "left"), (_ISSUED, say("owed_issued", language), "left"),
        (_DUE, say("owed_due", language), "left"), (_REFERENCE, say("owed_reference", language), "left"),
        (_DAYS, say("owed_days", language), "right"), (_GROSS, say("owed_gross", language), "right"),
        (_OPEN, say("owed_open", language), "right"),
    ]  # fmt: skip
    sheet.box(MARGIN, y, WIDE, 19, color=INK, radius=3)
    with sheet.tagged("TR"):
        for x, words, align in heads:
            with sheet.tagged("TH", scope="Column"):
                sheet.text(x, y + 13, words, size=8.5, bold=True, color=BAND, align=align)
    return y + 33


def _item(sheet: Sheet, item: OpenItem, language: str, y: float) -> float:
    cells: list[_Cell] = [
        (_NUMBER, item.number, "left"), (_ISSUED, f"{item.issued_on:%d/%m/%Y}", "left"),
        (_DUE, f"{item.due_on:%d/%m/%Y}", "left"), (_REFERENCE, item.reference, "left"),
        (_DAYS, str(item.days) if item.days else "–", "right"), (_GROSS, number_text(item.gross, language), "right"),
        (_OPEN, number_text(item.open, language), "right"),
    ]  # fmt: skip
    with sheet.tagged("TR"):
        for x, words, align in cells:
            with sheet.tagged("TD"):
                sheet.text(x, y, words, size=9, align=align)
    return y + _ROW


def _pay(sheet: Sheet, told: OpenItems, y: float) -> float:
    """Where to pay, as the invoice prints it, and that each invoice has its reference."""
    language = told.language
    lines = bank_lines(told.pay_to, language)
    room = WIDE - 130
    high = 52 + lines_high(lines, room)
    y = room_for(sheet, y, high)
    below = bank_box(sheet, lines, y, language=language, high=high, labels=112, room=room, down=26)
    sheet.paragraph(INSIDE, below + 2, say("owed_hint", language), room=WIDE - 30, size=8, color=SOFT)
    return y - 14 + high


def _foot(sheet: Sheet, told: OpenItems, number: int, pages: int) -> None:
    seller, language = told.seller, told.language
    owner = f"{say('owed_statement', language)}, {told.customer.username}"
    legal = f"{seller.name} · {paper_words('abn', language)} {seller.abn} · {owner}"
    letterhead.foot(sheet, legal=legal, language=language, number=number, pages=pages)
