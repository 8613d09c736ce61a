"""A file of the card processor's objects taken apart: each object with its place, and what is no object at all."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NoReturn

from services.errors import Refused

LARGEST = 200_000_000  # bytes: some hundred thousand objects
_BAD_KEPT = 1_000


class Unreadable(Refused):
    """The file is not a file of the processor's objects at all."""


@dataclass(frozen=True, slots=True)
class Placed:
    """One object of the file, and where it stands in words: "object 3", "line 3"."""

    place: str
    value: Any


@dataclass(frozen=True, slots=True)
class BadObject:
    """One object that was not taken in: where it stands, its id as far as it has one, and why in one sentence."""

    place: str
    external_id: str
    reason: str


def objects_of(content: bytes) -> tuple[list[Placed], list[BadObject]]:
    """The objects of a list, of `{"object": "list", "data": [...]}`, of lines, or the one there is; and bad lines.

    Raises `Unreadable` for what is not text, not JSON, cut off or empty, with the place where it ends to make sense.
    """
    if len(content) > LARGEST:
        raise Unreadable(f"The file has more than {LARGEST // 1_000_000} MB; export fewer days at a time.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        raise Unreadable(f"The file is not UTF-8 text (byte {wrong.start + 1:,}); export it as JSON.") from wrong
    if not text.strip():
        raise Unreadable("The file is empty; export the processor's objects as JSON.")
    try:
        whole = _loaded(text)
    except json.JSONDecodeError as wrong:
        return _lines(text, wrong)
    found = whole.get("data", [whole]) if isinstance(whole, dict) else whole
    if not isinstance(found, list):
        raise Unreadable("The file is JSON, but neither an object nor a list of objects.")
    if not found:
        raise Unreadable("The file holds no object.")
    return [Placed(f"object {number:,}", value) for number, value in enumerate(found, 1)], []


def _lines(text: str, whole: json.JSONDecodeError) -> tuple[list[Placed], list[BadObject]]:
    """JSON lines, where the first one is an object by itself; else the whole was cut off, or is no JSON."""
    found: list[Placed] = []
    bad: list[BadObject] = []
    for number, line in _written(text):
        place = f"line {number:,}"
        try:
            found.append(Placed(place, _loaded(line)))
        except json.JSONDecodeError as wrong:
            if not found:
                _refuse(text, whole)
            reason = "It ends in the middle: the file was cut off here." if _cut(line, wrong) else "It is not JSON."
            bad.append(BadObject(place, "", reason))
    return found, bad[:_BAD_KEPT]


def _written(text: str) -> Iterator[tuple[int, str]]:
    return ((number, line) for number, line in enumerate(text.split("\n"), 1) if line.strip())


def _refuse(text: str, wrong: json.JSONDecodeError) -> NoReturn:
    where = f"line {wrong.lineno:,}, column {wrong.colno:,}"
    if _cut(text, wrong):
        raise Unreadable(f"The file ends in the middle ({where}): it was cut off. Fetch it again; nothing was taken.")
    raise Unreadable(f"The file is not JSON ({where}); export the processor's objects as JSON.")


def _cut(text: str, wrong: json.JSONDecodeError) -> bool:
    """Whether the end is missing: nothing follows, a text was never closed, or a list or object was not."""
    plain = text.strip()
    torn = plain[0] in "[{" and plain[-1] not in "]}"
    return torn or not text[wrong.pos :].strip() or wrong.msg.startswith("Unterminated string")


def _loaded(text: str) -> Any:
    try:
        return json.loads(text, parse_constant=_no_number)
    except RecursionError as wrong:
        raise Unreadable("The file is nested deeper than any object of the processor's.") from wrong
    except ValueError as wrong:
        if isinstance(wrong, json.JSONDecodeError):
            raise
        raise Unreadable(f"The file holds a number that is none: {wrong}.") from wrong


def _no_number(name: str) -> NoReturn:
    raise ValueError(name)
