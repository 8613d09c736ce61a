"""The steps lead to exactly the tables the code describes, on both databases, and a second run changes nothing."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect, text

from services.db import migrate
from services.db.engine import Database
from services.wiring.schema import ROOMS, metadata, upgrade

SQL = Path(migrate.__file__).parent / "migrations" / "sql"


def test_the_steps_lead_to_the_tables_of_the_code(database: Database) -> None:
    with database.read() as conn:
        context = MigrationContext.configure(conn, opts={"compare_type": False, "compare_server_default": False})
        found = [change for change in compare_metadata(context, metadata) if not _is_by_hand(change)]
    assert found == []


# an index with a collation only PostgreSQL knows, one only PostgreSQL has, and a column only it fills
BY_HAND = {"ix_customer_sorted_by_name", "ix_journal_entry_commit_mark"}


def _is_by_hand(change: object) -> bool:
    """Whether only a step knows of it: Alembic's own table, and indexes written by hand."""
    if isinstance(change, list):
        return [(one[0], one[2], one[3]) for one in change] == [("modify_nullable", "journal_entry", "commit_mark")]
    if not isinstance(change, tuple):
        return False
    thing = change[1]
    return getattr(thing, "name", None) in BY_HAND or (change[0] in {"add_fk", "remove_fk"})


def test_every_room_with_tables_is_named() -> None:
    files = {file.parent.name for file in (SQL.parents[2]).glob("*/tables.py")}
    assert files == {room.__name__.split(".")[1] for room in ROOMS}


def test_every_table_is_strict_on_sqlite(sqlite_database: Database) -> None:
    with sqlite_database.read() as conn:
        created = conn.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'table'")).all()
    assert [name for name, sql in created if "STRICT" not in sql and name != "alembic_version"] == []


def test_upgrading_again_changes_nothing(database: Database) -> None:
    upgrade(database)
    with database.read() as conn:
        assert migrate.version(conn) == migrate.newest()


def test_the_guards_of_both_databases_are_for_the_same_rooms() -> None:
    names = {
        dialect: {file.name.split(".")[0] for file in SQL.glob(f"*.{dialect}.sql")}
        for dialect in ("sqlite", "postgresql")
    }
    assert names["sqlite"] == names["postgresql"]


def test_every_guard_file_of_the_first_step_is_run_by_it() -> None:
    steps = "".join(file.read_text() for file in (SQL.parent / "versions").glob("*.py"))
    rooms = set(re.findall(r'"(\w+)"', steps.partition("GUARDS = ")[2].partition(")")[0]))
    assert {file.name.split(".")[0].removeprefix("0001_") for file in SQL.glob("0001_*.sqlite.sql")} == rooms | {
        "tables"
    }


def test_every_other_file_belongs_to_a_step() -> None:
    steps = {file.name[:4] for file in (SQL.parent / "versions").glob("*.py")}
    assert {file.name[:4] for file in SQL.glob("*.sql")} <= steps


@pytest.mark.parametrize("table", ["journal_entry", "posting", "journal_seal", "audit_event"])
def test_append_only_tables_have_their_triggers(database: Database, table: str) -> None:
    query = "SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND tbl_name = :name"
    if not database.is_sqlite:
        query = "SELECT count(*) FROM pg_trigger WHERE tgrelid = CAST(:name AS regclass) AND NOT tgisinternal"
    with database.read() as conn:
        assert conn.execute(text(query), {"name": table}).scalar_one() >= 2
        assert inspect(conn).has_table(table)


def test_whose_books_can_be_served_is_said_in_a_sentence(database: Database) -> None:
    with database.read() as conn:
        assert migrate.fault(conn) == ""
    for there, said in (("0001", "of an earlier release"), ("9999", "of a later release")):
        with database.write() as tx:
            tx.conn.exec_driver_sql(f"UPDATE alembic_version SET version_num = '{there}'")
        with database.read() as conn:
            assert said in migrate.fault(conn)
