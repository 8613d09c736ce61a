"""Importing the card processor's objects as an operator types it: dry run, all or nothing, sentences, exit codes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from services.__main__ import app
from services.cards.queries import cards_of
from services.db.current import use
from services.db.engine import Database
from tests.builders import customers
from tests.stripe import as_list, payment_method, processor_customer

BAD = payment_method("pm_2", customer="cus_9")


@pytest.fixture
def books(sqlite_database: Database) -> Iterator[Database]:
    customers(sqlite_database, 2)
    use(sqlite_database)
    yield sqlite_database
    use(None)


def bring(folder: Path, content: bytes, *options: str) -> Result:
    file = folder / "cards.json"
    file.write_bytes(content)
    return CliRunner().invoke(app, ["import-card-payments", str(file), *options])


def count(database: Database) -> int:
    with database.read() as conn:
        return len(cards_of(conn, 1))


def test_a_file_is_imported_and_bad_objects_are_said(books: Database, tmp_path: Path) -> None:
    told = bring(tmp_path, as_list(processor_customer(), payment_method(), BAD))
    assert told.exit_code == 0
    assert "1 card, 1 customer imported, 1 is bad." in told.output
    assert "Object 3 (pm_2): Nobody knows whose cus_9 is" in told.output
    assert count(books) == 1
    again = bring(tmp_path, as_list(processor_customer(), payment_method()))
    assert "nothing new imported, 2 were there before." in again.output


def test_a_dry_run_keeps_nothing(books: Database, tmp_path: Path) -> None:
    told = bring(tmp_path, as_list(processor_customer(), payment_method()), "--dry-run", "--json")
    found = json.loads(told.stdout)
    assert (found["added"], found["livemode"], found["dry_run"], count(books)) == (2, False, True, 0)


def test_all_or_nothing_ends_with_3_and_its_sentence(books: Database, tmp_path: Path) -> None:
    told = bring(tmp_path, as_list(processor_customer(), payment_method(), BAD), "--all-or-nothing", "--json")
    assert told.exit_code == 3
    assert json.loads(told.stdout)["bad_objects"][0]["place"] == "object 3"
    assert count(books) == 0


def test_a_file_that_is_none_ends_with_3(books: Database, tmp_path: Path) -> None:
    told = bring(tmp_path, b'{"object":"list","data":[{"object":')
    assert told.exit_code == 3
    assert "it was cut off" in told.output
    assert count(books) == 0
