"""A check of the books, and what it found."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from services.access.model import Permission, Role

SEE_INTEGRITY = Permission(
    "integrity.see", "see whether the books add up", frozenset({Role.ACCOUNTING, Role.MANAGER, Role.ADMIN})
)

MOST_ROWS = 200  # of the rows behind a red check, as many as a person can look at


@dataclass(frozen=True, slots=True)
class Check:
    """One named law of the books.

    `promise` says in words what holds when it is green. `search` returns the rows that break it, each a mapping from
    column to value; no rows is green.
    """

    name: str
    promise: str
    search: Callable[[Connection], list[dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What a check found: `rows` counts what breaks it, `broken` holds the first of them."""

    check: str
    ok: bool
    rows: int
    detail: str
    broken: tuple[dict[str, Any], ...]
