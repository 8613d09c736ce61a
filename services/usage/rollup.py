"""The roll-ups of usage by day and by month, kept as rows of usage are added."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite

from services.db.engine import Transaction
from services.usage.tables import usage_total_day, usage_total_month

_FIGURES = ("row_count", "messages", "parts", "micros", "records")


def roll_up(tx: Transaction, rows: Sequence[Mapping[str, Any]]) -> None:
    """Add rows of `usage_day` to both roll-ups; the opposite rows of an undone import take away what they added."""
    for table, whole_month in ((usage_total_day, False), (usage_total_month, True)):
        sums: defaultdict[tuple[date, str, str, str], list[int]] = defaultdict(lambda: [0, 0, 0, 0, 0])
        for row in rows:
            day = row["day"].replace(day=1) if whole_month else row["day"]
            total = sums[day, row["product"], row["country"], row["currency"]]
            for index, figure in enumerate((1, *(row[name] for name in _FIGURES[1:]))):
                total[index] += figure
        _add(tx, table, sums)


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
