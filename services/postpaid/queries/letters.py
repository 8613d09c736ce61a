"""Reads of the letters about applications, as they were given out."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, select

from services.postpaid.letter import Letter, LetterKind, NoSuchLetterKept
from services.postpaid.tables import postpaid_letter as table


def letter(conn: Connection, letter_id: int) -> Letter:
    """The letter; raises `NoSuchLetterKept`."""
    row = conn.execute(select(table).where(table.c.id == letter_id)).one_or_none()
    if row is None:
        raise NoSuchLetterKept(f"There is no letter with id {letter_id}; look at the application again.")
    return _letter(row)


def letters_of(conn: Connection, application_id: int) -> list[Letter]:
    """The letters of an application, oldest first, each in every language."""
    rows = conn.execute(select(table).where(table.c.application_id == application_id).order_by(table.c.id))
    return [_letter(row) for row in rows]


def _letter(row: Row[Any]) -> Letter:
    return Letter(
        row.id,
        row.application_id,
        LetterKind(row.kind),
        row.language,
        row.question_id,
        row.issued_on,
        row.made_at,
        row.made_by,
        row.sha256,
    )
