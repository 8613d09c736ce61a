"""The box that says where to pay, or that a card has paid: alike on an invoice and on a statement of what is owed."""

from __future__ import annotations

from collections.abc import Sequence

from services.invoices.document import Document, PayTo
from services.invoices.paid_by import PaidByCard
from services.papers import fonts
from services.papers.letterhead import WIDE
from services.papers.page import ACCENT, BAND, MARGIN, SOFT, Sheet
from services.papers.wording import bank_label, date_text, money_text, say

INSIDE = MARGIN + 18  # where words begin in the box
_STEP = 14.0  # from line to line, in points
_SIZE = 9.0


def bank_lines(pay_to: PayTo, language: str) -> list[tuple[str, str]]:
    """Labels and values as printed: holder and bank, unless the account's own lines say them, then those lines."""
    known = {value for _, value in pay_to.lines}
    named = [(say("holder", language), pay_to.holder), (say("bank", language), pay_to.bank)]
    printed = [(bank_label(label, language), value) for label, value in pay_to.lines if value]
    return [(label, value) for label, value in named if value and value not in known] + printed


def card_lines(document: Document, paid: PaidByCard) -> list[tuple[str, str]]:
    """Labels and values of what a card has paid."""
    language = document.language
    card = say("card_ending", language, brand=paid.brand, last_four=paid.last_four)
    return [
        (say("paid_with", language), card),
        (say("charged_on", language), date_text(paid.on, language)),
        (say("charged", language), money_text(document.gross, language)),
    ]


def lines_high(lines: Sequence[tuple[str, str]], room: float) -> float:
    """The points the values take below each other, each wrapped into `room` points."""
    return sum(_STEP * len(fonts.wrapped(value, _SIZE, room, bold=True)) for _, value in lines)


def bank_box(
    sheet: Sheet,
    lines: Sequence[tuple[str, str]],
    y: float,
    *,
    language: str,
    high: float,
    labels: float,
    room: float,
    down: float = 28,
    heading: str = "pay_by_transfer",
) -> float:
    """The box `high` points high with its heading and lines; the caller has seen to its room on the page.

    `labels` is how wide the labels' column is, `room` the values', and `down` from `y` to the first line's baseline.
    Returns the baseline after the last line, for what the caller adds below.
    """
    sheet.box(MARGIN, y - 14, WIDE, high, color=BAND, radius=5)
    sheet.box(MARGIN, y - 14, 4, high, color=ACCENT)
    sheet.text(INSIDE, y + 6, say(heading, language), size=11, bold=True, tag="H2")
    y += down
    with sheet.tagged("Table"):
        for label, value in lines:
            with sheet.tagged("TR"):
                with sheet.tagged("TH", scope="Row"):
                    sheet.text(INSIDE, y, label, size=8.5, color=SOFT)
                with sheet.tagged("TD"):
                    y = sheet.paragraph(
                        INSIDE + labels, y, value, room=room, size=_SIZE, bold=True, leading=_STEP / _SIZE
                    )
    return y
