"""The demo company: built by the screens' own operations, the same for the same seed, and its books add up."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from sqlalchemy import func, select

from services.access.model import SYSTEM, Role
from services.banking.operations import import_statement
from services.banking.tables import bank_line
from services.customers.tables import customer
from services.db.engine import Database
from services.demo.build import DemoResult, WrongSize, build
from services.demo.opening import NotEmpty
from services.invoices.tables import invoice
from services.ledger.queries import trial_balance
from services.ledger.tables import journal_entry, posting
from services.numbers.tables import number_rental
from services.usage.tables import usage_day, usage_total_month

TODAY = date(2026, 11, 20)


def small(database: Database, *, seed: int = 1, **asked: int) -> DemoResult:
    return build(database, customers=10, months=3, seed=seed, today=TODAY, **asked)


def balances(database: Database) -> list[tuple[str, int]]:
    with database.read() as conn:
        frame = trial_balance(conn)
    return [(row.account, row.balance_micros) for row in frame.itertuples()]


def test_a_small_company_has_a_whole_history(database: Database) -> None:
    built = small(database)
    assert {person.principal.role for person in built.people} == set(Role)
    assert len({person.password for person in built.people}) == 4
    with database.read() as conn:
        for table in (customer, invoice, usage_day, number_rental, bank_line):
            assert conn.execute(select(func.count()).select_from(table)).scalar_one() > 0, table.name
        base = conn.execute(select(func.sum(posting.c.base_amount))).scalar_one()
        assert int(base) == 0
        assert conn.execute(select(func.max(journal_entry.c.effective_on))).scalar_one() <= TODAY
        rows = conn.execute(select(func.count()).select_from(usage_day)).scalar_one()
        assert conn.execute(select(func.sum(usage_total_month.c.row_count))).scalar_one() == rows


def test_the_same_seed_gives_the_same_books_on_both_databases(
    sqlite_database: Database, postgres_database: Database
) -> None:
    first, second = small(sqlite_database), small(postgres_database)
    assert balances(sqlite_database) == balances(postgres_database)
    assert first.waiting == second.waiting
    assert [person.password for person in first.people] != [person.password for person in second.people]


def test_the_statement_left_over_can_be_imported(sqlite_database: Database, noon: datetime) -> None:
    waiting = small(sqlite_database).waiting
    with sqlite_database.write(at=noon) as tx:
        result = import_statement(tx, by=SYSTEM, name=waiting.name, content=waiting.content)
    assert (result.imported, result.repeated) == (waiting.lines, 0)
    assert all(statement.ties for statement in result.statements)
    assert result.warnings == ()


def test_a_company_of_a_number_of_postings_has_that_many(sqlite_database: Database) -> None:
    # what fills up has two postings an entry, and what came before may be an odd number
    assert small(sqlite_database, postings=6_000).postings in {5_999, 6_000}


def test_books_that_hold_something_are_left_alone(sqlite_database: Database) -> None:
    small(sqlite_database)
    with pytest.raises(NotEmpty, match="not empty"):
        small(sqlite_database, postings=100)


def test_a_company_without_customers_is_refused(sqlite_database: Database) -> None:
    with pytest.raises(WrongSize):
        build(sqlite_database, customers=0, today=TODAY)


def test_progress_ends_where_it_said_it_would(sqlite_database: Database) -> None:
    heard: list[tuple[int, int]] = []
    build(
        sqlite_database,
        customers=2,
        months=1,
        today=date(2026, 11, 1),
        progress=lambda done, steps, _what: heard.append((done, steps)),
    )
    assert heard[-1][0] == heard[-1][1]
    assert heard == sorted(heard)
