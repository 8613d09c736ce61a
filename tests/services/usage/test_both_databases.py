"""The laws of usage on both databases: split, shuffled, repeated and undone, the books end the same and are sound."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from services.access.model import SYSTEM
from services.db.engine import Database
from services.integrity.queries import run
from services.usage.operations import import_usage, undo_import
from tests.builders import customers

HEADER = "external_id,customer,sub_account,product,sent_at,country,quantity,parts,price,currency,own_number"
STATE = (
    "SELECT a.code, b.balance FROM account_balance b JOIN account a ON a.id = b.account_id WHERE b.balance <> 0",
    "SELECT customer_id, day, sub_account, product, country, records, messages, parts, micros FROM usage_sub_day",
    "SELECT customer_id, month, sub_account, product, country, records, messages, parts, micros FROM usage_sub_month",
    "SELECT e164, customer_id, day, records, messages, micros FROM usage_number_day",
    "SELECT day, product, country, messages, parts, micros, records FROM usage_total_day WHERE messages <> 0",
)


def lines(rng: random.Random, noon: datetime, count: int) -> list[str]:
    """Messages of the last days, some free, of three customers and two numbers."""
    return [
        f"m{number},Customer {rng.randint(1, 3)},{rng.choice(('', 'shop'))},{rng.choice(('sms', 'fax'))},"
        f"{(noon - timedelta(hours=rng.randint(0, 90))).isoformat()},{rng.choice(('AU', 'NZ'))},{rng.randint(1, 3)},"
        f"{rng.randint(0, 4)},{rng.choice(('0', '0.0792', '1.5'))},AUD,{rng.choice(('', '+61480000001'))}"
        for number in range(count)
    ]


def bring(database: Database, noon: datetime, rows: list[str]) -> int | None:
    content = "\n".join([HEADER, *rows, ""]).encode()
    with database.write(at=noon) as tx:
        return import_usage(tx, by=SYSTEM, file=content, name="usage.csv").import_id


def state(database: Database) -> list[list[tuple[Any, ...]]]:
    with database.read() as conn:
        return [sorted(tuple(map(str, row)) for row in conn.execute(text(query))) for query in STATE]


@pytest.mark.parametrize("seed", [1, 2])
def test_split_shuffled_repeated_and_undone_the_books_end_the_same(
    database: Database, noon: datetime, seed: int
) -> None:
    rng = random.Random(seed)  # noqa: S311 - a history, not a secret
    customers(database, 3)
    rows = lines(rng, noon, 60)
    whole = bring(database, noon, rows)
    expected = state(database)
    with database.write(at=noon) as tx:
        undo_import(tx, by=SYSTEM, import_id=whole or 0, reason="to bring it in parts")
    assert state(database) == [[], [], [], [], []]
    rng.shuffle(rows)
    for start in range(0, 60, 17):
        bring(database, noon, rows[start : start + 17] + rows[:start])
        assert bring(database, noon, rows[: start + 17]) is None
    assert state(database) == expected
    with database.read() as conn:
        assert [check.detail for check in run(conn) if not check.ok] == []
