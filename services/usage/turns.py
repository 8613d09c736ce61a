"""Whose turn it is: files of usage are imported, and imports undone, one after the other."""

from __future__ import annotations

from sqlalchemy import text

from services.db.engine import Transaction

_LOCK = 0x4C_44_55_53  # PostgreSQL advisory lock; SQLite has one writer anyway


def lock_imports(tx: Transaction) -> None:
    """Wait until no other transaction imports or undoes usage; held until this one ends."""
    if tx.dialect == "postgresql":
        tx.conn.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
