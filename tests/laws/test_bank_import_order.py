"""However a bank's lines are cut into files and in whatever order those come, the books end the same.

A file with days missing before it is refused then, and comes again once the others are in.
"""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from decimal import Decimal
from itertools import accumulate
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from services.banking.gates import DaysMissing
from services.db.engine import Database
from services.ledger.model import Purpose
from tests.bank_books import balance, bank_balance, bring_in, company_with_accounts, mt940

NOON = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)
MOVEMENTS = st.lists(
    st.tuples(st.integers(1, 5), st.sampled_from(["10.00", "10.00", "35.50", "-10.00"])), min_size=1, max_size=7
)


@pytest.fixture(scope="module")
def with_company(sqlite_template, tmp_path_factory):
    path = tmp_path_factory.mktemp("order") / "company.sqlite"
    shutil.copy(sqlite_template, path)
    database = Database(f"sqlite:///{path}", timezone=ZoneInfo("Australia/Sydney"))
    company_with_accounts(database, NOON)
    with database.engine.connect() as conn:
        conn.exec_driver_sql("ROLLBACK")
        conn.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()
    return path


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(movements=MOVEMENTS, data=st.data())
def test_any_cut_and_any_order_give_the_same_books(with_company, movements, data):
    lines = [(f"11{day:02}", amount, f"line of {amount}") for day, amount in sorted(movements, key=lambda one: one[0])]
    opening = data.draw(st.sampled_from([Decimal(100), Decimal(0), Decimal(-10)]))
    after = list(accumulate((Decimal(amount) for _, amount, _ in lines), initial=opening))
    # a balance that comes back the same day after an equal line cannot be told apart without the bank's reference
    assume(len(set(zip(lines, after[1:], strict=True))) == len(lines))
    cuts = sorted(data.draw(st.sets(st.integers(0, len(lines) - 1))) | {0})
    files = [
        _file(lines, after, start, end, no)
        for no, (start, end) in enumerate(zip(cuts, [*cuts[1:], len(lines)], strict=True), 1)
    ]
    if data.draw(st.booleans()):
        files.append(_file(lines, after, 0, len(lines), 1))
    path = with_company.with_name("books.sqlite")
    shutil.copy(with_company, path)
    database = Database(f"sqlite:///{path}", timezone=ZoneInfo("Australia/Sydney"))
    try:
        left = data.draw(st.permutations(files))
        while left:  # at least the earliest file of those left goes in each time
            refused = [content for content in left if not _taken_in(database, content)]
            assert len(refused) < len(left)
            left = refused
        assert bank_balance(database) == after[-1]
        assert balance(database, Purpose.OPENING) == -opening
    finally:
        database.close()
        for leftover in path.parent.glob("books.sqlite*"):
            leftover.unlink()


def _taken_in(database, content) -> bool:
    try:
        bring_in(database, content, NOON)
    except DaysMissing:
        return False
    return True


def _file(lines, after, start, end, number):
    part = lines[start:end]
    days = {"on": part[0][0], "until": part[-1][0]}
    content = mt940(part, opening=f"{after[start]:.2f}", **days)
    return content.replace(b":28C:1", f":28C:{number}".encode())
