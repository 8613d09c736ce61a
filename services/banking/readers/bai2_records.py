"""The records of a BAI2 file, continuations joined, and the words of its language: amounts, codes, funds types."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from services.banking.model import Unreadable
from services.banking.readers.amounts import money_of, short_day
from services.money import Money, digits

_CODES = frozenset({"01", "02", "03", "16", "49", "88", "98", "99"})
_GLUED = re.compile(r"(?<=/)[ \t]+(?=(?:02|03|16|49|88|98|99),)")
_RECORD = re.compile(r"(\d{2}),(.*)", re.DOTALL)
_INTEGER = re.compile(r"[+-]?\d{1,18}")
_NOTE = 890
_LONGEST_RECORD, _MOST_PIECES = 20_000, 400
_LONGEST = 4_000  # characters of a text that was broken over lines
_CREDITS = (range(100, 400), range(720, 760), range(920, 960))
_DEBITS = (range(400, 700), range(760, 780), range(960, 1000))


@dataclass(slots=True)
class Record:
    """One logical record: its code, the line it begins on, and what each physical record of it says after its code."""

    code: str
    row: int
    pieces: list[str]

    @property
    def body(self) -> str:
        """All of it with commas between what was continued; a text (16) that was cut goes on with a space."""
        parts = []
        for piece in self.pieces[:-1]:
            closed = piece.endswith("/") or self.code != "16"
            parts.append(piece.removesuffix("/") + ("," if closed else " "))
        return "".join([*parts, self.pieces[-1].removesuffix("/")])

    @property
    def fields(self) -> list[str]:
        """The fields after the code."""
        return [each.strip() for each in self.body.split(",")]


def records_of(text: str, *, wrapped: bool = False) -> Iterator[Record]:
    """Logical records: an 88 goes on with the record before it. Raises `Unreadable` for what is no record.

    `wrapped` reads a file whose lines were broken and joined on its way: several records on a line, and a text that
    goes on in the next line.
    """
    current: Record | None = None
    for row, line in _written(text, wrapped=wrapped):
        if len(line) > _LONGEST_RECORD or (current and len(current.pieces) > _MOST_PIECES):
            raise Unreadable("The record is longer than any bank's.", row)
        found = _RECORD.fullmatch(line)
        known = bool(found) and line[:2] in _CODES
        if wrapped and not known and current and current.code == "16" and not current.pieces[-1].endswith("/"):
            current.pieces[-1] += f" {line}"
            if len(current.pieces[-1]) > _LONGEST:
                raise Unreadable("A text goes on for longer than any bank's.", row)
            continue
        if not found or not known:
            raise Unreadable(f"“{line[:40]}” is not a BAI2 record.", row)
        if found[1] != "88":
            if current:
                yield current
            current = Record(found[1], row, [found[2]])
        elif current is None:
            raise Unreadable("The file begins with a continuation (88).", row)
        else:
            current.pieces.append(found[2])
    if current:
        yield current


def _written(text: str, *, wrapped: bool) -> Iterator[tuple[int, str]]:
    for row, raw in enumerate(re.split(r"\r\n|\n|\r", text), start=1):
        for part in _GLUED.split(raw) if wrapped else [raw]:
            if line := part.strip("\ufeff\x00\x1a \t"):
                yield row, line


def summaries(fields: list[str], row: int) -> Iterator[tuple[str, str]]:
    """The summaries of an account (03): type code and amount; item counts and funds types are passed over."""
    at = 0
    while at < len(fields):
        code = fields[at]
        if not code:
            at += 1
            continue
        if not re.fullmatch(r"\d{3}", code):
            raise Unreadable(f"“{code[:20]}” is not a type code.", row)
        yield code, fields[at + 1] if at + 1 < len(fields) else ""
        used, _ = funds(fields[at + 3 : at + 6], row)
        at += 3 + used


def funds(fields: list[str], row: int) -> tuple[int, date | None]:
    """How many fields the funds type takes with what belongs to it, and its value day where it has one."""
    kind = fields[0].strip(" /").upper() if fields else ""
    if kind == "V":
        return 3, day_written(fields[1], row) if len(fields) > 1 and fields[1].strip(" /") else None
    if kind == "S":
        return 4, None
    if kind == "D":
        count = fields[1].strip(" /") if len(fields) > 1 else ""
        if not re.fullmatch(r"\d{1,2}", count):
            raise Unreadable("A distributed availability does not say how many parts it has.", row)
        return 2 + 2 * int(count), None
    if kind in {"", "Z", "0", "1", "2"}:
        return 1, None
    raise Unreadable(f"“{kind[:20]}” is not a funds type.", row)


def direction(code: str, row: int) -> int:
    """1 for a credit, -1 for a debit, 0 for a note that is no money (890); raises `Unreadable` for other codes."""
    if not re.fullmatch(r"\d{3}", code):
        raise Unreadable(f"“{code[:20]}” is not a type code.", row)
    number = int(code)
    if number == _NOTE:
        return 0
    if any(number in span for span in _CREDITS):
        return 1
    if any(number in span for span in _DEBITS):
        return -1
    raise Unreadable(f"Type code {code} says neither credit nor debit.", row)


def total_of(written: str, row: int) -> int:
    """An amount as the bank adds it up, in smallest coins; an empty one is nothing."""
    text = written.strip(" /")
    if text and not _INTEGER.fullmatch(text):
        raise Unreadable(f"“{text[:40]}” is not an amount: BAI2 writes whole coins.", row)
    return int(text or 0)


def coins(written: str, currency: str, row: int) -> Money:
    """An amount in the currency's smallest coins as money."""
    total = total_of(written, row)
    money = money_of(format(Decimal(abs(total)).scaleb(-digits(currency)), "f"), currency, row)
    return -money if total < 0 else money


def day_written(written: str, row: int) -> date:
    """A day written YYMMDD (some banks: YYYYMMDD)."""
    text = written.strip(" /")
    if not re.fullmatch(r"\d{6}|20\d{6}", text):
        raise Unreadable(f"“{text[:20]}” is not a date." if text else "The date is missing.", row)
    return short_day(text[-6:], row)


def words_of(pieces: list[str]) -> str:
    """The text at the end of a record, which alone may hold commas."""
    return " ".join(",".join(pieces).strip(" ,/").split())


def check(record: Record, counted: tuple[int, ...], what: str) -> None:
    """Hold a trailer's total and counts against what was read; raises `Unreadable`."""
    said = [*record.fields, *[""] * len(counted)][: len(counted)]
    for place, (written, found) in enumerate(zip(said, counted, strict=True)):
        if total_of(written, record.row) != found or not (written or found == 0):
            word = "total" if place == 0 else "count"
            said_so = f"The trailer of the {what} has the {word} {written[:20] or 'nothing'}"
            raise Unreadable(f"{said_so}, but the file adds up to {found}.", record.row)
