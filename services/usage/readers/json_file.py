"""Reading the JSON of a messaging-history API: a list, an object around a list, or one object a line; streamed."""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterator
from itertools import count, islice
from typing import IO, Any

import pyarrow as pa

from services.usage.columns import ALIASES, as_written, chosen, ignored_note, plain
from services.usage.readers import Batch, Reading
from services.usage.readers.json_pages import Pages
from services.usage.records import BadRow, Unreadable
from services.usage.sources import Source
from services.usage.values import WrongValue, own_number_of

_ROWS = 20_000
_PIECE = 1 << 16
_LARGEST = 4 << 20  # signs of one message, or of what stands before the list
_LISTS = frozenset({"data", "messages", "records", "items"})
_BLANK = " \t\r\n,"
_IDS = frozenset({"external_id", *ALIASES["external_id"]})  # what has one is a message, whatever lists it holds
_BROKEN = "The JSON is not whole or not valid; export it again."
_BARE = "This is not a message but a bare value; leave it out."
_ASSUMED = ("product", "currency")  # an API of one product and one account need not repeat them


def read(source: Source, *, customer_given: bool) -> Reading:
    """Look at the first message for its fields and give batches; raises `Unreadable`, also while they are read."""
    with source.unpacked() as stream:
        first = next((each for each in _objects(stream, Pages()) if isinstance(each, dict)), None)
    if first is None:
        raise Unreadable("The file holds no messages; export it again.")
    headers = [str(name) for name in first]
    named = [*headers, *(name for name in _ASSUMED if name not in map(plain, headers))]
    places = chosen(named, customer_given=customer_given)
    read_too = [place for place, name in enumerate(headers) if plain(name) == "from"]
    notes = ignored_note(headers, [*places.values(), *read_too])
    said = {name: place for name, place in places.items() if place < len(headers)}
    missing: list[str] = []
    return Reading("json", notes, _batches(source, missing), as_written(named, said), missing)


def _batches(source: Source, missing: list[str]) -> Iterator[Batch]:
    pages = Pages()
    with source.unpacked() as stream:
        numbered = zip(count(1), _objects(stream, pages), strict=False)
        while rows := list(islice(numbered, _ROWS)):
            good = [(line, _named(row)) for line, row in rows if isinstance(row, dict)]
            bad = [BadRow(line, "", _BARE) for line, row in rows if not isinstance(row, dict)]
            names = {name for _line, row in good for name in row}
            columns = {name: pa.array([row.get(name, "") for _line, row in good], pa.string()) for name in names}
            yield Batch(columns if good else {}, [line for line, _row in good], bad)
    missing += pages.missing()


def _named(row: dict[str, Any]) -> dict[str, str]:
    """The values of one message by column of the contract; its two numbers told apart by its direction."""
    written = {plain(str(name)): "" if value is None else _text(value) for name, value in row.items()}
    found: dict[str, str] = {}
    for name, aliases in ALIASES.items():
        said = [written[each] for each in (name, *aliases) if each in written]
        if said:
            found[name] = next((value for value in said if value), "")
    found.setdefault("product", "sms")
    sender = written.get("from", "")
    if found.get("direction", "").strip().lower().startswith("in"):
        found.setdefault("own_number", _number(found.get("recipient", "")))
        found["recipient"] = sender or found.get("recipient", "")
    else:
        found.setdefault("own_number", _number(sender))
    return found


def _text(value: Any) -> str:
    return (
        value if isinstance(value, str) else json.dumps(value) if isinstance(value, bool | list | dict) else str(value)
    )


def _number(sender: str) -> str:
    """A sender that is a number; a name or nothing is no number of the customer's own."""
    try:
        return own_number_of(sender) or ""
    except WrongValue:
        return ""


class _Text:
    """A growing window on the text of a file."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream, self._decoder = stream, codecs.getincrementaldecoder("utf-8-sig")()
        self._json = json.JSONDecoder(parse_float=str, parse_constant=str)
        self.window, self.at, self.ended = "", 0, False
        self._held = False

    def hold(self) -> None:
        """Keep what follows, so that it can be read a second time from sign 0."""
        self.window, self.at, self._held = self.window[self.at :], 0, True

    def release(self) -> None:
        """Keep no longer what was read."""
        self._held = False

    def more(self) -> bool:
        """Read on; False where there is nothing left."""
        if self.ended:
            return False
        piece = self._stream.read(_PIECE)
        self.ended = not piece
        read = 0 if self._held else self.at
        try:
            self.window, self.at = self.window[read:] + self._decoder.decode(piece, final=self.ended), self.at - read
        except UnicodeDecodeError:
            raise Unreadable("The file is not text in UTF-8; save it in UTF-8.") from None
        return True

    def sign(self, skipped: str = _BLANK) -> str:
        """The next sign that is not skipped, without taking it; nothing at the end."""
        while True:
            while self.at < len(self.window) and self.window[self.at] in skipped:
                self.at += 1
            if self.at < len(self.window):
                return self.window[self.at]
            if not self.more():
                return ""

    def value(self) -> Any:
        """Take the next whole value."""
        self.sign()
        while True:
            try:
                value, end = self._json.raw_decode(self.window, self.at)
            except (json.JSONDecodeError, RecursionError):
                if len(self.window) - self.at > _LARGEST or not self.more():
                    raise Unreadable(_BROKEN) from None
                continue
            if end < len(self.window) or not self.more():  # a number at the edge may go on
                self.at = end
                return value


def _objects(stream: IO[bytes], pages: Pages) -> Iterator[Any]:
    """Every message of a file, one at a time: of one list, of several that follow each other (pages), or by the line.

    A first list is read as it comes, however long; a later page is read so where the first object was one too. What
    stands around a list goes to `pages`.
    """
    text, paged = _Text(stream), True
    while opens := text.sign():
        pages.turn()
        depth = _list_within(text, pages) if opens == "{" and paged else 0
        if depth or opens == "[":
            text.at += 1
            while text.sign() != "]":
                yield from _messages(text.value(), pages)
            text.at += 1
            _close(text, depth, pages)
        elif opens == "{":
            paged = False
            yield from _messages(text.value(), pages)
        else:
            raise Unreadable(_BROKEN)


def _list_within(text: _Text, pages: Pages) -> int:
    """How deep in the object that begins here its list of messages lies, and stand before it; 0 where it has none."""
    text.hold()
    text.at, depth = text.at + 1, 1
    while text.sign() == '"':
        name = text.value()
        known = name in _LISTS
        opens = text.sign(_BLANK + ":")
        if known and opens == "[":
            text.release()
            return depth
        if known and opens == "{" and depth == 1:
            text.at, depth = text.at + 1, 2
        else:
            pages.tell(name, text.value())
    pages.forget()
    text.at = 0
    text.release()
    return 0


def _close(text: _Text, depth: int, pages: Pages) -> None:
    """Read what stands after a list to the end of the objects around it; raises `Unreadable` where that is missing."""
    for _ in range(depth):
        while text.sign() == '"':
            name = text.value()
            text.sign(_BLANK + ":")
            pages.tell(name, text.value())
        if text.sign() != "}":
            raise Unreadable(_BROKEN)
        text.at += 1


def _messages(value: Any, pages: Pages) -> list[Any]:
    """The messages of a page of them, or the one message that this is."""
    within = _page(value)
    deeper = _page(within) if isinstance(within, dict) else within
    if not isinstance(deeper, list):
        return [value]
    pages.turn()
    for around in (value, within):
        if isinstance(around, dict):
            for name in around.keys() - _LISTS:
                pages.tell(name, around[name])
    return deeper


def _page(value: Any) -> Any:
    if not isinstance(value, dict) or not _LISTS & value.keys() or _IDS & set(map(plain, value)):
        return None
    return next((value[name] for name in value if name in _LISTS and isinstance(value[name], list | dict)), None)
