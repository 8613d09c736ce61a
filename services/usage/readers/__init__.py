"""One reader a form: each gives batches of columns as they are written, for the same checks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from services.usage.records import BadRow


@dataclass(frozen=True, slots=True)
class Batch:
    """Some thousand rows of a file: Arrow arrays by column of the contract, the line of each row, and rows unread.

    Columns are text, but `sent_at` may be a timestamp; a column the file does not have is missing.
    """

    columns: dict[str, Any]
    lines: list[int]
    bad: list[BadRow] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Reading:
    """A file about to be read: its form, notes for the person who imports it, its batches, what its columns mean.

    `understood` has the column of the file, as written, by column of the contract. `missing` says, once all batches
    are read, what the file itself tells of pages that are not in it: its days are not whole then.
    """

    form: str
    notes: tuple[str, ...]
    batches: Iterator[Batch]
    understood: Mapping[str, str]
    missing: list[str] = field(default_factory=list)
