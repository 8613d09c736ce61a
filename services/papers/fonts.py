"""The embedded fonts every paper is set in, chosen character by character, and what they cannot draw yet."""

from __future__ import annotations

import unicodedata
from functools import cache, lru_cache
from pathlib import Path

from reportlab import rl_config
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

from services.errors import Refused

_FOLDER = Path(__file__).parent / "fonts"
_FILES = {
    "Paper": "NotoSans-Regular.ttf",
    "Paper-Bold": "NotoSans-Bold.ttf",
    "Paper-More": "DejaVuSans.ttf",
    "Paper-More-Bold": "DejaVuSans-Bold.ttf",
}
REGULAR, BOLD = "Paper", "Paper-Bold"
_CHOICE = {False: (REGULAR, "Paper-More"), True: (BOLD, "Paper-More-Bold")}
_RIGHT_TO_LEFT = frozenset({"R", "AL", "AN"})
# scripts whose letters change shape or place beside each other: a font's single glyphs would draw them wrongly
_NEEDS_SHAPING = (range(0x0900, 0x10A0), range(0x1780, 0x1800), range(0x1A00, 0x1AB0))


class Undrawable(Refused):
    """A text has a character no embedded font can draw rightly; it is never drawn as an empty box."""


@cache
def load() -> dict[str, frozenset[int]]:
    """Register the fonts once a process; the characters each one holds."""
    held = {}
    for name, file in _FILES.items():
        font = TTFont(name, str(_FOLDER / file))
        pdfmetrics.registerFont(font)
        held[name] = frozenset(font.face.charToGlyph)
    pdfmetrics.registerFontFamily(REGULAR, normal=REGULAR, bold=BOLD, italic=REGULAR, boldItalic=BOLD)
    # without these a font that is not embedded stays in every file, which PDF/A forbids
    rl_config.canvas_basefontname = REGULAR
    rl_config.defaultGraphicsFontName = REGULAR
    return held


def visible(text: str) -> str:
    """The text in composed form, without marks that draw nothing (zero width, direction overrides)."""
    composed = unicodedata.normalize("NFC", text)
    return "".join(sign for sign in composed if unicodedata.category(sign) != "Cf")


def undrawable(text: str) -> str | None:
    """The first character of a text that cannot be drawn rightly, named for a person: “字” (U+5B57); else None."""
    if text.isascii() and text.isprintable():
        return None
    for sign in visible(text):
        if sign != "\n" and not _is_drawable(sign):
            return f"“{sign}” (U+{ord(sign):04X})"
    return None


@lru_cache(maxsize=20_000)
def runs(text: str, *, bold: bool = False) -> tuple[tuple[str, str], ...]:
    """The text cut into (font name, piece): the main font where it has the glyph, else the second one.

    Raises `Undrawable` naming the character neither can draw.
    """
    if character := undrawable(text):
        raise Undrawable(f"{character} cannot be printed yet; write it in Latin, Greek or Cyrillic letters.")
    main, more = _CHOICE[bold]
    held = load()[main]
    if text.isascii():
        return ((main, text),) if text else ()
    pieces: list[tuple[str, str]] = []
    for sign in visible(text):
        font = main if ord(sign) in held else more
        if pieces and pieces[-1][0] == font:
            pieces[-1] = (font, pieces[-1][1] + sign)
        else:
            pieces.append((font, sign))
    return tuple(pieces)


@lru_cache(maxsize=50_000)
def width(text: str, size: float, *, bold: bool = False) -> float:
    """How wide the text is at that size, in points."""
    return float(sum(pdfmetrics.stringWidth(piece, font, size) for font, piece in runs(text, bold=bold)))


def wrapped(text: str, size: float, room: float, *, bold: bool = False) -> list[str]:
    """The text in lines no wider than `room` points: broken at spaces, inside a word only when it alone is too wide."""
    if "\n" not in text and width(text, size, bold=bold) <= room:
        return [text]
    lines: list[str] = []
    for paragraph in text.split("\n"):
        line = ""
        for word in paragraph.split(" "):
            longer = f"{line} {word}" if line else word
            if width(longer, size, bold=bold) <= room:
                line = longer
                continue
            if line:
                lines.append(line)
            *full, line = _broken(word, size, room, bold=bold)
            lines += full
        lines.append(line)
    return lines


def clipped(text: str, size: float, room: float, *, bold: bool = False) -> str:
    """The text, shortened with an ellipsis where it is wider than `room` points."""
    if width(text, size, bold=bold) <= room:
        return text
    least, most = 0, len(text)
    while least < most:
        middle = (least + most + 1) // 2
        if width(text[:middle].rstrip() + "…", size, bold=bold) <= room:
            least = middle
        else:
            most = middle - 1
    return text[:least].rstrip() + "…"


def _broken(word: str, size: float, room: float, *, bold: bool) -> list[str]:
    parts = [""]
    for sign in word:
        if parts[-1] and width(parts[-1] + sign, size, bold=bold) > room:
            parts.append("")
        parts[-1] += sign
    return parts


@lru_cache(maxsize=5_000)
def _is_drawable(sign: str) -> bool:
    held = load()
    if ord(sign) not in held[REGULAR] and ord(sign) not in held["Paper-More"]:
        return False
    if unicodedata.bidirectional(sign) in _RIGHT_TO_LEFT or unicodedata.category(sign) in {"Cc", "Cs", "Co"}:
        return False
    return not any(ord(sign) in block for block in _NEEDS_SHAPING)
