"""A letter about an application drawn on A4: the same bytes every time, tagged, as PDF/A-3b."""

from __future__ import annotations

from services.papers import letterhead
from services.papers.archive import archived
from services.papers.letterhead import room_for
from services.papers.page import ACCENT, MARGIN, SOFT, Sheet
from services.papers.wording import date_text, money_text, say
from services.postpaid.application import Asked
from services.postpaid.letter import LetterKind, LetterPaper

_RIGHT, _WIDE = letterhead.RIGHT, letterhead.WIDE
_SIZE = 10
_NEXT = ("letter_contract", "letter_credit", "letter_counts", "letter_recharge", "letter_ends")


def letter_pdf(paper: LetterPaper) -> bytes:
    """The file of a letter. Raises `Undrawable` naming a character no font has."""
    language, seller = paper.language, paper.seller
    title, number = say("letter_title", language), say("letter_application", language, number=paper.application_id)
    sheet = Sheet(title=f"{title}, {number}", author=seller.name, subject=title, language=language)
    lines = [*seller.address, f"{say('abn', language)} {seller.abn}", seller.email, seller.phone, seller.website]
    top = letterhead.logo(sheet, paper.logo, of=seller.name, language=language)
    y = letterhead.head(sheet, name=seller.name, lines=lines, title=title, under=number, size=20, top=top)
    y = _parties(sheet, paper, y + 24)
    y = _opening(sheet, paper, y + 22)
    y = _DRAWN[paper.kind](sheet, paper, y)
    _closing(sheet, paper, y + 8)
    legal = f"{seller.name} · {say('abn', language)} {seller.abn} · {number}"
    drawn = sheet.finish(
        lambda page, number, pages: letterhead.foot(page, legal=legal, language=language, number=number, pages=pages)
    )
    return archived(drawn, on=paper.issued_on)


def _parties(sheet: Sheet, paper: LetterPaper, y: float) -> float:
    language = paper.language
    facts = [
        ("letter_day", date_text(paper.issued_on, language)),
        ("letter_reference", say("letter_application", language, number=paper.application_id)),
        ("username", paper.username),
        ("account_id", paper.account_id),
    ]
    return letterhead.parties(
        sheet,
        y,
        beside=[(say(words, language), value) for words, value in facts],
        heading=say("letter_to", language),
        name=paper.company_name,
        lines=[paper.contact, *paper.address],
    )


def _opening(sheet: Sheet, paper: LetterPaper, y: float) -> float:
    language = paper.language
    y = sheet.paragraph(
        MARGIN, y, say(f"letter_subject_{paper.kind}", language), room=_WIDE, size=12, bold=True, tag="H2"
    )
    dear = say("letter_dear", language, contact=paper.contact) if paper.contact else say("letter_dear_all", language)
    y = sheet.paragraph(MARGIN, y + 12, dear, room=_WIDE, size=_SIZE)
    day = date_text(paper.applied_on, language)
    return sheet.paragraph(MARGIN, y + 6, say(f"letter_opens_{paper.kind}", language, day=day), room=_WIDE, size=_SIZE)


def _approved(sheet: Sheet, paper: LetterPaper, y: float) -> float:
    """The terms, the conditions, and how it goes on."""
    language = paper.language
    if paper.terms:
        y = _terms(sheet, paper.terms, language, y + 12)
    if paper.said:
        y = _heading(sheet, say("letter_conditions", language), y + 12)
        y = _words(sheet, say("letter_holds_once", language), y)
        y = _quoted(sheet, paper.said, y)
    y = _heading(sheet, say("letter_next", language), y + 12)
    for words in _NEXT:
        y = sheet.paragraph(MARGIN, room_for(sheet, y, 30), say(words, language), room=_WIDE, size=9) + 2
    return y


def _declined(sheet: Sheet, paper: LetterPaper, y: float) -> float:
    """That nothing changes, and when to apply again."""
    language = paper.language
    y = _words(sheet, say("letter_stays", language), y + 6)
    if not paper.said:
        return _words(sheet, say("letter_again", language), y + 6)
    return _quoted(sheet, paper.said, _words(sheet, say("letter_again_once", language), y + 6))


def _more(sheet: Sheet, paper: LetterPaper, y: float) -> float:
    """What is missing, and where to answer."""
    y = _quoted(sheet, paper.said, y + 2)
    answer = say("letter_answer", paper.language, email=paper.seller.email, number=paper.application_id)
    return _words(sheet, answer, y + 8)


def _terms(sheet: Sheet, terms: Asked, language: str, y: float) -> float:
    rows = [
        ("letter_minimum", money_text(terms.minimum, language)),
        ("letter_limit", money_text(terms.limit, language)),
        ("letter_currency", terms.minimum.currency),
        ("letter_term", say("letter_months", language, months=terms.months)),
        ("letter_invoices", say("letter_in_arrears", language)),
    ]
    sheet.rule(MARGIN, y - 6, _RIGHT)
    with sheet.tagged("Table"):
        for words, value in rows:
            y += 11
            with sheet.tagged("TR"):
                with sheet.tagged("TH", scope="Row"):
                    sheet.text(MARGIN + 8, y, say(words, language), size=9.5, color=SOFT)
                with sheet.tagged("TD"):
                    sheet.text(_RIGHT - 8, y, value, size=_SIZE, bold=True, align="right")
            y += 6
            sheet.rule(MARGIN, y, _RIGHT)
    return y + 6


def _heading(sheet: Sheet, words: str, y: float) -> float:
    y = room_for(sheet, y, 60)
    sheet.text(MARGIN, y, words, size=_SIZE, bold=True, color=ACCENT, tag="H2")
    return y + 15


def _words(sheet: Sheet, words: str, y: float) -> float:
    return sheet.paragraph(MARGIN, room_for(sheet, y, 30), words, room=_WIDE, size=_SIZE)


def _quoted(sheet: Sheet, words: str, y: float) -> float:
    """What a person typed, set in, line by line."""
    for line in words.split("\n"):
        y = sheet.paragraph(MARGIN + 14, y + 2, line, room=_WIDE - 28, size=_SIZE, bold=True) if line.strip() else y + 6
    return y


def _closing(sheet: Sheet, paper: LetterPaper, y: float) -> None:
    language, seller = paper.language, paper.seller
    if paper.kind is not LetterKind.MORE:
        y = _words(sheet, say("letter_questions", language, email=seller.email), y) + 6
    y = _words(sheet, f"{say('letter_closing', language)},", y)
    _words(sheet, say("letter_signed", language, name=paper.signed_by, company=seller.name), y + 8)


_DRAWN = {
    LetterKind.APPROVED: _approved,
    LetterKind.CONDITIONS: _approved,
    LetterKind.DECLINED: _declined,
    LetterKind.MORE: _more,
}
