"""How old the bank lines are that belong to nothing yet, by currency, held against the accounts they wait in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Connection, case, cast, false, func, literal_column, select

from services.banking.model import BankLine
from services.banking.queries import from_row
from services.banking.tables import bank_line
from services.ledger.model import Purpose
from services.ledger.trial_balance import trial_balance_rows
from services.money import Money

_LINE = bank_line.c
_NOTHING: ColumnElement[int] = literal_column("0")


class Side(StrEnum):
    """Which way the money of a waiting line went."""

    IN = "in"
    OUT = "out"

    @property
    def label(self) -> str:
        """The words on screen."""
        return "Receipts" if self is Side.IN else "Money out"


@dataclass(frozen=True, slots=True)
class Band:
    """An age in days since a line was booked, both ends in it; `last` is None for the oldest."""

    first: int
    last: int | None

    @property
    def label(self) -> str:
        """The words on screen."""
        return f"Over {self.first - 1} days" if self.last is None else f"{self.first} to {self.last} days"

    @property
    def short(self) -> str:
        """The same without the unit, to stand over a column."""
        return f"Over {self.first - 1}" if self.last is None else f"{self.first}–{self.last}"


BANDS = (Band(0, 7), Band(8, 14), Band(15, 30), Band(31, 60), Band(61, 90), Band(91, None))


@dataclass(frozen=True, slots=True)
class Aged:
    """What waits in one currency on one side: money by band and lines in all, and what the books hold for it."""

    currency: str
    side: Side
    bands: tuple[Money, ...]
    lines: int
    books: Money

    @property
    def total(self) -> Money:
        """All of it, whatever its age."""
        return Money(sum(each.micros for each in self.bands), self.currency)

    @property
    def difference(self) -> Money:
        """What the lines have more than the books: nothing, or something is wrong."""
        return self.total - self.books


@dataclass(frozen=True, slots=True)
class AgedPage:
    """One page of waiting lines, oldest first, and how many there are."""

    lines: tuple[BankLine, ...]
    total: int


def ageing(conn: Connection, *, today: date, held: Mapping[str, int]) -> list[Aged]:
    """Receipts with something unallocated and money out nobody sorted, in every currency that has either or had any.

    Amounts are positive. `books` is the balance of unallocated receipts, or of suspense less the receipts `held` in it
    (micros by currency), which lower its balance and are no money out.
    """
    found: dict[tuple[str, Side], dict[int, tuple[int, int]]] = {}
    for side in Side:
        band = _band(today).label("band")
        query = (
            select(_LINE.currency, band, func.count(), cast(func.sum(_left(side)), BigInteger))
            .where(*_waits(side))
            .group_by(_LINE.currency, band)
        )
        for currency, place, count, micros in conn.execute(query):
            found.setdefault((currency, side), {})[int(place)] = (int(count), int(micros))
    books = _books(conn)
    for currency, micros in held.items():
        books[currency, Side.OUT] = books.get((currency, Side.OUT), 0) + micros
    return [
        Aged(
            currency=currency,
            side=side,
            bands=tuple(Money(bands.get(place, (0, 0))[1], currency) for place in range(len(BANDS))),
            lines=sum(count for count, _ in bands.values()),
            books=Money(books.get((currency, side), 0), currency),
        )
        for currency, side in sorted(found.keys() | {key for key, micros in books.items() if micros})
        if (bands := found.get((currency, side), {})) is not None
    ]


def aged_lines(
    conn: Connection,
    *,
    today: date,
    currency: str | None = None,
    side: Side | None = None,
    band: Band | None = None,
    page: int = 1,
    size: int = 50,
) -> AgedPage:
    """One page of the lines behind those sums, oldest first."""
    wanted: list[ColumnElement[bool]] = []
    if currency is not None:
        wanted.append(_LINE.currency == currency)
    if band is not None:
        wanted.append(_LINE.booked_on <= today - timedelta(days=band.first))
        if band.last is not None:
            wanted.append(_LINE.booked_on >= today - timedelta(days=band.last))
    sides = [side] if side else list(Side)
    total, rows = 0, []
    enough = max(page, 1) * size
    for each in sides:
        fits = (*_waits(each), *wanted)
        total += int(conn.execute(select(func.count()).select_from(bank_line).where(*fits)).scalar_one())
        query = select(bank_line).where(*fits).order_by(_LINE.booked_on, _LINE.id).limit(enough)
        rows += [from_row(row) for row in conn.execute(query)]
    rows.sort(key=lambda line: (line.booked_on, line.id))
    return AgedPage(tuple(rows[enough - size : enough]), total)


def _waits(side: Side) -> Sequence[ColumnElement[bool]]:
    """As the indexes of what waits have it."""
    if side is Side.IN:
        return _LINE.undone_at.is_(None), _LINE.amount_micros > _LINE.allocated_micros, _LINE.amount_micros > _NOTHING
    return _LINE.undone_at.is_(None), _LINE.is_sorted == false(), _LINE.amount_micros < _NOTHING


def _left(side: Side) -> ColumnElement[int]:
    return _LINE.amount_micros - _LINE.allocated_micros if side is Side.IN else -_LINE.amount_micros


def _band(today: date) -> ColumnElement[Any]:
    """The place of a line's band; a line booked after today is in the youngest."""
    rest = [
        (_LINE.booked_on >= today - timedelta(days=each.last), place)
        for place, each in enumerate(BANDS)
        if each.last is not None
    ]
    return case(*rest, else_=len(BANDS) - 1)


def _books(conn: Connection) -> dict[tuple[str, Side], int]:
    """What the accounts of waiting lines hold, as positive amounts."""
    held: dict[tuple[str, Side], int] = {}
    signs = {Purpose.UNALLOCATED.value: (Side.IN, -1), Purpose.SUSPENSE.value: (Side.OUT, 1)}
    for code, currency, debit, credit, *_ in trial_balance_rows(conn, date.max, each_customer=False):
        if (found := signs.get(code.split(":")[1])) is not None:
            side, sign = found
            held[currency, side] = held.get((currency, side), 0) + sign * (debit - credit)
    return held
