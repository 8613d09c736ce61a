"""Importing usage as an operator types it: dry run, all or nothing, sentences and exit codes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from services.__main__ import app
from services.db.current import use
from services.db.engine import Database
from services.usage.queries import complete_through, imports
from tests.builders import customers

HEADER = "external_id,customer,product,sent_at,country,price,currency\n"
GOOD = "m1,Customer 1,sms,2026-01-10T10:00:00+11:00,AU,0.0792,AUD\n"
BAD = "m2,Customer 1,telex,2026-01-10T10:00:00+11:00,AU,0.0792,AUD\n"


@pytest.fixture
def books(sqlite_database: Database) -> Iterator[Database]:
    customers(sqlite_database, 2)
    use(sqlite_database)
    yield sqlite_database
    use(None)


def bring(folder: Path, content: str, *options: str) -> Result:
    file = folder / "usage.csv"
    file.write_text(content)
    return CliRunner().invoke(app, ["import-usage", str(file), *options])


def count(database: Database) -> int:
    with database.read() as conn:
        return len(imports(conn))


def test_a_file_is_imported_and_bad_rows_are_said(books: Database, tmp_path: Path) -> None:
    told = bring(tmp_path, HEADER + GOOD + BAD, "--complete-through", "2026-01-31")
    assert told.exit_code == 0
    assert "1 record imported, 0 were there before, 1 is bad; 1 journal entry." in told.output
    assert "Line 3: There is no product “telex”" in told.output
    with books.read() as conn:
        assert str(complete_through(conn)) == "2026-01-31"


def test_a_dry_run_keeps_nothing(books: Database, tmp_path: Path) -> None:
    told = bring(tmp_path, HEADER + GOOD, "--dry-run", "--json")
    found = json.loads(told.stdout)
    assert (found["rows_good"], found["dry_run"], count(books)) == (1, True, 0)
    assert bring(tmp_path, HEADER + GOOD).exit_code == 0
    assert count(books) == 1


def test_all_or_nothing_ends_with_3_and_its_sentence(books: Database, tmp_path: Path) -> None:
    told = bring(tmp_path, HEADER + GOOD + BAD, "--all-or-nothing", "--json")
    assert told.exit_code == 3
    assert json.loads(told.stdout)["bad_rows"][0]["line"] == 3
    assert count(books) == 0


def test_a_file_that_is_none_ends_with_3(books: Database, tmp_path: Path) -> None:
    told = bring(tmp_path, "a;b\n1;2\n")
    assert told.exit_code == 3
    assert "parted by semicolons" in told.output
