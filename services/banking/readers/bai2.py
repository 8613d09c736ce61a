"""BAI2 cash reports: records and their continuations, amounts in the currency's smallest coin, every total checked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from services.banking.model import Line, Statement, Unreadable
from services.banking.readers.amounts import currency_of
from services.banking.readers.bai2_records import (
    Record,
    check,
    coins,
    day_written,
    direction,
    funds,
    records_of,
    summaries,
    total_of,
    words_of,
)
from services.money import Money, zero

MOST_LINES = 50_000

_OPENING, _CLOSING = "010", "015"  # of the ledger; 040 and 045 are what is available
_UPDATE, _CORRECTION = "1", "3"


@dataclass(slots=True)
class _Account:
    """One account of a group while it is being read; `total` is the sum of its amounts as the bank counts it."""

    number: str
    currency: str
    day: date
    opening: Money | None = None
    closing: Money | None = None
    total: int = 0
    records: int = 0
    lines: list[Line] = field(default_factory=list)


@dataclass(slots=True)
class _Group:
    """One group of accounts while it is being read."""

    currency: str
    day: date
    total: int = 0
    accounts: int = 0
    records: int = 0


def read(text: str) -> tuple[Statement, ...]:
    """Every account of the file, in its order; raises `Unreadable` with the line of the first fault.

    Trailers 49, 98 and 99 must be there and their totals and counts right: a cut file is refused. They also prove
    how lines that were broken and joined belong together.
    """
    try:
        return _Reading().read(records_of(text))
    except Unreadable as refused:
        try:
            return _Reading().read(records_of(text, wrapped=True))
        except Unreadable:
            raise refused from None


class _Reading:
    """What has been read so far: the open group, the open account, and what is finished."""

    def __init__(self) -> None:
        self.group: _Group | None = None
        self.account: _Account | None = None
        self.statements: list[Statement] = []
        self.total, self.groups, self.records, self.lines, self.ended = 0, 0, 0, 0, False

    def read(self, records: Iterator[Record]) -> tuple[Statement, ...]:
        """Take every record in."""
        steps = {
            "02": self._open_group,
            "03": self._open_account,
            "16": self._movement,
            "49": self._close_account,
            "98": self._close_group,
            "99": self._close_file,
        }
        for place, record in enumerate(records):
            self._count(record)
            if self.ended or (record.code == "01") is not (place == 0):
                raise Unreadable("The file holds more than one document; split it and import each.", record.row)
            if record.code in steps:
                steps[record.code](record)
        if not self.ended:
            raise Unreadable("The file ends without its trailer (99): it is cut off; download it again.")
        if not self.statements:
            raise Unreadable("The file holds no account; download it from the bank again.")
        return tuple(self.statements)

    def _count(self, record: Record) -> None:
        self.records += len(record.pieces)
        if self.group:
            self.group.records += len(record.pieces)
        if self.account:
            self.account.records += len(record.pieces)

    def _open_group(self, record: Record) -> None:
        said = [*record.fields, "", "", "", "", "", ""]
        if self.group is not None:
            raise Unreadable("A group begins before the one before it is closed (98).", record.row)
        if said[2] not in {_UPDATE, _CORRECTION, ""}:
            raise Unreadable(f"The group's status is {said[2]}, a deletion or a test: it is not money.", record.row)
        currency = currency_of(said[5] or "USD", record.row)  # the standard's own default
        self.group = _Group(currency, day_written(said[3], record.row), records=len(record.pieces))

    def _open_account(self, record: Record) -> None:
        if self.group is None or self.account is not None:
            raise Unreadable("An account begins where none may: a trailer or a group is missing.", record.row)
        said = record.fields
        currency = currency_of(said[1], record.row) if len(said) > 1 and said[1] else self.group.currency
        account = _Account(said[0], currency, self.group.day, records=len(record.pieces))
        for code, written in summaries(said[2:], record.row):
            account.total += total_of(written, record.row)
            if code == _OPENING and written:
                account.opening = coins(written, currency, record.row)
            elif code == _CLOSING and written:
                account.closing = coins(written, currency, record.row)
        self.account = account

    def _movement(self, record: Record) -> None:
        account = self.account
        if account is None:
            raise Unreadable("A movement stands outside of an account.", record.row)
        self.lines += 1
        if self.lines > MOST_LINES:
            raise Unreadable(f"The file has more than {MOST_LINES:,} movements; ask the bank for a shorter period.")
        said = [*record.body.split(","), "", "", ""]
        code, written, rest = said[0], said[1], said[2:]
        account.total += total_of(written, record.row)
        sign = direction(code.strip(), record.row)
        if not sign:
            return
        used, value_on = funds(rest, record.row)
        left = [*rest[used:], "", ""]
        bank, customer, words = left[0], left[1], left[2:]
        amount = coins(written, account.currency, record.row)
        account.lines.append(
            Line(
                booked_on=account.day,
                value_on=value_on or account.day,
                amount=amount if sign > 0 or not amount else zero(account.currency) - amount,
                remittance=words_of(words),
                bank_reference=bank.strip(" /"),
                end_to_end=customer.strip(" /"),
                entry=len(account.lines),
                details=1,
                row=record.row,
            )
        )

    def _close_account(self, record: Record) -> None:
        account, group = self.account, self.group
        if account is None or group is None:
            raise Unreadable("An account is closed (49) that was never opened.", record.row)
        check(record, (account.total, account.records), "account")
        group.total += account.total
        group.accounts += 1
        self.statements.append(
            Statement(
                account=account.number,
                currency=account.currency,
                opening=account.opening,
                closing=account.closing,
                lines=tuple(account.lines),
                opened_on=account.day,
                closed_on=account.day,
            )
        )
        self.account = None

    def _close_group(self, record: Record) -> None:
        if self.group is None or self.account is not None:
            raise Unreadable("A group is closed (98) while an account is open, or none was opened.", record.row)
        check(record, (self.group.total, self.group.accounts, self.group.records), "group")
        self.total += self.group.total
        self.groups += 1
        self.group = None

    def _close_file(self, record: Record) -> None:
        if self.group is not None:
            raise Unreadable("The file ends while a group is open: its trailer (98) is missing.", record.row)
        check(record, (self.total, self.groups, self.records), "file")
        self.ended = True
