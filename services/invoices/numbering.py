"""Numbers without gaps: one counter row a series, moved in the transaction that issues the document."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite

from services.db.engine import Transaction
from services.invoices.credit_note import NoteKind
from services.invoices.tables import document_counter

REFERENCE_SERIES = "REFERENCE"


def invoice_series(issued_on: date) -> str:
    """The series of bank-transfer invoices of a calendar year: "INV-2026"."""
    return f"INV-{issued_on.year}"


def credit_note_series(kind: NoteKind, issued_on: date) -> str:
    """The series of credit notes, or of adjustment notes, of a calendar year: "CN-2026", "AN-2026"."""
    return f"{'AN' if kind is NoteKind.ADJUSTMENT else 'CN'}-{issued_on.year}"


def number_in(series: str, serial: int) -> str:
    """The number as printed: "INV-2026-000123"."""
    return f"{series}-{serial:06d}"


def take_next(tx: Transaction, series: str) -> int:
    """The next number of the series, from 1.

    The row stays locked until the transaction ends, so numbers are given in the order of commits and a rolled-back
    one is given again. Take it as the last thing before the row that uses it: everybody else waits meanwhile.
    """
    counted = tx.conn.execute(_COUNT[tx.dialect], {"series": series, "last_no": 1})
    return int(counted.scalar_one())


def _counting(insert: Callable[..., Any]) -> Any:
    statement = insert(document_counter)
    counted = {"last_no": document_counter.c.last_no + 1}
    return statement.on_conflict_do_update(index_elements=["series"], set_=counted).returning(
        document_counter.c.last_no
    )


_COUNT = {"sqlite": _counting(sqlite.insert), "postgresql": _counting(postgresql.insert)}
