"""What a bank's file says (statements of lines), and what the books keep of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from services.access.model import Permission, Role
from services.errors import NotFound, Refused
from services.money import Money

IMPORT = Permission("banking.import", "import bank statements", frozenset({Role.ACCOUNTING}))
ACCEPT_MISSING = Permission(
    "banking.accept_missing_days",
    "accept a bank statement with days missing before it",
    frozenset({Role.ACCOUNTING, Role.MANAGER}),
)
MAP = Permission("banking.map", "say what the columns of an unknown table are", frozenset({Role.ACCOUNTING}))
UNDO = Permission("banking.undo", "undo the import of a bank statement", frozenset({Role.ACCOUNTING}))

NO_CURRENCY = "XXX"  # ISO 4217's own code for "no currency": the file names none


class StatementFormat(StrEnum):
    """The kinds of files a bank's statement can be read from."""

    CAMT = "camt"
    MT940 = "mt940"
    OFX = "ofx"
    BAI2 = "bai2"
    CSV = "csv"
    QIF = "qif"
    XLSX = "xlsx"
    ZIP = "zip"


class Unreadable(Refused):
    """A file cannot be read to the coin: `reason` is one sentence, `row` the line of the file where known."""

    def __init__(self, reason: str, row: int | None = None) -> None:
        """Say where it went wrong before saying what."""
        super().__init__(reason if row is None else f"Line {row}: {reason}")
        self.reason = reason
        self.row = row


class NoSuchLine(NotFound):
    """No bank line has this id."""


class NoSuchMapping(NotFound):
    """No mapping of a table that is kept has this id."""


class NoSuchFile(NotFound):
    """No imported statement file has this id."""


@dataclass(frozen=True, slots=True)
class Line:
    """One movement as the bank wrote it; `amount` is positive for money that came in."""

    booked_on: date
    value_on: date
    amount: Money
    counterparty: str = ""
    remittance: str = ""
    bank_reference: str = ""
    pending: bool = False
    counterparty_account: str = ""
    end_to_end: str = ""  # the payer's own reference (EndToEndId, or the customer reference of :61:)
    uetr: str = ""
    virtual_account: str = ""  # the account the payer was told to pay to, where the bank gives each payer one
    instructed: Money | None = None  # what the payer sent, where it differs from what arrived
    charges: Money | None = None
    reversal: bool = False
    entry: int = 0  # which entry of the statement it came from: a batch's lines share one
    details: int = 0  # how many transaction details the bank gave for it
    row: int | None = None  # line of the file


@dataclass(frozen=True, slots=True)
class Statement:
    """One account's statement: `currency` is `NO_CURRENCY` where the file names none."""

    account: str
    currency: str
    opening: Money | None
    closing: Money | None
    lines: tuple[Line, ...]
    number: str = ""
    opened_on: date | None = None
    closed_on: date | None = None

    @property
    def booked(self) -> tuple[Line, ...]:
        """The lines that are money: pending ones never are."""
        return tuple(line for line in self.lines if not line.pending)

    @property
    def ties(self) -> bool | None:
        """Whether opening plus booked lines is closing; None without both balances. Currencies never mix."""
        if self.opening is None or self.closing is None:
            return None
        if {money.currency for money in (self.opening, self.closing, *(line.amount for line in self.booked))} != {
            self.currency
        }:
            return False
        return self.opening.micros + sum(line.amount.micros for line in self.booked) == self.closing.micros

    @property
    def starts_on(self) -> date | None:
        """The first day it speaks of."""
        return min((day for day in (self.opened_on, *(line.booked_on for line in self.booked)) if day), default=None)

    @property
    def ends_on(self) -> date | None:
        """The last day it speaks of."""
        return max((day for day in (self.closed_on, *(line.booked_on for line in self.booked)) if day), default=None)


@dataclass(frozen=True, slots=True)
class ReadFile:
    """Everything one file says."""

    format: StatementFormat
    statements: tuple[Statement, ...]


@dataclass(frozen=True, slots=True)
class ImportedStatement:
    """What became of one statement of a file: lines posted now, lines the books already had, lines not yet money."""

    account: str
    bank_account: str
    currency: str
    opening: Money | None
    closing: Money | None
    ties: bool | None
    imported: int
    repeated: int
    pending: int


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What an import changed; `by_rule` lines were sorted by rules.

    `file_id` is None where nothing was new; `warnings` are whole sentences.
    """

    file_id: int | None
    imported: int
    repeated: int
    pending: int
    statements: tuple[ImportedStatement, ...] = ()
    by_rule: int = 0
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StatementPreview:
    """One statement of a file before import: `is_new` says of each of `statement.lines` whether it would be posted."""

    statement: Statement
    bank_account: str | None
    is_new: tuple[bool, ...]
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class Preview:
    """What importing a file would do. `needs_confirmation`: a statement does not tie, or cannot be shown to.

    `missing` says which days are missing before it: then it needs another person, for whom it may be `held` already.
    """

    format: StatementFormat
    statements: tuple[StatementPreview, ...]
    same_file: bool
    needs_confirmation: bool
    missing: tuple[str, ...] = ()
    held: bool = False
    warnings: tuple[str, ...] = field(default=())

    @property
    def new_lines(self) -> int:
        """How many lines an import would post."""
        return sum(sum(each.is_new) for each in self.statements)


@dataclass(frozen=True, slots=True)
class BankLine:
    """One booked line in the books. `base_micros` is its worth in AUD on the day it was booked."""

    id: int
    statement_id: int
    bank_account: str
    booked_on: date
    value_on: date
    amount: Money
    base_micros: int
    allocated: Money
    counterparty: str
    counterparty_account: str
    remittance: str
    bank_reference: str
    end_to_end: str
    virtual_account: str
    instructed: Money | None
    entry_id: int | None
    undone_at: datetime | None

    @property
    def unallocated(self) -> Money:
        """What of a receipt belongs to no invoice yet; nothing for a payment out."""
        if self.amount.micros <= 0 or self.undone_at:
            return Money(0, self.amount.currency)
        return self.amount - self.allocated


@dataclass(frozen=True, slots=True)
class BankStatement:
    """One imported statement of one of our accounts; `lines` counts those posted from it, `repeated` those known."""

    id: int
    file_id: int
    file_name: str
    number: str
    bank_account: str
    currency: str
    starts_on: date | None
    ends_on: date | None
    opening: Money | None
    closing: Money | None
    ties: bool | None
    lines: int
    repeated: int
    imported_at: datetime
    imported_by: str
    undone_at: datetime | None
