"""Exchange-rate files read exactly: the European Central Bank's published history, and a plain list against AUD.

The Bank gives units of a currency for one euro. AUD for one unit is (AUD for one euro) / (units for one euro),
rounded once to nine places, halves away from zero.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from services.errors import Refused
from services.money import divide
from services.pricing.model import BASE, RATE_PLACES, ExchangeRate, Rejected

_EURO = "EUR"
_PLAIN = ["currency", "date", "aud_per_unit"]
_NUMBER = re.compile(r"[0-9]{1,9}(\.[0-9]{1,12})?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MISSING = frozenset({"", "N/A"})
_LEAST, _MOST = 1, 10**18  # in 10^-9 AUD: what the books hold for one unit

_Row = list[str]


class NotARatesFile(Refused):
    """The file has neither of the two known headings."""


class _WrongRow(ValueError):
    """A row that cannot be taken; its text becomes the reason beside the line."""


@dataclass(frozen=True, slots=True)
class ReadRates:
    """The rates a file holds, each with its line, and the lines refused with their reasons."""

    rates: tuple[tuple[int, ExchangeRate], ...]
    rejected: tuple[Rejected, ...]


def read_rates(content: bytes, *, source: str, currencies: Collection[str]) -> ReadRates:
    """Read either form; of the Bank's file only our currencies. Raises `NotARatesFile` when it is neither."""
    try:
        rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        raise NotARatesFile("This is not a CSV text file; choose the European Central Bank's history.") from error
    heading = [cell.strip() for cell in rows[0]] if rows else []
    if [cell.lower() for cell in heading] == _PLAIN:
        return _collect(rows, lambda row: [_plain(row, source, currencies)])
    if heading[:1] == ["Date"] and BASE in heading:
        return _collect(rows, lambda row: _published(heading, row, source, currencies))
    raise NotARatesFile("The first line must begin “Date,USD,…” as the Bank's does or be “currency,date,aud_per_unit”.")


def _collect(rows: list[_Row], read: Callable[[_Row], list[ExchangeRate]]) -> ReadRates:
    rates: list[tuple[int, ExchangeRate]] = []
    rejected: list[Rejected] = []
    for line, row in enumerate(rows[1:], start=2):
        cells = [cell.strip() for cell in row]
        if not any(cells):
            continue
        try:
            rates += [(line, rate) for rate in read(cells)]
        except _WrongRow as reason:
            rejected.append(Rejected(line, str(reason)))
    return ReadRates(tuple(rates), tuple(rejected))


def _plain(row: _Row, source: str, currencies: Collection[str]) -> ExchangeRate:
    if len(row) != len(_PLAIN):
        raise _WrongRow(f"It has {len(row)} values; write currency, date and AUD for one unit.")
    code, day, number = row
    if code == BASE:
        raise _WrongRow("AUD is what the others are measured in; leave it out.")
    if code not in currencies:
        raise _WrongRow(f"“{code}” is not one of our currencies; add the currency first or leave it out.")
    top, bottom = _number(number).as_integer_ratio()
    if top * 10**RATE_PLACES % bottom:
        raise _WrongRow(f"{number} has more than nine decimals; round it to nine.")
    return _rate(code, _date(day), top, bottom, source)


def _published(heading: _Row, row: _Row, source: str, currencies: Collection[str]) -> list[ExchangeRate]:
    on = _date(row[0])
    cells = dict(zip(heading[1:], row[1:], strict=False))
    if cells.get(BASE, "") in _MISSING:
        raise _WrongRow("It gives no AUD for one euro, so nothing can be said in AUD.")
    aud = _number(cells[BASE])
    units = {_EURO: Decimal(1)}
    for code, cell in cells.items():
        if code in currencies and code != BASE and cell not in _MISSING:
            units[code] = _number(cell)
    rates = []
    for code, unit in units.items():
        if code in currencies:
            top, bottom = aud.as_integer_ratio(), unit.as_integer_ratio()
            rates.append(_rate(code, on, top[0] * bottom[1], top[1] * bottom[0], source))
    return rates


def _rate(code: str, on: date, top: int, bottom: int, source: str) -> ExchangeRate:
    nano = divide(top * 10**RATE_PLACES, bottom)
    if not _LEAST <= nano <= _MOST:
        raise _WrongRow(f"A rate of {Decimal(nano).scaleb(-RATE_PLACES)} AUD for one {code} cannot be right.")
    return ExchangeRate(code, on, Decimal(nano).scaleb(-RATE_PLACES), source)


def _date(text: str) -> date:
    try:
        if _DATE.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise _WrongRow(f"“{text}” is not a date; write it like 2026-11-20.")


def _number(text: str) -> Decimal:
    if not _NUMBER.fullmatch(text) or not Decimal(text):
        raise _WrongRow(f"“{text}” is not a rate; write a positive number like 1.5123.")
    return Decimal(text)
