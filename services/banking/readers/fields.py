"""The tagged fields of a SWIFT message, line by line: what is a tag, what only looks like one, what is a broken one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from services.banking.model import Unreadable

OPENING = frozenset({"60F", "60M"})
CLOSING = frozenset({"62F", "62M"})

_TAG = re.compile(r"[ \t]*:(20|21|25P?|28C?|34F|13D|60[FM]|61|62[FM]|64|65|86|90[CD]|940|942|NS):(.*)", re.DOTALL)
_HEADER = frozenset({"20", "21", "25", "25P", "28", "28C"})
_AFTER_HEADER = _HEADER | OPENING | {"34F", "13D"}
_ENVELOPE = re.compile(r"[^:\n]*(?:\{[1-3]:.*)?\{4:")
_END = re.compile(r"[ \t]*-(?:\}.*)?[ \t]*")
_BROKEN = re.compile(
    r"""\s*(?: :?6[02][FM]:?[CD]\d{6}[A-Z]{3}  # a balance whose tag lost a colon
        | (?::61|61:)\d{6}(?:\d{4})?R?[CD][A-Z]?\d{1,30},\d{0,9}[A-Z] )""",
    re.VERBOSE | re.IGNORECASE,
)


@dataclass(slots=True)
class Field:
    """One tagged field: its lines without line ends, and where it starts."""

    tag: str
    row: int
    lines: list[str]
    after_end: bool = False


def fields_of(text: str) -> Iterator[Field]:
    """Fields in order. A line that is no tag belongs to the field before it, until a message ends.

    Raises `Unreadable` for a balance or movement whose tag is damaged: reading on would leave it out.
    """
    lines = [raw.strip("\x00\x01\x02\x03\x1a").replace("\t", " ") for raw in re.split(r"\r\n|\n|\r", text)]
    current: Field | None = None
    between, ended = False, False  # between the two balances of a statement; just after the end of a message
    for row, whole in enumerate(lines, start=1):
        line = whole
        if "{4:" in line and (envelope := _ENVELOPE.match(line)):
            line, ended = line[envelope.end() :], True
        found = _TAG.fullmatch(line)
        if found and (ended or not between or _is_tag(found[1], lines, row)):
            if current:
                yield current
            current, ended = Field(found[1], row, [found[2]], ended), False
            between = found[1] in OPENING or (between and found[1] not in CLOSING | _HEADER)
        elif _END.fullmatch(line) and not (between and line.strip() == "-"):  # a word's own “-” may wrap alone
            ended = True
        elif not found and _BROKEN.match(line):
            raise Unreadable(f"“{line.strip()[:40]}” is a balance or a movement whose tag is damaged.", row)
        elif current and not ended:
            current.lines.append(line)
    if current:
        yield current


def _is_tag(tag: str, lines: list[str], row: int) -> bool:
    """Whether a tag between the balances is one: a time cut at the line's end (“at 16” “:20:37”) looks like a header.

    A header is followed by the rest of its header; a text goes on to the next movement or the closing balance.
    """
    if tag not in _HEADER:
        return True
    later = (_TAG.fullmatch(lines[index]) for index in range(row, len(lines)))  # no copy: a file may be all headers
    following = next((found[1] for found in later if found), "")
    return following in _AFTER_HEADER
