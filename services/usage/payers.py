"""Finding customers by what a usage file calls them: username, whatever its case, or account id."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, select

from services.customers.finding import comparable
from services.customers.tables import customer

_AT_ONCE = 500  # names bound in one statement


def payers(conn: Connection, names: Sequence[str]) -> dict[str, tuple[int, str, str]]:
    """Id, currency and country of each customer by the name asked for; names of nobody are missing."""
    c = customer.c
    found: dict[str, tuple[int, str, str]] = {}
    for start in range(0, len(names), _AT_ONCE):
        part = names[start : start + _AT_ONCE]
        for column, keys in ((c.username_key, [comparable(name) for name in part]), (c.account_id, list(part))):
            rows = conn.execute(select(column, c.id, c.currency, c.country).where(column.in_(keys)))
            by_key = {row[0]: (row[1], row[2], row[3]) for row in rows}
            found |= {name: by_key[key] for name, key in zip(part, keys, strict=True) if key in by_key}
    return found
