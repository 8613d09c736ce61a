"""Searches for rows that break a law, in plain SQL both databases understand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, text


def by_sql(query: str) -> Callable[[Connection], list[dict[str, Any]]]:
    """A search whose answer is the query's own rows."""
    return lambda conn: rows_of(conn, query)


def rows_of(conn: Connection, query: str, **bound: Any) -> list[dict[str, Any]]:
    """The rows of a query as mappings from column to value."""
    return [dict(row) for row in conn.execute(text(query), bound).mappings()]
