"""The credit or adjustment note drawn on A4: from a document that adds up, the same bytes every time, as PDF/A-3b."""

from __future__ import annotations

from services.invoices.credit_note import NoteKind
from services.invoices.credit_note_document import NoteDocument
from services.invoices.pdf import business_id
from services.papers import letterhead
from services.papers.archive import archived
from services.papers.letterhead import room_for
from services.papers.page import BAND, INK, MARGIN, SOFT, Sheet
from services.papers.wording import date_text, money_text, number_text, say, version_text

_RIGHT, _WIDE, _MIDDLE = letterhead.RIGHT, letterhead.WIDE, letterhead.MIDDLE
_LONG_TITLE = 18


def note_pdf(document: NoteDocument) -> bytes:
    """The file of a note. Raises `Undrawable` naming a character no font has."""
    language, seller = document.language, document.seller
    title = say(f"{document.kind.value}_note", language)
    sheet = Sheet(
        title=f"{title} {document.number}", author=seller.name, subject=say("line", language), language=language
    )
    lines = [*seller.address, f"{say('abn', language)} {seller.abn}", seller.email, seller.phone, seller.website]
    version = version_text(document.version, document.version_on, document.replaces_on, language)
    top = letterhead.logo(sheet, document.logo, of=seller.name, language=language)
    y = letterhead.head(
        sheet,
        name=seller.name,
        lines=lines,
        title=title,
        under=document.number,
        size=_size(title),
        version=version,
        top=top,
    )
    y = _parties(sheet, document, y + 30)
    y = _effect(sheet, document, y + 22)
    y = _amounts(sheet, document, y + 18)
    _notes(sheet, document, y + 16)
    legal = f"{seller.name} · {say('abn', language)} {seller.abn} · {document.number}"
    drawn = sheet.finish(
        lambda page, number, pages: letterhead.foot(page, legal=legal, language=language, number=number, pages=pages)
    )
    return archived(drawn, on=document.version_on or document.issued_on)


def _size(title: str) -> float:
    """A long title is set smaller, so that it never meets the company's name."""
    return 24 if len(title) < _LONG_TITLE else 17


def _parties(sheet: Sheet, document: NoteDocument, y: float) -> float:
    language, buyer = document.language, document.buyer
    facts = [
        ("note_number", document.number),
        ("issued_on", date_text(document.issued_on, language)),
        ("number", document.invoice_number),
        ("invoice_issued_on", date_text(document.invoice_issued_on, language)),
        ("username", document.username),
        ("account_id", document.account_id),
    ]
    return letterhead.parties(
        sheet,
        y,
        beside=[(say(words, language), value) for words, value in facts],
        heading=say("issued_to", language),
        name=buyer.company_name,
        lines=[*buyer.address.split("\n"), business_id(buyer, country=document.country, language=language)],
    )


def _effect(sheet: Sheet, document: NoteDocument, y: float) -> float:
    """That it lowers the price, of which invoice, and why."""
    language = document.language
    y = room_for(sheet, y, 120)
    effect = say(f"{document.kind.value}_effect", language, invoice=document.invoice_number)
    y = sheet.paragraph(MARGIN, y, effect, room=_WIDE, size=10)
    return sheet.paragraph(MARGIN, y + 4, say("note_reason", language, reason=document.reason), room=_WIDE, size=10)


def _amounts(sheet: Sheet, document: NoteDocument, y: float) -> float:
    language = document.language
    y = room_for(sheet, y, 150)
    sheet.box(MARGIN, y - 14, _WIDE, 21, color=INK, radius=3)
    header = f"{say('amount', language)} ({document.gross.currency})"
    with sheet.tagged("Table"):
        with sheet.tagged("TR"):
            with sheet.tagged("TH", scope="Column"):
                sheet.text(MARGIN + 10, y, say("description", language), size=8.5, bold=True, color=BAND)
            with sheet.tagged("TH", scope="Column"):
                sheet.text(_RIGHT - 10, y, header, size=8.5, bold=True, color=BAND, align="right")
        y += 7
        for words, money in (("price_before", document.before), ("price_after", document.after)):
            y += 17
            label = say(words, language, invoice=document.invoice_number)
            _row(sheet, (MARGIN + 10, label), number_text(money, language), y, size=10)
        y += 12
        sheet.rule(MARGIN, y, _RIGHT)
        if document.kind is NoteKind.ADJUSTMENT:
            for label, money in ((say("net", language), document.net), (document.tax_label, document.tax)):
                y += 17
                _row(sheet, (_MIDDLE, label), number_text(money, language), y, size=9)
        y += 24
        sheet.box(_MIDDLE - 10, y - 16, _RIGHT - _MIDDLE + 10, 25, color=BAND, radius=3)
        total = money_text(document.gross, language)
        _row(sheet, (_MIDDLE, say("credited_total", language)), total, y, size=11, bold=True)
    return y + 24


def _row(sheet: Sheet, label: tuple[float, str], value: str, y: float, *, size: float, bold: bool = False) -> None:
    with sheet.tagged("TR"):
        with sheet.tagged("TH", scope="Row"):
            sheet.text(label[0], y, label[1], size=size, bold=bold)
        with sheet.tagged("TD"):
            sheet.text(_RIGHT - 10, y, value, size=size + bold, bold=bold, align="right")


def _notes(sheet: Sheet, document: NoteDocument, y: float) -> None:
    """What becomes of the amount, and its tax in AUD."""
    language = document.language
    said = []
    if document.lowered:
        said.append(say("note_lowered", language, amount=money_text(document.lowered, language)))
    if document.returned:
        said.append(say("note_returned", language, amount=money_text(document.returned, language)))
    if document.tax_aud:
        amount = money_text(document.tax_aud, language)
        said.append(say("note_tax_aud", language, label=document.tax_label, amount=amount))
    if document.kind is NoteKind.CREDIT:
        said.append(say("note_no_tax", language))
    for words in said:
        y = sheet.paragraph(MARGIN, room_for(sheet, y, 30), words, room=_WIDE, size=8.5, color=SOFT) + 4
