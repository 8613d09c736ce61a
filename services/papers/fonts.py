"""The embedded fonts every paper is set in, chosen character by character, and what they cannot draw.

Text written from the right is put in the order and the joined forms it is drawn in, line by line.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from pathlib import Path
from threading import RLock

from arabic_reshaper import ArabicReshaper
from bidi.algorithm import get_display  # the one in Python mirrors brackets
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
# Chinese, Japanese and Korean, in one weight: one large font in parts, so that only those a paper needs are read
_EAST = ("EastSigns", "EastHan1", "EastHan2", "EastHan3", "EastHangul")
_FILES |= {name: f"{name}.ttf" for name in _EAST}
REGULAR, BOLD = "Paper", "Paper-Bold"
_CHOICE = {False: (REGULAR, "Paper-More", *_EAST), True: (BOLD, "Paper-More-Bold", *_EAST)}
_RIGHT_TO_LEFT = frozenset({"R", "AL", "AN"})
_JOINING = frozenset("\u200c\u200d")  # they say whether two letters join, and draw nothing themselves
_POINTS = re.compile("[\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7]")  # of Hebrew vowels, as names leave out
# only the joinings a plain text has; the one of God's name and the like are not in the font
_ARABIC = ArabicReshaper({"ARABIC LIGATURE ALLAH": False, "RIAL SIGN": False, "delete_harakat": True})
_LOCK = RLock()
# control characters, halves of pairs, private and unassigned places, ends of lines and paragraphs: nothing is drawn
_NO_SIGNS = frozenset({"Cc", "Cs", "Co", "Cn", "Zl", "Zp"})
# scripts whose letters change shape or place beside each other: a font's single glyphs would draw them wrongly
_NEEDS_SHAPING = (range(0x0900, 0x10A0), range(0x1780, 0x1800), range(0x1A00, 0x1AB0))


class Undrawable(Refused):
    """A text has a character no embedded font can draw rightly; it is never drawn as an empty box."""


@cache
def load() -> None:
    """Set every new file in the embedded fonts, once a process."""
    for name in (REGULAR, BOLD):
        _held(name)
    pdfmetrics.registerFontFamily(REGULAR, normal=REGULAR, bold=BOLD, italic=REGULAR, boldItalic=BOLD)
    # without these a font that is not embedded stays in every file, which PDF/A forbids
    rl_config.canvas_basefontname = REGULAR
    rl_config.defaultGraphicsFontName = REGULAR
    rl_config.useA85 = 0  # text around compressed pages would only make them a quarter longer


def visible(text: str) -> str:
    """The text in composed form, without marks that draw nothing (zero width, direction overrides)."""
    composed = unicodedata.normalize("NFC", text)
    return "".join(sign for sign in composed if unicodedata.category(sign) != "Cf")


def is_from_the_right(text: str) -> bool:
    """Whether part of the text is written from right to left, as Arabic and Hebrew are."""
    return not text.isascii() and any(unicodedata.bidirectional(sign) in _RIGHT_TO_LEFT for sign in text)


@lru_cache(maxsize=20_000)
def shown(text: str) -> str:
    """One line's characters from left to right as they are drawn: Arabic joined, vowel points left out."""
    if not is_from_the_right(text):
        return visible(text)
    composed = unicodedata.normalize("NFC", text)
    kept = "".join(sign for sign in composed if sign in _JOINING or unicodedata.category(sign) != "Cf")
    ordered: str = get_display(_ARABIC.reshape(_POINTS.sub("", kept)))
    return visible(ordered)


def undrawable(text: str) -> str | None:
    """The first character of a text that cannot be drawn rightly, named for a person: “क” (U+0915); else None."""
    if text.isascii() and text.isprintable():
        return None
    for line in text.split("\n"):
        for sign in visible(line):
            if unicodedata.category(sign) in _NO_SIGNS:
                return f"“{sign}” (U+{ord(sign):04X})"
        for sign in shown(line):
            if not _is_drawable(sign):
                typed = unicodedata.normalize("NFKC", sign) if "\ufb50" <= sign <= "\ufeff" else sign
                return f"“{typed}” (U+{ord(typed[0]):04X})"
    return None


def refusal(character: str) -> str:
    """What to do about a character `undrawable` named."""
    return (
        f"{character} cannot be printed; use Latin, Greek, Cyrillic, Arabic, Hebrew, Chinese, Japanese or Korean "
        "characters."
    )


@lru_cache(maxsize=20_000)
def runs(text: str, *, bold: bool = False) -> tuple[tuple[str, str], ...]:
    """One line cut into (font name, piece) from left to right: the main font where it has the glyph, else another.

    Raises `Undrawable` naming the character none can draw.
    """
    if character := undrawable(text):
        raise Undrawable(refusal(character))
    load()
    choice, text = _CHOICE[bold], text.replace("\n", " ")
    if text.isascii():
        return ((choice[0], text),) if text else ()
    pieces: list[tuple[str, str]] = []
    for sign in shown(text):
        font = next(name for name in choice if ord(sign) in _held(name))
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
    if any(ord(sign) in block for block in _NEEDS_SHAPING):
        return False
    return all(any(ord(sign) in _held(name) for name in choice) for choice in _CHOICE.values())


@cache
def _held(name: str) -> frozenset[int]:
    """The characters a font holds; it is read when first asked about, as most papers never need the large one."""
    with _LOCK:
        if name not in pdfmetrics.getRegisteredFontNames():
            pdfmetrics.registerFont(TTFont(name, str(_FOLDER / _FILES[name])))
        return frozenset(pdfmetrics.getFont(name).face.charToGlyph)
