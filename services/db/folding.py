"""Letters without their case, the same on both databases: SQLite alone knows case of A to Z only."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, String
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import GenericFunction

_NAME = "ledgerdesk_folded"


def fold(text: str) -> str:
    """What a text is compared as where case does not count."""
    return text.lower()


class Folded(GenericFunction[str]):
    """`fold` of a column, ordered by code point."""

    type = String()
    name = _NAME
    inherit_cache = True


@compiles(Folded, "postgresql")
def _on_postgresql(element: Folded, compiler: Any, **options: Any) -> str:
    """By ICU, which PostgreSQL is built with unless told not to: the locale of the database may know A to Z only."""
    (inner,) = element.clauses
    return f'(lower(({compiler.process(inner, **options)}) COLLATE "und-x-icu") COLLATE "C")'


def teach(connection: Any) -> None:
    """Give a new SQLite connection the function."""
    connection.create_function(_NAME, 1, _fold_or_nothing, deterministic=True)


def holds(column: ColumnElement[Any], text: str) -> ColumnElement[bool]:
    """That a column contains a text, in whatever case; signs like % stand for themselves."""
    return Folded(column).contains(fold(text), autoescape=True)


def _fold_or_nothing(text: str | None) -> str | None:
    return None if text is None else fold(text)
