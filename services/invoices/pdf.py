"""The invoice drawn on A4: from a document that adds up, the same bytes every time, as PDF/A-3b."""

from __future__ import annotations

from segno.helpers import make_epc_qr
from stdnum import iban
from stdnum.au import abn

from services.customers.model import InvoiceDetails
from services.invoices.document import Document
from services.invoices.paid_by import PaidByCard
from services.invoices.paying import bank_box, bank_lines, card_lines, lines_high
from services.invoices.pdf_lines import amounts
from services.papers import letterhead
from services.papers.archive import archived
from services.papers.letterhead import room_for
from services.papers.page import ACCENT, BAND, MARGIN, SOFT, Sheet
from services.papers.wording import date_text, money_text, say, version_text

_RIGHT, _WIDE, _MIDDLE = letterhead.RIGHT, letterhead.WIDE, letterhead.MIDDLE
_BESIDE = MARGIN + 294  # where the reference stands, right of the bank details
_LONGEST_QR_NAME = 70  # EPC 069-12


def invoice_pdf(document: Document) -> bytes:
    """The file of a document; a draft is marked as one. Raises `Undrawable` naming a character no font has."""
    language = document.language
    sheet = Sheet(
        title=f"{document.title} {document.number or say('draft', language)}",
        author=document.seller.name,
        subject=say("line", language),
        language=language,
    )
    if document.is_draft:
        sheet.slanted(say("draft", language), size=64, color=BAND)
    y = _head(sheet, document)
    y = _parties(sheet, document, y + 30)
    y = amounts(sheet, document, y + 22)
    y = _payment(sheet, document, y + 26)
    _notes(sheet, document, y + 20)
    drawn = sheet.finish(lambda page, number, pages: _foot(page, document, number, pages))
    return archived(drawn, on=document.version_on or document.issued_on)


def _head(sheet: Sheet, document: Document) -> float:
    seller, language = document.seller, document.language
    lines = [*seller.address, f"{say('abn', language)} {seller.abn}", seller.email, seller.phone, seller.website]
    number = document.number or say("draft", language)
    version = version_text(document.version, document.version_on, document.replaces_on, language)
    top = letterhead.logo(sheet, document.logo, of=seller.name, language=language)
    return letterhead.head(
        sheet, name=seller.name, lines=lines, title=document.title, under=number, version=version, top=top
    )


def _parties(sheet: Sheet, document: Document, y: float) -> float:
    language, buyer = document.language, document.buyer
    facts = [
        ("number", document.number or say("number_draft", language)),
        ("issued_on", date_text(document.issued_on, language)),
        _until(document),
        *_used(document),
        ("username", document.username),
        ("account_id", document.account_id),
        *([("po_number", document.po_number)] if document.po_number else []),
    ]
    return letterhead.parties(
        sheet,
        y,
        beside=[(say(words, language), value) for words, value in facts],
        heading=say("bill_to", language),
        name=buyer.company_name,
        lines=[*buyer.address.split("\n"), business_id(buyer, country=document.country, language=language)],
        contact=(say("contact", language), [buyer.contact_name, buyer.contact_phone, buyer.email]),
    )


def _until(document: Document) -> tuple[str, str]:
    """By when it is to be paid, or when it was."""
    if document.paid_by:
        return "paid_on", date_text(document.paid_by.on, document.language)
    return "due_on", date_text(document.due_on, document.language)


def _used(document: Document) -> list[tuple[str, str]]:
    """The days one in arrears is for; those issued before it was kept say none."""
    if document.used is None:
        return []
    first, last = (date_text(day, document.language) for day in (document.used.starts_on, document.used.last_day))
    return [("used_from", first), ("used_until", last)]


def business_id(buyer: InvoiceDetails, *, country: str, language: str) -> str:
    """The buyer's company id with its name, an Australian one by its own; nothing where none was given."""
    given = buyer.business_id
    if not given:
        return ""
    is_abn = country == "AU" and abn.is_valid(given)
    return say("buyer_abn" if is_abn else "business_id", language, value=given)


def _payment(sheet: Sheet, document: Document, y: float) -> float:
    language = document.language
    if document.paid_by:
        return _paid(sheet, document, document.paid_by, y)
    lines = bank_lines(document.pay_to, language)
    code = _code(document)
    room = _BESIDE - MARGIN - 122
    high = max(46 + lines_high(lines, room), 150 if code else 118)
    y = room_for(sheet, y, high)
    bank_box(sheet, lines, y, language=language, high=high, labels=92, room=room)
    _reference(sheet, document, y + 6, code)
    return y - 14 + high


def _paid(sheet: Sheet, document: Document, paid: PaidByCard, y: float) -> float:
    """The same box for an invoice that a card has paid: with what and when, and nowhere to pay to."""
    lines = card_lines(document, paid)
    high = 46 + lines_high(lines, _WIDE - 160)
    y = room_for(sheet, y, high)
    bank_box(
        sheet, lines, y, language=document.language, high=high, labels=110, room=_WIDE - 160, heading="paid_by_card"
    )
    return y - 14 + high


def _reference(sheet: Sheet, document: Document, y: float, code: list[list[bool]] | None) -> None:
    language = document.language
    left = _BESIDE
    room = _RIGHT - left - 14 - (82 if code else 0)
    sheet.text(left, y, say("reference", language), size=8.5, color=SOFT)
    reference = document.reference or say("reference_draft", language)
    sheet.text(left, y + 22, reference, size=18 if document.reference else 11, bold=True, color=ACCENT)
    sheet.text(left, y + 44, say("total_to_pay", language), size=8.5, color=SOFT)
    sheet.text(left, y + 60, money_text(document.gross, language), size=13, bold=True)
    below = sheet.paragraph(left, y + 78, say(document.hint, language), room=room, size=7.5, color=SOFT)
    if code:
        sheet.squares(_RIGHT - 88, y + 34, 74, code, alt=say("scan_alt", language))
        sheet.text(_RIGHT - 51, max(y + 118, below - 10), say("scan", language), size=7, color=SOFT, align="center")


def _code(document: Document) -> list[list[bool]] | None:
    """The EPC code European bank apps scan: euro only, and only with an IBAN whose check digits are right."""
    pay_to = document.pay_to
    if document.gross.currency != "EUR" or not document.reference or not iban.is_valid(pay_to.iban):
        return None
    code = make_epc_qr(
        name=pay_to.holder[:_LONGEST_QR_NAME],
        iban=iban.compact(pay_to.iban),
        amount=document.gross.amount,
        text=document.reference,
        bic=pay_to.bic or None,
    )
    return [[bool(cell) for cell in row] for row in code.matrix]


def _notes(sheet: Sheet, document: Document, y: float) -> None:
    language, changed_on = document.language, document.pay_to.changed_on
    if document.paid_by:
        sheet.paragraph(MARGIN, room_for(sheet, y, 30), say("nothing_due", language), room=_WIDE, size=8.5)
        return
    notes = [say("fee_note", language)] if document.from_abroad else []
    notes.append(say("owed" if document.in_arrears else "credited", language))
    if changed_on:
        notes.append(say("changed_on", language, day=date_text(changed_on, language)))
    else:
        notes.append(say("unchanged", language))
    for note in notes:
        y = sheet.paragraph(MARGIN, room_for(sheet, y, 30), note, room=_WIDE, size=8.5) + 4


def _foot(sheet: Sheet, document: Document, number: int, pages: int) -> None:
    language, seller = document.language, document.seller
    legal = f"{seller.name} · {say('abn', language)} {seller.abn} · {document.number or say('draft', language)}"
    letterhead.foot(sheet, legal=legal, language=language, number=number, pages=pages)
