"""Quicken's QIF: records of one letter a line, without account numbers or currencies, days as a country writes them."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from services.banking.model import NO_CURRENCY, Line, Statement, Unreadable
from services.banking.readers.grid import MOST_ROWS, amount_of, day_reader, decimal_mark

HEAD = re.compile(r"!(?:Type:|Account|Option:|Clear:)", re.IGNORECASE)

_AMOUNT = re.compile(r"[+-]?[\d.,' ]*\d[\d.,]*")
_MOST_LISTS = 1_000
_LONGEST = 60  # characters of an amount; what is longer is none
_MONEY = frozenset({"bank", "ccard", "cash", "oth a", "oth l"})
_NO_MONEY = frozenset({"cat", "class", "memorized", "prices", "security", "tag", "budget"})  # Quicken's own lists


@dataclass(slots=True)
class _Record:
    """One record: its values by letter, and the line of the file it begins on."""

    row: int
    said: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class _List:
    """The records under one head, and the account named before it."""

    kind: str
    account: str
    row: int
    records: list[_Record] = field(default_factory=list)


def read(text: str) -> tuple[Statement, ...]:
    """One statement an account of the file; raises `Unreadable` with the line of the first fault.

    A record is only whole with its `^`. A first record “Opening Balance” is the opening balance, not a movement.
    """
    lists = _lists(text)
    records = [record for each in lists for record in each.records]
    if not records:
        raise Unreadable("The file has heads but no movement; choose a period that has some.")
    for record in records:
        for letter, what in (("D", "date"), ("T", "amount")):
            if not record.said.get(letter):
                raise Unreadable(f"A movement has no {what}.", record.row)
    day = day_reader([(_tidy(record.said["D"]), record.row) for record in records], month_first=None)
    mark = decimal_mark(record.said["T"] for record in records if _numeric(record))
    return tuple(_statement(each, day, mark) for each in lists if each.records)


def _numeric(record: _Record) -> bool:
    if len(record.said["T"]) > _LONGEST or not _AMOUNT.fullmatch(record.said["T"]):
        raise Unreadable(f"“{record.said['T'][:40]}” is not an amount.", record.row)
    return True


def _tidy(text: str) -> str:
    return text.replace(" ", "").replace("'", "/")


def _lists(text: str) -> list[_List]:
    found: list[_List] = []
    account, record = "", _Record(1)
    for row, raw in enumerate(re.split(r"\r\n|\n|\r", text), start=1):
        line = raw.strip("\ufeff\x00\x1a \t")
        if not line:
            continue
        if HEAD.match(line):
            if record.said:
                raise Unreadable("A record does not end with “^” before the next head.", record.row)
            account = _head(line, row, found, account)
        elif line == "^":
            account = _end(record, row, found, account)
            record = _Record(row + 1)
        elif not found:
            raise Unreadable("A record stands before any head (!Type:).", row)
        elif line[0] in record.said and line[0] in "DT":
            raise Unreadable("A record has two dates or two amounts: its end (^) is missing.", row)
        else:
            record.row = record.row if record.said else row
            record.said.setdefault(line[0], line[1:].strip())
    if record.said:
        raise Unreadable("The file ends inside a record: it is cut off; download it again.", record.row)
    return found


def _head(line: str, row: int, found: list[_List], account: str) -> str:
    if len(found) >= _MOST_LISTS:
        raise Unreadable("The file has more lists than any export; export one account.", row)
    name, _, kind = line[1:].casefold().partition(":")
    if name == "account":
        found.append(_List("account", "", row))
        return ""
    if name != "type":
        return account
    if kind.strip() in _NO_MONEY:
        found.append(_List("list", "", row))
        return account
    if kind.strip() not in _MONEY:
        raise Unreadable(f"The file lists “{kind[:20]}”, which is no bank account's movements.", row)
    if any(each.kind == "money" and each.account == account for each in found):
        raise Unreadable("The file holds more than one document; split it and import each.", row)
    found.append(_List("money", account, row))
    return account


def _end(record: _Record, row: int, found: list[_List], account: str) -> str:
    if not found:
        raise Unreadable("A record ends before any head (!Type:).", row)
    if found[-1].kind == "account":
        return record.said.get("N", account)
    if record.said and found[-1].kind == "money":
        if len(found[-1].records) >= MOST_ROWS:
            raise Unreadable(f"The file has more than {MOST_ROWS:,} movements; ask the bank for a shorter period.")
        found[-1].records.append(record)
    return account


def _statement(found: _List, day: Callable[[str, int], date], mark: str) -> Statement:
    opening, records = None, found.records
    if records[0].said.get("P", "").casefold() == "opening balance":
        opening = amount_of(records[0].said["T"], NO_CURRENCY, records[0].row, mark=mark)
        records = records[1:]
    lines = []
    for entry, record in enumerate(records):
        booked_on = day(_tidy(record.said["D"]), record.row)
        lines.append(
            Line(
                booked_on=booked_on,
                value_on=booked_on,
                amount=amount_of(record.said["T"], NO_CURRENCY, record.row, mark=mark),
                counterparty=record.said.get("P", ""),
                remittance=record.said.get("M", ""),
                end_to_end=record.said.get("N", ""),
                entry=entry,
                details=1,
                row=record.row,
            )
        )
    if len(lines) > 1 and lines[0].booked_on > lines[-1].booked_on:
        lines.reverse()
    return Statement(found.account, NO_CURRENCY, opening, None, tuple(lines))
