"""Laws of usage: roll-ups are the sum of the records, nothing comes in twice, and what is undone was never there."""

from __future__ import annotations

import random
import shutil
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from services.access.model import SYSTEM
from services.db.engine import Database
from services.integrity.queries import run
from services.usage.operations import import_usage, undo_import
from tests.builders import customers
from tests.conftest import SYDNEY

AT = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)
HEADER = "external_id,customer,sub_account,product,sent_at,country,quantity,parts,price,currency,own_number\n"

rows = st.builds(
    lambda customer, sub, product, hours, country, quantity, parts, price, number: (
        f"Customer {customer},{sub},{product},{(AT - timedelta(hours=hours)).isoformat()},{country},{quantity},{parts},"
        f"{price // 10_000}.{price % 10_000:04d},AUD,{number}"
    ),
    st.integers(1, 3),
    st.sampled_from(["", "shop", "crm"]),
    st.sampled_from(["sms", "fax", "email"]),
    st.integers(0, 100),
    st.sampled_from(["AU", "NZ"]),
    st.integers(1, 3),
    st.integers(0, 4),
    st.sampled_from([0, 1, 792, 1_584, 20_000]),
    st.sampled_from(["", "+61480000001", "+61480000002"]),
)
files = st.lists(rows, min_size=1, max_size=30).map(lambda found: [f"m{n},{row}" for n, row in enumerate(found)])
LAW = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

_SUMS = {
    "usage_total_day": "SELECT day, product, country, currency, SUM(records), SUM(messages), SUM(parts), SUM(micros)"
    " FROM {} GROUP BY day, product, country, currency",
    "usage_total_month": "SELECT substr(month, 1, 7), product, country, currency, SUM(records), SUM(messages),"
    " SUM(parts), SUM(micros) FROM {} GROUP BY substr(month, 1, 7), product, country, currency",
    "usage_sub_day": "SELECT day, customer_id, sub_account, product, country, currency, records, messages, parts,"
    " micros FROM {}",
    "usage_sub_month": "SELECT substr(month, 1, 7), customer_id, sub_account, product, country, currency, SUM(records),"
    " SUM(messages), SUM(parts), SUM(micros) FROM {} GROUP BY 1, 2, 3, 4, 5, 6",
    "usage_number_day": "SELECT e164, customer_id, day, records, messages, micros FROM {}",
}
_OF_RECORDS = "(SELECT *, own_number AS e164, day AS month, quantity AS messages, price_micros AS micros, 1 AS records FROM usage_record WHERE undone = 0)"  # noqa: E501
_GROUPED = {
    "usage_sub_day": "SELECT day, customer_id, sub_account, product, country, currency, SUM(records), SUM(messages),"
    " SUM(parts), SUM(micros) FROM {} GROUP BY 1, 2, 3, 4, 5, 6",
    "usage_number_day": "SELECT e164, customer_id, day, SUM(records), SUM(messages), SUM(micros) FROM {}"
    " WHERE e164 IS NOT NULL GROUP BY 1, 2, 3",
}


@contextmanager
def books(template: Path, folder: Path) -> Iterator[Database]:
    """Fresh books with three customers."""
    path = folder / "law.sqlite"
    for old in folder.glob("law.sqlite*"):
        old.unlink()
    shutil.copy(template, path)
    database = Database(f"sqlite:///{path}", timezone=SYDNEY)
    customers(database, 3)
    yield database
    database.close()


def bring(database: Database, lines: list[str]) -> int | None:
    with database.write(at=AT) as tx:
        return import_usage(tx, by=SYSTEM, file=(HEADER + "\n".join(lines) + "\n").encode(), name="usage.csv").import_id


def undo(database: Database, import_id: int | None) -> None:
    with database.write(at=AT) as tx:
        undo_import(tx, by=SYSTEM, import_id=import_id or 0, reason="a law")


def found(database: Database, statement: str) -> list[tuple[Any, ...]]:
    with database.read() as conn:
        return sorted(tuple(row) for row in conn.execute(text(statement)))


def state(database: Database) -> dict[str, list[tuple[Any, ...]]]:
    """Every balance, every record and every roll-up, without ids and without what says nothing any more."""
    columns = "external_id, customer_id, sub_account, product, sent_at, day, country, quantity, parts, price_micros"
    wanted = {name: statement.format(name) for name, statement in _SUMS.items()} | {
        "balances": "SELECT a.code, b.balance, b.base_balance FROM account_balance b"
        " JOIN account a ON a.id = b.account_id WHERE b.balance <> 0",
        "records": f"SELECT {columns} FROM usage_record WHERE undone = 0",
        "by day": "SELECT day, customer_id, product, country, SUM(micros), SUM(messages), SUM(records) FROM usage_day"
        " GROUP BY 1, 2, 3, 4",
    }
    return {name: [row for row in found(database, sql) if any(row[-3:])] for name, sql in wanted.items()}


@LAW
@given(lines=files, cut=st.integers(0, 30))
def test_roll_ups_are_the_sum_of_the_records(sqlite_template: Path, tmp_path: Path, lines: list[str], cut: int) -> None:
    with books(sqlite_template, tmp_path) as database:
        ids = [each for each in (bring(database, part) for part in (lines[:cut], lines[cut:]) if part) if each]
        for undone in (False, True):
            if undone:
                undo(database, ids[0])
            now = state(database)
            for name, statement in _SUMS.items():
                of_records = found(database, _GROUPED.get(name, statement).format(_OF_RECORDS))
                assert now[name] == [row for row in of_records if any(row[-3:])], name
            with database.read() as conn:
                assert [check for check in run(conn) if not check.ok] == []


@LAW
@given(lines=files)
def test_importing_twice_is_importing_once(sqlite_template: Path, tmp_path: Path, lines: list[str]) -> None:
    with books(sqlite_template, tmp_path) as database:
        bring(database, lines)
        before = state(database)
        assert bring(database, lines) is None
        assert bring(database, lines[::-1]) is None or len(lines) == 1
        assert state(database) == before


@LAW
@given(lines=files, cuts=st.lists(st.integers(0, 30), max_size=4), seed=st.integers(0, 99))
def test_any_split_and_any_order_give_the_same_books(
    sqlite_template: Path, tmp_path: Path, lines: list[str], cuts: list[int], seed: int
) -> None:
    with books(sqlite_template, tmp_path) as database:
        bring(database, lines)
        whole = state(database)
    shuffled = list(lines)
    random.Random(seed).shuffle(shuffled)  # noqa: S311 - an order, not a secret
    edges = sorted({0, len(lines), *(cut for cut in cuts if cut < len(lines))})
    with books(sqlite_template, tmp_path) as database:
        for start, end in pairwise(edges):
            bring(database, shuffled[start:end] + shuffled[: start // 2])  # and some of it comes again
        assert state(database) == whole


@LAW
@given(before=files, lines=files)
def test_undoing_an_import_restores_every_balance(
    sqlite_template: Path, tmp_path: Path, before: list[str], lines: list[str]
) -> None:
    with books(sqlite_template, tmp_path) as database:
        bring(database, [f"old-{line}" for line in before])
        was = state(database)
        undo(database, bring(database, lines))
        assert state(database) == was
        again = bring(database, lines)
        assert again is not None
        assert Counter(row[0] for row in state(database)["records"]).most_common(1)[0][1] == 1
