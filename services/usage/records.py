"""Message records: what an import brings in, how it ended, and how a recipient is shown."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from services.access.model import Permission, Role
from services.errors import InvalidForm, NotFound, Refused

IMPORT_USAGE = Permission("usage.import", "import usage", frozenset({Role.ACCOUNTING}))
UNDO_IMPORT = Permission("usage.undo_import", "undo an import of usage", frozenset({Role.ACCOUNTING}))
REVEAL_RECIPIENT = Permission(
    "usage.reveal_recipient",
    "see whom a message was sent to",
    frozenset({Role.ACCOUNTING, Role.MANAGER, Role.SUPPORT}),
)

Progress = Callable[[int, int, str], None]
PARTS = 1_000  # of the whole work that progress is told in

BAD_ROWS_KEPT = 10_000  # of one import, with their reasons; beyond it they are only counted
_SHORTEST = 8  # signs of a recipient of which the first three and the last three are shown
_KEPT_AT_END = 3
_SIGN = re.compile(r"[^\s+]")


class Direction(StrEnum):
    """Whether a message left a customer or reached one."""

    OUT = "out"
    IN = "in"


class ImportStatus(StrEnum):
    """Whether what an import brought still counts."""

    IMPORTED = "imported"
    UNDONE = "undone"


class Unreadable(Refused):
    """A whole file cannot be read as usage; its text is the one sentence that says why."""


class CustomerMissing(Unreadable):
    """A file does not say whose usage it is; whoever imports it may."""


class RowsRefused(Refused):
    """An import was to be all or nothing, and some rows are bad; `rows` are the first of them."""

    def __init__(self, rows: tuple[BadRow, ...], count: int) -> None:
        """Name the first row, so that the file can be mended."""
        what = f"{count:,} rows" if count > 1 else "One row"
        super().__init__(f"{what} cannot be imported, so nothing was; line {rows[0].line:,}: {rows[0].reason}")
        self.rows = rows


class NoSuchImport(NotFound):
    """No import of usage has this id."""


class NoSuchRecord(NotFound):
    """No message record has this id."""


class CannotUndo(Refused):
    """An import of usage was undone before."""


@dataclass(frozen=True, slots=True)
class BadRow:
    """One row that was not imported: its line (the header is line 1), its id as written, and why in one sentence."""

    line: int
    external_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class UsageImport:
    """How an import ended.

    `import_id` is None where nothing was new, and then nothing was written. `rows_late` are messages of a closed month:
    they took effect on the first open day. `bad_rows` are at most `BAD_ROWS_KEPT`, `rows_bad` counts all of them.
    """

    import_id: int | None
    file_name: str
    format: str
    rows_good: int
    rows_bad: int
    rows_repeated: int
    rows_late: int
    entries: int
    first_day: date | None
    last_day: date | None
    complete_through: date | None
    bad_rows: tuple[BadRow, ...] = ()
    notes: tuple[str, ...] = ()


def check_claim(complete_through: date | None, *, today: date) -> None:
    """Refuse to call usage complete through a day that is not over; raises `InvalidForm`."""
    if complete_through is not None and complete_through >= today:
        sentence = f"Usage cannot be complete through {complete_through}, which is not over; choose a day before today."
        raise InvalidForm({"complete_through": sentence})


def silent(_done: int, _total: int, _what: str) -> None:
    """Progress nobody asked for."""


def masked(recipient: str) -> str:
    """A recipient with its middle hidden: +61412345123 is "+61 4•• ••• 123", anna@mail.example "an•••@mail.example".

    How many signs are hidden is not shown; what is too short to hide anything is hidden whole.
    """
    if not recipient:
        return ""
    if "@" in recipient:
        name, _, place = recipient.partition("@")
        return f"{name[:2] if len(name) > _KEPT_AT_END else ''}•••@{place}"
    signs = _SIGN.findall(recipient)
    plus = "+" if recipient.startswith("+") else ""
    if len(signs) < _SHORTEST:
        return f"{plus}•••"
    return f"{plus}{''.join(signs[:2])} {signs[2]}•• ••• {''.join(signs[-_KEPT_AT_END:])}"
