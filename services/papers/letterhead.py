"""What the company's papers have in common: its name and address at the head, facts beside, the line at the foot."""

from __future__ import annotations

from collections.abc import Sequence

from services.papers import fonts
from services.papers.page import ACCENT, MARGIN, RULE, SOFT, Sheet
from services.papers.wording import say
from services.pictures import Picture

RIGHT = 595.27 - MARGIN  # A4 upright
WIDE = RIGHT - MARGIN
MIDDLE = MARGIN + 270
LOWEST = 770.0  # below it stands the foot
TOP = 60.0  # the baseline of the company's name
_LOGO_WIDE, _LOGO_HIGH = 165.0, 46.0
_BESIDE_FACTS = 245.0  # how wide what stands left of the facts may be


def logo(sheet: Sheet, shown: Picture | None, *, of: str, language: str) -> float:
    """The logo at the top left, where there is one; the baseline the name of the company stands at."""
    if shown is None:
        return TOP
    wide, high = inside(shown, _LOGO_WIDE, _LOGO_HIGH)
    sheet.picture(MARGIN, 28, wide, high, shown, alt=say("logo_alt", language, name=of))
    return 28 + high + 24


def inside(shown: Picture, wide: float, high: float) -> tuple[float, float]:
    """The sides of a picture made as large as fits into a place, in points."""
    scale = min(wide / shown.width, high / shown.height)
    return shown.width * scale, shown.height * scale


def head(
    sheet: Sheet,
    *,
    name: str,
    lines: Sequence[str],
    title: str,
    under: str,
    size: float = 24,
    version: str = "",
    top: float = TOP,
) -> float:
    """The company at the left, what the paper is and which copy it replaces at the right; the baseline to go on at."""
    sheet.box(0, 0, sheet.width, 6, color=ACCENT)
    y = sheet.paragraph(MARGIN, top, name, room=250, size=14, bold=True, leading=1.25)
    for line in filter(None, lines):
        y = sheet.paragraph(MARGIN, y, line, room=250, size=8.5, color=SOFT)
    room = WIDE - min(fonts.width(name, 14, bold=True), 250) - 16  # a long title is drawn smaller, never over the name
    fits = size * min(1, room / fonts.width(title, size, bold=True))
    sheet.text(RIGHT, 64, title, size=fits, bold=True, color=ACCENT, align="right", tag="H1")
    sheet.text(RIGHT, 84, under, size=size / 2, bold=True, align="right")
    return max(y, _version(sheet, version, 100))


def _version(sheet: Sheet, version: str, y: float) -> float:
    if version:
        with sheet.tagged("P"):
            for line in fonts.wrapped(version, 8, 215):
                sheet.text(RIGHT, y, line, size=8, color=SOFT, align="right")
                y += 11
    return y


def facts(sheet: Sheet, said: Sequence[tuple[str, str]], y: float) -> float:
    """Labels and bold values in the right half, each over a rule; returns the baseline below them."""
    with sheet.tagged("Table"):
        for label, value in said:
            with sheet.tagged("TR"):
                with sheet.tagged("TH", scope="Row"):
                    sheet.text(MIDDLE, y, label, size=8.5, color=SOFT)
                with sheet.tagged("TD"):
                    for line in fonts.wrapped(value, 9, 120, bold=True):
                        y = sheet.onward(y)
                        sheet.text(RIGHT, y, line, bold=True, align="right")
                        y += 12.5
            sheet.rule(MIDDLE, y - 7.5, RIGHT)
            y += 5
    return y


def parties(
    sheet: Sheet,
    y: float,
    *,
    beside: Sequence[tuple[str, str]],
    heading: str,
    name: str,
    lines: Sequence[str],
    contact: tuple[str, Sequence[str]] | None = None,
) -> float:
    """Whom the paper is to at the left, with further lines under a heading of their own, and the facts at the right.

    Empty lines are left out. Returns the baseline to go on at, which is on another page where an address needs one.
    """
    sheet.rule(MARGIN, y - 22, RIGHT)
    low = facts(sheet, beside, y)
    sheet.text(MARGIN, y, heading, size=8, bold=True, color=ACCENT, tag="H2")
    left = sheet.paragraph(MARGIN, y + 16, name, room=_BESIDE_FACTS, size=11, bold=True)
    for line in filter(None, lines):
        left = sheet.paragraph(MARGIN, room_for(sheet, left, 110), line, room=_BESIDE_FACTS)
    if contact:
        left = room_for(sheet, left + 6, 60)
        sheet.text(MARGIN, left, contact[0], size=8, bold=True, color=ACCENT, tag="H2")
        left += 14
        for line in contact[1]:
            left = sheet.paragraph(MARGIN, room_for(sheet, left, 60), line, room=_BESIDE_FACTS)
    return left if sheet.pages > 1 else max(left, low)


def room_for(sheet: Sheet, y: float, needed: float) -> float:
    """The baseline to go on at: `y`, or the top of a new page when less than `needed` points are left."""
    if y + needed <= LOWEST:
        return y
    sheet.next_page()
    return MARGIN + 20


def foot(sheet: Sheet, *, legal: str, language: str, number: int, pages: int) -> None:
    """Who gives the paper out, and the page of how many."""
    sheet.rule(MARGIN, 792, RIGHT, color=RULE)
    page = say("page", language, page=number, pages=pages)
    sheet.text(MARGIN, 806, fonts.clipped(legal, 7.5, WIDE - 90), size=7.5, color=SOFT)
    sheet.text(RIGHT, 806, page, size=7.5, color=SOFT, align="right")
