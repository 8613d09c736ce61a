"""Columns of an unknown table chosen by a person, and the statement they make: pure, every guess with its reason."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass

from services.banking.model import NO_CURRENCY, Line, Statement, Unreadable
from services.banking.readers.amounts import currency_of
from services.banking.readers.columns import plain_name
from services.banking.readers.grid import FINEST, Row, amount_of, day_reader, is_day, marks_of
from services.money import Money, zero

DAY_FIRST, MONTH_FIRST = "day first", "month first"
_NUMERIC = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.]\d{2,4}(?: .*)?")
_TWELVE = 12
_PENDING = frozenset({"pending", "on hold", "held", "authorised", "authorized", "not booked", "scheduled"})
_FIRST_ROWS = 30
_ROLES = ("day", "amount", "debit", "credit", "party", "balance", "reference", "currency")


@dataclass(frozen=True, slots=True)
class Mapping:
    """Which column says what (places count from 0), how days and decimals are written.

    One signed `amount`, or `debit` and `credit`. `order` is `DAY_FIRST` or `MONTH_FIRST`, `decimal` a point or a
    comma; `flipped` where money out is written positive in the one amount column.
    """

    width: int
    header: bool
    day: int
    amount: int | None = None
    debit: int | None = None
    credit: int | None = None
    texts: tuple[int, ...] = ()
    party: int | None = None
    balance: int | None = None
    reference: int | None = None
    currency: int | None = None
    order: str = DAY_FIRST
    decimal: str = "."
    flipped: bool = False

    def faults(self) -> dict[str, str]:
        """A sentence for each choice that cannot be; empty when all is well."""
        found = {}
        both = self.debit is not None and self.credit is not None
        if (self.amount is not None) == both or (self.debit is None) != (self.credit is None):
            found["amount"] = "Choose one signed amount, or a debit and a credit column."
        places = [place for role in _ROLES if (place := getattr(self, role)) is not None]
        if len({*places, *self.texts}) != len(places) + len(self.texts):
            found["day"] = "A column can say one thing only; choose another for one of them."
        if any(not 0 <= place < self.width for place in (*places, *self.texts)):
            found["day"] = "The table has no such column."
        if self.order not in {DAY_FIRST, MONTH_FIRST}:
            found["order"] = "Say whether the day or the month comes first."
        if self.decimal not in {".", ","}:
            found["decimal"] = "Say whether a point or a comma stands before the decimals."
        return found


@dataclass(frozen=True, slots=True)
class Told:
    """What a column's values tell of how they are written: None where they allow both; `why` is a sentence."""

    value: str | None
    why: str


def body_of(rows: Sequence[Row], *, header: bool) -> list[Row]:
    """The rows below the names (the first row that is not above the table), as wide as the table."""
    width = width_of(rows)
    whole = [row for row in rows if len(row.cells) <= width]
    start = next((place for place, row in enumerate(whole) if any(is_day(cell) for cell in row.cells)), len(whole))
    return whole[start:] if header else whole


def names_of(rows: Sequence[Row], *, header: bool) -> tuple[str, ...]:
    """The columns' names, from the row above the first movement; “Column 1” where there is none."""
    width = width_of(rows)
    above = [row for row in rows[:_FIRST_ROWS] if not any(is_day(cell) for cell in row.cells)]
    first = next((row.number for row in rows if any(is_day(cell) for cell in row.cells)), 0)
    named = [row for row in above if row.number < first and sum(map(bool, row.cells)) > 1]
    cells = named[-1].cells if header and named else ()
    return tuple((cells[place] if place < len(cells) else "") or f"Column {place + 1}" for place in range(width))


def has_names(rows: Sequence[Row]) -> bool:
    """Whether a row of names stands above the first movement."""
    return names_of(rows, header=True) != names_of(rows, header=False)


def width_of(rows: Sequence[Row]) -> int:
    """How many columns the table has: as many as most rows."""
    widths = [len(row.cells) for row in rows]
    return max(set(widths), key=lambda width: (widths.count(width), width)) if widths else 0


def layout(rows: Sequence[Row]) -> str:
    """By what a table is known again: the names of its columns, or how many there are."""
    header = has_names(rows)
    names = [plain_name(name) for name in names_of(rows, header=header)] if header else []
    return "|".join(names) if header else f"{width_of(rows)} columns without names"


def order_told(values: Sequence[str]) -> Told:
    """Whether the day or the month comes first, by all days of the file together."""
    found = [match for text in values if (match := _NUMERIC.fullmatch(text))]
    if not found:
        return Told(DAY_FIRST, "The days are written so that they can be read one way only.")
    first = next((each for each in found if int(each[1]) > _TWELVE), None)
    second = next((each for each in found if int(each[2]) > _TWELVE), None)
    if first and second:
        return Told(None, f"“{first[0]}” and “{second[0]}” cannot both be days of one kind of writing.")
    if first:
        return Told(DAY_FIRST, f"“{first[0]}” can only have its day first.")
    if second:
        return Told(MONTH_FIRST, f"“{second[0]}” can only have its month first.")
    return Told(None, "Every day of the file could be read both ways; say which it is.")


def decimal_told(values: Sequence[str]) -> Told:
    """Whether a point or a comma stands before the decimals, by all amounts of the file together."""
    amounts = [text for text in values if text]
    possible = [mark for mark in (".", ",") if all(mark in marks_of(text) for text in amounts)]
    if not possible:
        wrong = next((text for text in amounts if not marks_of(text)), amounts[0])
        return Told(None, f"“{wrong[:40]}” does not go with the other amounts under one decimal mark.")
    if len(possible) == 1:
        other = "," if possible[0] == "." else "."
        proof = next(text for text in amounts if other not in marks_of(text))
        name = "point" if possible[0] == "." else "comma"
        return Told(possible[0], f"“{proof[:40]}” can only have a {name} before its decimals.")
    unsure = next((text for text in amounts if len({_read(text, mark) for mark in possible}) > 1), None)
    if unsure is None:
        return Told(".", "No amount depends on it.")
    return Told(None, f"“{unsure[:40]}” could be read both ways; say which mark stands before the decimals.")


def _read(text: str, mark: str) -> int:
    return amount_of(text, FINEST, None, mark=mark).micros


def statement_of(rows: Sequence[Row], mapping: Mapping, *, account: str, currency: str) -> Statement:
    """The statement a mapping makes of a table, oldest first, its balances where every row has one that leads on.

    `currency` is the account's; a row of another is refused. Raises `Unreadable` with row and column: also where the
    file tells another order of days or another decimal mark than the mapping says.
    """
    body = body_of(rows, header=mapping.header)
    if not body:
        raise Unreadable("The table has no movement; choose a period that has some.")
    _check_writing(body, mapping)
    day = day_reader([(_cell(row, mapping.day), row.number) for row in body], month_first=mapping.order == MONTH_FIRST)
    lines, balances = [], []
    for entry, row in enumerate(body):
        if len(row.cells) < mapping.width:
            raise Unreadable(f"The row has {len(row.cells)} values where the others have {mapping.width}.", row.number)
        code = currency_of(_cell(row, mapping.currency), row.number)
        if code not in {currency, NO_CURRENCY}:
            place = (mapping.currency or 0) + 1
            raise Unreadable(f"Column {place}: the row is in {code}, the account in {currency}.", row.number)
        try:
            on = day(_cell(row, mapping.day), row.number)
        except Unreadable as error:
            raise Unreadable(f"Column {mapping.day + 1}: {error.reason}", row.number) from error
        text = " ".join(filter(None, (_cell(row, place) for place in mapping.texts)))
        lines.append(
            Line(
                on, on, _amount(row, mapping, currency), _cell(row, mapping.party), text,
                _cell(row, mapping.reference), any(cell.casefold() in _PENDING for cell in row.cells),
                entry=entry, details=1, row=row.number,
            )
        )  # fmt: skip
        balances.append(_money(row, mapping.balance, mapping, currency))
    return _in_order(lines, balances, account, currency)


def _check_writing(body: Sequence[Row], mapping: Mapping) -> None:
    told = order_told([_cell(row, mapping.day) for row in body])
    if told.value not in {None, mapping.order} and "one way only" not in told.why:
        raise Unreadable(f"Column {mapping.day + 1}: {told.why} The mapping says {mapping.order}.", body[0].number)
    for place in (mapping.amount, mapping.debit, mapping.credit, mapping.balance):
        for row in body if place is not None else ():
            if (text := _cell(row, place)) and mapping.decimal not in marks_of(text):
                reason = f"Column {(place or 0) + 1}: “{text[:40]}” is not an amount with “{mapping.decimal}”."
                raise Unreadable(reason, row.number)


def _cell(row: Row, place: int | None) -> str:
    return row.cells[place].strip() if place is not None and place < len(row.cells) else ""


def _money(row: Row, place: int | None, mapping: Mapping, currency: str) -> Money | None:
    text = _cell(row, place)
    if not text or place is None:
        return None
    try:
        return amount_of(text, currency, row.number, mark=mapping.decimal)
    except Unreadable as error:
        raise Unreadable(f"Column {place + 1}: {error.reason}", row.number) from error


def _amount(row: Row, mapping: Mapping, currency: str) -> Money:
    if mapping.amount is not None:
        found = _money(row, mapping.amount, mapping, currency)
        if found is None:
            raise Unreadable(f"Column {mapping.amount + 1}: the amount is missing.", row.number)
        return -found if mapping.flipped else found
    out, into = (_money(row, place, mapping, currency) for place in (mapping.debit, mapping.credit))
    if (out or zero(currency)).micros and (into or zero(currency)).micros:
        raise Unreadable("The row has both a debit and a credit.", row.number)
    if out is None and into is None:
        raise Unreadable("The row has neither a debit nor a credit.", row.number)
    if into is not None and into.micros < 0:
        raise Unreadable(f"Column {(mapping.credit or 0) + 1}: a credit is negative.", row.number)
    return Money((into.micros if into else 0) - abs(out.micros if out else 0), currency)


def _in_order(lines: list[Line], balances: list[Money | None], account: str, currency: str) -> Statement:
    pairs = [(line, after) for line, after in zip(lines, balances, strict=True) if not line.pending]
    if not _leads(pairs) and (_leads(pairs[::-1]) or lines[0].booked_on > lines[-1].booked_on):
        lines, pairs = lines[::-1], pairs[::-1]
    opening = closing = None
    if pairs and all(after is not None for _, after in pairs):
        first, closing = pairs[0][1], pairs[-1][1]
        opening = first - pairs[0][0].amount if first is not None else None
        ties = opening is not None and closing is not None and _total(pairs) == closing.micros - opening.micros
        if ties and not _leads(pairs):
            opening = None  # the sum ties by chance while a row between does not: nothing is proved
    return Statement(account, currency, opening, closing, tuple(lines))


def _total(pairs: Sequence[tuple[Line, Money | None]]) -> int:
    return sum(line.amount.micros for line, _ in pairs)


def _leads(pairs: Sequence[tuple[Line, Money | None]]) -> bool:
    """Whether each balance is the one before it and the row's amount."""
    for (_, before), (line, after) in itertools.pairwise(pairs):
        if before is None or after is None or before.micros + line.amount.micros != after.micros:
            return False
    return bool(pairs)
