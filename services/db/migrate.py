"""Bring the tables to the newest version, by Alembic's numbered steps."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from services.db.engine import Database

FOLDER = Path(__file__).resolve().parent / "migrations"
_COPY = "INSERT INTO {table}_anew ({columns}) SELECT {columns} FROM {table}"
_DROP_TRIGGER = "DROP TRIGGER {trigger}"
_DROP_TABLE = "DROP TABLE {table}"
_RENAME = "ALTER TABLE {table}_anew RENAME TO {table}"
UPGRADE_TURN = 0x1ED6E7  # one process upgrades, the others wait for it


def upgrade(database: Database) -> None:
    """Run every step the database has not seen, all in one transaction; nothing happens when it is up to date."""
    with database.reshape() as tx:
        if tx.dialect == "postgresql":
            tx.conn.exec_driver_sql("SELECT pg_advisory_xact_lock(%s)", (UPGRADE_TURN,))
        if version(tx.conn) != newest():
            config = _config()
            config.attributes["connection"] = tx.conn
            command.upgrade(config, "head")


def newest() -> str | None:
    """The version this code was written for."""
    return ScriptDirectory.from_config(_config()).get_current_head()


def version(conn: Connection) -> str | None:
    """The version the database has; None in an empty one."""
    return MigrationContext.configure(conn).get_current_revision()


def fault(conn: Connection) -> str:
    """Why this code cannot serve the database's books, in a sentence; empty when it can, or when none are there."""
    there = version(conn)
    if there in {None, newest()}:
        return ""
    if there in {step.revision for step in ScriptDirectory.from_config(_config()).walk_revisions()}:
        return "The books are of an earlier release; bring them up to date with: python -m services init"
    return "The books are of a later release than this program; install that release."


def run_step(conn: Connection, step: str) -> None:
    """Run every SQL file of a step, such as all `0002_*` of this database, in the order of their names."""
    for file in sorted((FOLDER / "sql").glob(f"{step}_*.{conn.dialect.name}.sql")):
        run_sql(conn, file.name.split(".")[0])


def run_sql(conn: Connection, name: str) -> None:
    """Run the statements of one SQL file of a step, written for this database; `--;;` parts them."""
    content = (FOLDER / "sql" / f"{name}.{conn.dialect.name}.sql").read_text(encoding="utf-8")
    for statement in content.split("--;;"):
        if statement.strip():
            conn.exec_driver_sql(statement.replace("%", "%%") if conn.dialect.name == "postgresql" else statement)


def rebuild_table(conn: Connection, table: str, name: str) -> None:
    """Build a table of SQLite anew, as the SQL file says under the name `<table>_anew`, with all its rows.

    SQLite cannot change a constraint. Columns that are new take their default; indexes and triggers come back as they
    were, unless the file makes one of that name. Only inside `Database.reshape`.
    """
    kept = "SELECT name, sql FROM sqlite_master WHERE tbl_name = ? AND type IN ('index', 'trigger') AND sql IS NOT NULL"
    around = conn.exec_driver_sql(kept, (table,)).all()
    old = [row[1] for row in conn.exec_driver_sql(f"PRAGMA table_info({table})")]
    run_sql(conn, name)
    new = {row[1] for row in conn.exec_driver_sql(f"PRAGMA table_info({table}_anew)")}
    names = {"table": table, "columns": ", ".join(f'"{column}"' for column in old if column in new)}
    conn.exec_driver_sql(_COPY.format(**names))
    for trigger in [row[0] for row in around if row[1].lstrip().upper().startswith("CREATE TRIGGER")]:
        conn.exec_driver_sql(_DROP_TRIGGER.format(trigger=trigger))  # one against deleting would hold up the dropping
    conn.exec_driver_sql(_DROP_TABLE.format(**names))
    conn.exec_driver_sql(_RENAME.format(**names))
    for _, sql in around:
        conn.exec_driver_sql(sql)


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    return config
