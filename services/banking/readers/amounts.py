"""Texts, dates and amounts as banks write them, turned into exact values or refused with their line."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date
from functools import lru_cache

from services.banking.model import NO_CURRENCY, Unreadable
from services.errors import Refused
from services.money import LARGEST_MICROS, MICROS, Money, digits

_CENTURY_TURN = 80  # a two-digit year from here on is of the last century: MT940 is older than the euro
_DECEMBER = 12
_DAYS = 31
_DECIMAL = re.compile(r"(\d+)(?:\.(\d*))?|\.(\d+)", re.ASCII)
_LONGEST = len(str(LARGEST_MICROS))
_LONGEST_WRITTEN = 60  # characters of an amount with its marks
_NEAR = 180  # days: a day this close in one year is farther away in every other
_SPACES = re.compile(r"[\u00a0\u202f\u2009 ]")
_GROUPED = re.compile(r"\d{1,3}(?:(?P<mark>[ ,.'])\d{3})(?:(?P=mark)\d{3})*(?P<rest>[.,]\d{1,2})?")
_PLAIN = re.compile(r"\d*(?:[.,]\d*)?")


def text_of(content: bytes) -> str:
    """The file as text: UTF-8 with or without its mark, else Windows-1252, else the same with holes made visible."""
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return content.decode("utf-16", errors="replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def currency_of(text: str, row: int | None) -> str:
    """A currency code; raises `Unreadable`."""
    code = text.strip().upper()
    if not code:
        return NO_CURRENCY
    try:
        _digits(code)
    except Refused as error:
        raise Unreadable(f"“{code[:20]}” is not a currency code.", row) from error
    return code


_digits = lru_cache(maxsize=64)(digits)  # a file has one or two currencies and asks at every amount


def money_of(number: str, currency: str, row: int | None) -> Money:
    """An unsigned amount with a decimal point, exact to the currency's coin; raises `Unreadable`."""
    found = _DECIMAL.fullmatch(number)
    if not found:
        raise Unreadable(f"“{number[:40]}” is not an amount.", row)
    whole, rest = found[1] or "", (found[2] or found[3] or "").rstrip("0")
    if len(rest) > _digits(currency):
        raise Unreadable(f"{number[:40]} has more decimals than {currency} has.", row)
    micros = LARGEST_MICROS + 1
    if len(whole) <= _LONGEST or len(whole := whole.lstrip("0")) <= _LONGEST:
        micros = int(whole or 0) * MICROS + int(rest.ljust(6, "0"))
    if micros > LARGEST_MICROS:
        raise Unreadable(f"“{number[:40]}” {currency} is not an amount these books can hold.", row)
    return Money(micros, currency)


def number_of(written: str, currency: str, row: int | None, *, decimal: str = "") -> Money:
    """A signed amount with a point or a comma before the decimals, thousands marked or not; raises `Unreadable`.

    `decimal` is the mark of the whole file where that is known. Nothing is guessed: “1,234” is a thousand only where
    the decimal mark is known to be the point, else it has one decimal too many and is refused.
    """
    text = _SPACES.sub(" ", written.strip()).replace("\u2212", "-").replace("\u2019", "'")
    bracketed = text.startswith("(") and text.endswith(")")
    text = text[1:-1].strip() if bracketed else text
    if text[-1:] in {"+", "-"} and text[:1] not in {"+", "-"}:  # some write the sign after the figure
        text = text[-1] + text[:-1].strip()
    sign, bare = (text[0], text[1:].strip()) if text[:1] in {"+", "-"} else ("+", text)
    number = _decimal_point(bare, decimal) if len(bare) <= _LONGEST_WRITTEN else None
    if number is None or (bracketed and text[:1] in {"+", "-"}):
        raise Unreadable(f"“{written[:40]}” is not an amount.", row)
    money = money_of(number, currency, row)
    return -money if (sign == "-" or bracketed) and money.micros else money


def _decimal_point(bare: str, decimal: str) -> str | None:
    """The number with a point before its decimals and no other mark, or None where it cannot be told."""
    grouped = _GROUPED.fullmatch(bare)
    if grouped and grouped["mark"] != (grouped["rest"] or " ")[0]:
        mark, rest = grouped["mark"], grouped["rest"] or ""
        certain = mark in {" ", "'"} or rest or bare.count(mark) > 1 or (decimal and mark != decimal)
        if certain and not (decimal and (mark == decimal or (rest and rest[0] != decimal))):
            whole = bare[: len(bare) - len(rest)]
            return whole.replace(mark, "") + rest.replace(",", ".")
    if not bare or not _PLAIN.fullmatch(bare) or (decimal and decimal not in bare and ("," in bare or "." in bare)):
        return None
    return bare.replace(",", ".")


def day_of(year: int, month: int, day: int, row: int | None) -> date:
    """A calendar day; a day after the month's last (German banks value interest on 30 February) is the last one.

    Raises `Unreadable` for what no calendar knows.
    """
    if not (1 <= month <= _DECEMBER and 1 <= day <= _DAYS and date.min.year <= year <= date.max.year):
        raise Unreadable(f"{year:04}-{month:02}-{day:02} is not a date.", row)
    try:
        return date(year, month, day)
    except ValueError:
        return date(year, month, monthrange(year, month)[1])


def short_day(text: str, row: int | None) -> date:
    """A day written YYMMDD; raises `Unreadable`."""
    year = int(text[:2])
    return day_of(year + (1900 if year >= _CENTURY_TURN else 2000), int(text[2:4]), int(text[4:6]), row)


def near_day(text: str, near: date, row: int | None) -> date:
    """A day written MMDD, in whichever year brings it closest to another; raises `Unreadable`."""
    month, day = int(text[:2]), int(text[2:4])
    same = day_of(near.year, month, day, row)
    if abs((same - near).days) <= _NEAR:
        return same
    years = [year for year in (near.year, near.year - 1, near.year + 1) if date.min.year <= year <= date.max.year]
    candidates = [day_of(year, month, day, row) for year in years]
    return min(candidates, key=lambda day: abs((day - near).days))
