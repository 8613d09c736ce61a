"""SWIFT MT940 (and MT942) as banks really write it: messages of tagged fields, read line by line."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass, field, replace
from datetime import date

from services.banking.model import NO_CURRENCY, Line, Statement, Unreadable
from services.banking.readers.amounts import currency_of, money_of, near_day, short_day
from services.banking.readers.fields import CLOSING, OPENING, Field, fields_of
from services.banking.readers.narrative import Narrative, is_account, narrative_of, sberbank_of
from services.money import Money, zero

MOST_LINES = 50_000

_NAME_AFTER_ACCOUNT = re.compile(r"(\S{1,16}) {2,}(\S.*)")
_NO_REFERENCE = frozenset({"NONREF", "NOREF", "EREF", "KREF", "MREF", "PREF", "N", "X"})
_BALANCE = re.compile(
    r"([CD])(\d{6})([A-Z]{3})?[ ]*(\d{1,30}[.,]?\d{0,9}|[.,]\d{1,9})\s*(?:-(?:\}.*)?)?", re.IGNORECASE
)
_MOVEMENT = re.compile(
    r"""(?P<value>\d{6}) (?P<entry>\d{4}|[ ]{4})?
        (?P<mark>R[CD]|E[CD]|C|D) (?P<funds>[A-Z])? [ ]*
        (?P<amount>\d{1,30}[.,]?\d{0,9}|[.,]\d{1,9})(?![.,\d])  # thousands marks are refused, not guessed
        (?P<type>[A-Z][A-Z0-9 ]{3})? (?P<rest>.*)""",
    re.VERBOSE | re.DOTALL | re.IGNORECASE,
)


_TOTAL = re.compile(r"(\d{0,5})([A-Z]{3})?[ ]*(\d{1,30}[.,]?\d{0,9}|[.,]\d{1,9})", re.IGNORECASE)
_FLOOR = re.compile(r"([A-Z]{3})[CD]?[ ]*([\d.,]*)")
_ONE_PAGE = re.compile(r"^[^/]*$|/0*1?$")


@dataclass(slots=True)
class _Message:
    """One statement while it is being read."""

    account: str = ""
    number: str = ""
    currency: str = NO_CURRENCY
    opening: Money | None = None
    closing: Money | None = None
    opened_on: date | None = None
    closed_on: date | None = None
    floored: bool = False  # only movements above an amount are listed
    fields: list[Field] = field(default_factory=list)
    tags: set[str] = field(default_factory=set)

    def has(self, *tags: str) -> bool:
        """Whether any of these tags came already."""
        return not self.tags.isdisjoint(tags)

    def add(self, each: Field) -> None:
        """Take the next field in."""
        self.fields.append(each)
        self.tags.add(each.tag)


def read(text: str) -> tuple[Statement, ...]:
    """Every statement of the file, in its order; raises `Unreadable` with the line of the first fault."""
    messages: list[_Message] = []
    if text.count(":61:") > MOST_LINES * 2:  # before anything is read: texts may hold a few as well
        raise Unreadable(f"The file has more than {MOST_LINES:,} movements; ask the bank for a shorter period.")
    for each in fields_of(text):
        if not messages or _begins(each, messages[-1]):
            messages.append(_Message(account=messages[-1].account if messages else ""))
        _header(each, messages[-1])
        messages[-1].add(each)
    _refuse_cut(messages, text)
    statements = tuple(_statement(message) for message in messages if message.has(*_TELLING))
    if not statements:
        raise Unreadable("The file has MT940 tags but neither a balance nor a movement; download it again.")
    if sum(len(statement.lines) for statement in statements) > MOST_LINES:
        raise Unreadable(f"The file has more than {MOST_LINES:,} movements; ask the bank for a shorter period.")
    return statements


def _refuse_cut(messages: list[_Message], text: str) -> None:
    """Refuse a file whose last line is a movement that ends with its amount: the rest of it may be missing."""
    last = messages[-1].fields[-1] if messages else None
    if last is None or last.tag != "61" or text.endswith(("\n", "\r")):
        return
    found = _MOVEMENT.fullmatch("".join(last.lines).strip())
    if found and not found["type"] and not found["rest"]:
        raise Unreadable("The file ends inside a movement: it is cut off; download it again.", last.row)


_TELLING = (*OPENING, "61", *CLOSING)


def _begins(each: Field, message: _Message) -> bool:
    if each.after_end and (message.has(*CLOSING) or not message.has(*OPENING)):
        return True
    if each.tag == "20":
        return message.has("20", "25", "25P", *_TELLING)
    if each.tag in {"25", "25P"}:
        return message.has("25", "25P")
    if each.tag in {"28", "28C"}:  # the next page of a statement, without its account again
        return message.has(*CLOSING)
    return each.tag in OPENING and message.has(*OPENING, *CLOSING)


def _statement(message: _Message) -> Statement:
    lines: list[Line] = []
    for index, each in enumerate(message.fields):
        if each.tag == "61":
            lines.append(_line(each, _following(message.fields, index), message.currency, len(lines)))
    for each in message.fields:
        if each.tag in {"90C", "90D"}:
            _check(each, lines, message)
    return Statement(
        account=message.account,
        currency=message.currency,
        opening=message.opening,
        closing=message.closing,
        lines=tuple(lines),
        number=message.number,
        opened_on=message.opened_on,
        closed_on=message.closed_on,
    )


def _check(each: Field, lines: list[Line], message: _Message) -> None:
    """Hold a report's number and sum of credits (90C) or debits (90D) against its lines; raises `Unreadable`.

    A report with a floor lists only what is above it; of several pages each may count for all; a reversal is counted
    on either side: then the lines can only be too many or too much, or nothing can be said.
    """
    found = _TOTAL.fullmatch(each.lines[0].strip())
    if not found:
        raise Unreadable(f"“{each.lines[0][:40]}” is not a total of :{each.tag}:.", each.row)
    if any(line.reversal or line.pending for line in lines) or not _ONE_PAGE.search(message.number):
        return
    said = money_of(found[3].replace(",", "."), currency_of(found[2] or message.currency, each.row), each.row)
    found_ones = [abs(line.amount.micros) for line in lines if (line.amount.micros > 0) is (each.tag == "90C")]
    counted, total = len(found_ones), sum(found_ones)
    number = int(found[1]) if found[1] else counted
    short = counted <= number and total <= said.micros and message.floored
    if not short and (counted, total) != (number, said.micros):
        side = "credits" if each.tag == "90C" else "debits"
        told = f"The report counts {number} {side} of {said.text()} in all"
        raise Unreadable(f"{told}, but it lists {counted} of {Money(total, said.currency).text()}.", each.row)


def _following(fields: list[Field], index: int) -> Field | None:
    """What belongs to a movement: its :NS:, or its :86: (old Rabobank files repeat the tag on every line)."""
    after = fields[index + 1] if index + 1 < len(fields) else None
    if after is None or after.tag != "86":
        return after
    later = (fields[at] for at in range(index + 1, len(fields)))  # no copy of the rest for every movement
    same = itertools.takewhile(lambda each: each.tag == "86", later)
    return Field("86", after.row, [line for each in same for line in each.lines])


def _header(each: Field, message: _Message) -> None:
    text = each.lines[0].strip()
    if each.tag == "20":
        message.account = ""  # a message of its own, not another page: the account is its own to name
    elif each.tag in {"25", "25P"}:
        message.account = text[:140]
    elif each.tag in {"28", "28C"}:
        message.number = text[:40]
    elif each.tag == "34F" and (floor := _FLOOR.match(text)):
        message.currency = floor[1] if message.currency == NO_CURRENCY else message.currency
        message.floored = message.floored or bool(floor[2].strip("0,."))
    elif each.tag in {"60F", "60M"}:
        message.opening, message.opened_on = _balance(each)
        message.currency = message.opening.currency
    elif each.tag in {"62F", "62M"}:
        message.closing, message.closed_on = _balance(each, message.currency)
        if message.opening is None:
            message.currency = message.closing.currency


def _balance(each: Field, default: str = "") -> tuple[Money, date | None]:
    found = _BALANCE.fullmatch(each.lines[0].strip())
    if not found:
        raise Unreadable(f"“{each.lines[0][:40]}” is not a balance of :{each.tag}:.", each.row)
    sign, day, currency, number = found.groups()
    amount = money_of(number.replace(",", "."), currency_of(currency or default, each.row), each.row)
    booked = None if day == "000000" else short_day(day, each.row)
    return (-amount if sign.upper() == "D" else amount), booked


def _line(each: Field, following: Field | None, currency: str, entry: int) -> Line:
    found = _MOVEMENT.fullmatch(each.lines[0].strip())
    if not found and len(each.lines) > 1:  # wrapped before the amount: only both lines together are a movement
        found = _MOVEMENT.fullmatch(each.lines[0].strip() + each.lines[1].strip())
        each = replace(each, lines=["".join(each.lines[:2]), *each.lines[2:]])
    if not found:
        raise Unreadable(f"“{each.lines[0][:60]}” is not a movement of :61:.", each.row)
    value_on = short_day(found["value"], each.row)
    written = (found["entry"] or "").strip()
    booked_on = value_on if written in {"", "0000"} else near_day(written, value_on, each.row)
    mark, amount = found["mark"].upper(), money_of(found["amount"].replace(",", "."), currency, each.row)
    # RC takes a credit back and RD a debit (SWIFT's own table); E only announces: it is not money yet
    incoming = mark in {"C", "RD", "EC"}
    own, _, bank = found["rest"].partition("//")
    said = _narrative(each, following)
    if named := _NAME_AFTER_ACCOUNT.fullmatch(own.strip()):
        own = named[1]
        said = replace(said, counterparty=said.counterparty or named[2], account=said.account or _account(own))
    return Line(
        booked_on=booked_on,
        value_on=value_on,
        amount=amount if incoming or not amount else zero(currency) - amount,
        counterparty=said.counterparty,
        counterparty_account=said.account,
        remittance=said.remittance,
        bank_reference="" if bank.strip() in _NO_REFERENCE else bank.strip(),
        end_to_end=said.end_to_end or ("" if own.strip() in _NO_REFERENCE or is_account(own.strip()) else own.strip()),
        pending=mark.startswith("E"),
        reversal=mark.startswith("R"),
        entry=entry,
        details=1,
        row=each.row,
    )


def _account(own: str) -> str:
    return own if own.isdigit() else ""


def _narrative(each: Field, following: Field | None) -> Narrative:
    more = [line.strip() for line in each.lines[1:] if line.strip()]
    if following is not None and following.tag == "NS":
        return sberbank_of(following.lines)
    return narrative_of(following.lines if following is not None and following.tag == "86" else [], more)
