"""Rows of usage by day, and the roll-ups by day and by month that are kept as rows are added."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite

from services.db.engine import Transaction
from services.ledger.writing import load
from services.usage.tables import usage_total_day, usage_total_month

COLUMNS = "source, day, customer_id, product, country, currency, messages, parts, micros, records, entry_id, posted_on"
_FIGURES = ("row_count", "messages", "parts", "micros", "records")

Row = tuple[str, date, int, str, str, str, int, int, int, int, int | None, date]  # in the order of `COLUMNS`
_Sums = dict[tuple[date, str, str, str], list[int]]


def add_days(tx: Transaction, rows: Sequence[Row]) -> None:
    """Write rows of usage by day and add them to both roll-ups; the opposite rows of an undone import take away."""
    load(tx.conn, "usage_day", COLUMNS, _stored(rows) if tx.dialect == "sqlite" else rows)
    days = _summed(rows)
    _add(tx, usage_total_day, days)
    _add(tx, usage_total_month, _by_month(days))


def _stored(rows: Sequence[Row]) -> list[tuple[Any, ...]]:
    """As SQLite keeps days: as text, of which thousands of rows share one."""
    said = {day: day.isoformat() for day in {row[1] for row in rows} | {row[11] for row in rows}}
    return [(row[0], said[row[1]], *row[2:11], said[row[11]]) for row in rows]


def _summed(rows: Sequence[Row]) -> _Sums:
    sums: _Sums = {}
    for _, day, _, product, country, currency, messages, parts, micros, records, _, _ in rows:
        key = (day, product, country, currency)
        total = sums.get(key)
        if total is None:
            total = sums[key] = [0, 0, 0, 0, 0]
        total[0] += 1
        total[1] += messages
        total[2] += parts
        total[3] += micros
        total[4] += records
    return sums


def _by_month(days: _Sums) -> _Sums:
    months: _Sums = {}
    for (day, *rest), figures in days.items():
        key = (day.replace(day=1), rest[0], rest[1], rest[2])
        before = months.get(key) or [0] * len(figures)
        months[key] = [one + other for one, other in zip(before, figures, strict=True)]
    return months


def _add(tx: Transaction, table: Table, sums: Mapping[tuple[date, str, str, str], list[int]]) -> None:
    """In the order of the key, so that two writers never wait for each other in a ring."""
    if not sums:
        return
    names = (*(column.name for column in table.primary_key), *_FIGURES)
    dialect: Any = sqlite if tx.dialect == "sqlite" else postgresql
    adding = dialect.insert(table)
    tx.conn.execute(
        adding.on_conflict_do_update(
            index_elements=list(table.primary_key),
            set_={name: table.c[name] + adding.excluded[name] for name in _FIGURES},
        ),
        [dict(zip(names, (*key, *sums[key]), strict=True)) for key in sorted(sums)],
    )
