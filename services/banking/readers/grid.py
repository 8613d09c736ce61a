"""Rows of values as banks export them: the separator, the days and the decimal mark found out for the whole file."""

from __future__ import annotations

import csv
import html
import io
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache

from services.banking.model import Unreadable
from services.banking.readers.amounts import day_of, money_of, number_of
from services.money import Money

MOST_ROWS = 50_000
FINEST = "CLF"  # no currency has more decimals: an amount of any is one of it

_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ]\d{1,2}:.*)?")
_COMPACT = re.compile(r"(20\d{2})(\d{2})(\d{2})")
_NUMERIC = re.compile(r"(?:\d{1,2}:\d\d(?::\d\d)? )?(\d{1,2})[-/.](\d{1,2})[-/.](\d{4}|\d{2})(?: \d{1,2}:.*)?")
_WORDED = re.compile(r"(\d{1,2})[- ]([A-Za-z]{3})[a-z]*[- ](\d{4}|\d{2})")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_SIGNED = re.compile(
    r"([+-]?)\s*(?:(?:A|AU|NZ|US|CA?|S|HK|R)?\$|€|£|₹|¥)?\s*([^A-Za-z$€£₹¥]*?)\s*(?:€|£|EUR|kr\.?|Kč|zł)?\s*(CR|DR)?",
    re.IGNORECASE,
)
_PLAIN = re.compile(r"([+-]?)(\d+(?:\.\d*)?)")
_TWO_DECIMALS = re.compile(r"\d[.,]\d\d$")
# what may be the beginning of an amount with two decimals
CUT = re.compile(r"(?!.*[.,]\d\d$)[+-]?\d[\d., ]*|[+-]")
_FEWEST = 2  # other rows by which decimals are told
_ENTITY = re.compile(r"&(?:[A-Za-z]{2,8}|#\d{1,6});")
_SEPARATOR = re.compile(r"sep=(.)[^\S\n]*\r?\n")
_AS_TEXT = re.compile(r'="([^"]*)"')  # how a spreadsheet is told that a number is a text
_SHAPE = str.maketrans("12345678", "99999999")
_SAMPLE = 40
_MOST_VALUES = 300
_MONTH = 31  # days
_LINES_OF_A_ROW = 8  # the most that a text in quotes takes, with line ends of two signs
_LONGEST = 60  # characters of an amount; what is longer is none, and no pattern is tried on it


class DaysUnclear(Unreadable):
    """Nothing in the file tells whether its days are written day first or month first: a person must say."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row of values and the line of the file it begins on; `ended` is whether that line has an end."""

    number: int
    cells: tuple[str, ...]
    ended: bool = True


def rows_of(text: str) -> list[Row]:
    """Every row that is not blank; raises `Unreadable` for quotes that never close and more than 50,000 rows."""
    if text.count("\n") + text.count("\r") > MOST_ROWS * _LINES_OF_A_ROW:
        raise Unreadable(f"The file has more than {MOST_ROWS:,} rows; ask the bank for a shorter period.")
    if "&" in text:  # signs written as in web pages end with a semicolon, which is no separator
        text = _ENTITY.sub(lambda found: " ".join(html.unescape(found[0]).replace('"', "'").split()) or " ", text)
    told = _SEPARATOR.match(text)  # for spreadsheets: “sep=;” above the table
    mark = told[1] if told else _separator(text)
    for number, line in enumerate(text.splitlines(), start=1):
        if len(line) > _MOST_VALUES and line.count(mark) > _MOST_VALUES:
            raise Unreadable(f"The row has more than {_MOST_VALUES} values; no bank's has.", number)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=mark, strict=True)
    rows: list[Row] = []
    before = 0
    try:
        for place, cells in enumerate(reader):
            if told and place == 0:
                continue
            tidy = tuple(_tidy(cell) for cell in cells)
            if any(tidy):
                rows.append(Row(before + 1, tidy))
            before = reader.line_num
            if len(rows) > MOST_ROWS:
                raise Unreadable(f"The file has more than {MOST_ROWS:,} rows; ask the bank for a shorter period.")
    except csv.Error as error:
        raise Unreadable("A quoted value never ends, or ends in its middle.", before + 1) from error
    return rows if text.endswith(("\n", "\r")) else _without_end(rows)


def _without_end(rows: list[Row]) -> list[Row]:
    """The rows, the last one marked; raises `Unreadable` where only it has too few decimals: it is cut off."""
    if not rows:
        return rows
    last = replace(rows[-1], ended=False)
    ends = [row.cells[-1] for row in rows[:-1] if len(row.cells) == len(last.cells)]
    figures = [each for each in ends if any(map(str.isdigit, each))]
    if CUT.fullmatch(last.cells[-1]) and len(figures) >= _FEWEST and all(map(_TWO_DECIMALS.search, figures)):
        raise Unreadable("The file ends inside an amount: it is cut off; download it again.", last.number)
    return [*rows[:-1], last]


def _tidy(cell: str) -> str:
    tidy = " ".join(cell.split())
    return _AS_TEXT.sub(r"\1", tidy) if tidy.startswith('="') else tidy


def _separator(text: str) -> str:
    """The mark that parts the most rows of the file's beginning into the same number of values."""
    sample = [line for line in text[:20_000].splitlines()[:_SAMPLE] if line.strip()]
    counts = {mark: [line.count(mark) for line in sample] for mark in (";", "\t", "|", ",")}
    return max(counts, key=lambda mark: (sum(count > 1 for count in counts[mark]), mark == ";", sum(counts[mark])))


def day_reader(values: Sequence[tuple[str, int]], *, month_first: bool | None) -> Callable[[str, int], date]:
    """How days are written in the whole file: whether 03/04 is in March or April is told by all days together.

    `month_first` is what the dialect does where nothing else tells; None where the dialect does either. Then days that
    are of one month when the day comes first, and of many when it does not, have the day first (decision 0042).
    Raises `DaysUnclear` where it cannot be told.
    """
    known = {text: _NUMERIC.fullmatch(text) for text, _ in values}
    found = [match for text, _ in values if (match := known[text])]
    possible = [order for order in (False, True) if all(_fits(match, month_first=order) for match in found)]
    if len(possible) > 1 and len({(match[1], match[2]) for match in found if match[1] != match[2]}) > 0:
        sorted_ones = [order for order in possible if _is_sorted(found, month_first=order)]
        if month_first is not None:
            possible = [month_first]
        elif len(sorted_ones) == 1:
            possible = sorted_ones
        elif _of_one_month(found):
            possible = [False]
        else:
            raise DaysUnclear(
                "The days could be day/month or month/day; export with dates like 2026-01-31.", values[0][1]
            )
    order = possible[0] if possible else bool(month_first)
    read: dict[str, date] = {}  # a file has many rows a day

    def day(text: str, row: int) -> date:
        if text not in read:
            read[text] = _day(text, row, month_first=order)
        return read[text]

    return day


def _fits(match: re.Match[str], *, month_first: bool) -> bool:
    month = int(match[1] if month_first else match[2])
    return 1 <= month <= len(_MONTHS)


def _is_sorted(found: Sequence[re.Match[str]], *, month_first: bool) -> bool:
    keys = [(each[3], *((each[1], each[2]) if month_first else (each[2], each[1]))) for each in found]
    padded = [tuple(part.zfill(4) for part in key) for key in keys]
    return padded in (sorted(padded), sorted(padded, reverse=True))


def _of_one_month(found: Sequence[re.Match[str]]) -> bool:
    """Whether the days lie within a month of each other read day first, and do not read month first."""
    near = []
    for month_first in (False, True):
        days = [_day(each[0], 0, month_first=month_first) for each in found]
        near.append((max(days) - min(days)).days < _MONTH)
    return near == [True, False]


def _day(text: str, row: int, *, month_first: bool) -> date:
    if found := _ISO.fullmatch(text) or _COMPACT.fullmatch(text):
        return day_of(int(found[1]), int(found[2]), int(found[3]), row)
    if found := _NUMERIC.fullmatch(text):
        first, second = int(found[1]), int(found[2])
        day, month = (second, first) if month_first else (first, second)
        return day_of(_year(found[3]), month, day, row)
    if (found := _WORDED.fullmatch(text)) and found[2].lower() in _MONTHS:
        return day_of(_year(found[3]), _MONTHS.index(found[2].lower()) + 1, int(found[1]), row)
    raise Unreadable(f"“{text[:40]}” is not a date." if text else "The date is missing.", row)


def _year(text: str) -> int:
    return int(text) + (2000 if len(text) == len("26") else 0)


@lru_cache(maxsize=4096)
def is_day(text: str) -> bool:
    """Whether a value looks like a day."""
    for order in (False, True):
        try:
            _day(text, 0, month_first=order)
        except Unreadable:
            continue
        return True
    return False


def decimal_mark(values: Iterable[str]) -> str:
    """The mark before decimals that every amount of the file can have; a point where all could have either.

    Raises `Unreadable` where no one mark fits all of them.
    """
    left = {".", ","}
    for value in values:
        left.intersection_update(marks_of(value))
    if not left:
        raise Unreadable("Its amounts have now a point and now a comma before the decimals, so none can be trusted.")
    return max(left)


def marks_of(value: str) -> str:
    """The marks before decimals under which a value is an amount; both for none at all, none for what is no amount."""
    return _marks_of(value.translate(_SHAPE)) if len(value) <= _LONGEST else ""


@lru_cache(maxsize=4096)
def _marks_of(shape: str) -> str:
    """The same of a value with nines for its digits: a file has many amounts and few shapes of them."""
    return "".join(mark for mark in (".", ",") if not shape or _reads(shape, mark))


def _reads(value: str, mark: str) -> bool:
    try:
        amount_of(value, FINEST, None, mark=mark)
    except Unreadable:
        return False
    return True


def amount_of(written: str, currency: str, row: int | None, *, mark: str) -> Money:
    """A signed amount of a table: its currency's sign and CR or DR may stand with it; raises `Unreadable`."""
    if mark == "." and (plain := _PLAIN.fullmatch(written)):
        money = money_of(plain[2], currency, row)
        return -money if plain[1] == "-" and money.micros else money
    bare = written.strip()
    bracketed = bare.startswith("(") and bare.endswith(")") and not bare[1:2].isdigit()  # “($12.50)”
    found = _SIGNED.fullmatch(bare[1:-1] if bracketed else bare) if len(written) <= _LONGEST else None
    if not found or (bracketed and found[1]):
        raise Unreadable(f"“{written[:40]}” is not an amount.", row)
    money = number_of(found[1] + found[2], currency, row, decimal=mark)
    if bracketed:
        return -money if money.micros else money
    return -money if (found[3] or "").upper() == "DR" and money.micros > 0 else money
