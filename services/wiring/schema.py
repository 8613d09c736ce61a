"""Every table of every room, and the way to an up-to-date database."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from sqlalchemy import inspect

from services.db.engine import Database
from services.db.types import metadata

ROOMS = (
    "access",
    "company",
    "pricing",
    "ledger",
    "customers",
    "invoices",
    "banking",
    "usage",
    "numbers",
    "payments",
    "reconciliation",
)
_SQL = Path(__file__).resolve().parent.parent / "db" / "migrations" / "sql"


def create(database: Database) -> None:
    """Bring an empty database to the newest schema."""
    for room in ROOMS:
        if find_spec(f"services.{room}.tables"):
            import_module(f"services.{room}.tables")
    with database.write() as tx:
        metadata.create_all(tx.conn)
        for file in sorted(_SQL.glob(f"*.{tx.dialect}.sql")):
            for statement in file.read_text().split("--;;"):
                if statement.strip():
                    tx.conn.exec_driver_sql(statement.replace("%", "%%") if tx.dialect == "postgresql" else statement)


def upgrade(database: Database) -> None:
    """Bring the database to the newest schema, an empty one or an older one; nothing happens when it is there."""
    with database.read() as conn:
        known = inspect(conn).has_table("journal_entry")
    if not known:
        create(database)
