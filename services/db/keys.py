"""An id known before its row is written, for rows that are written once and are named by what is written first."""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlalchemy import Select, Table, func, select, text

from services.db.engine import Transaction


def next_id(tx: Transaction, table: Table) -> int:
    """The next id of a table: from its sequence on PostgreSQL, one past the largest on SQLite (one writer)."""
    if tx.dialect == "postgresql":
        wanted = text("SELECT nextval(pg_get_serial_sequence(:table, 'id'))")
        return int(tx.conn.execute(wanted, {"table": table.name}).scalar_one())
    return int(tx.conn.execute(_one_past(table)).scalar_one())


@cache
def _one_past(table: Table) -> Select[Any]:
    """Built once a table, as every row of it asks."""
    return select(func.coalesce(func.max(table.c.id), 0) + 1)
