"""Whose turn it is: caps are counted, and credit ahead is taken, by one at a time."""

from __future__ import annotations

from sqlalchemy import text

from services.db.engine import Transaction

_LOCK = 0x4C_44_50_56  # PostgreSQL advisory lock; SQLite has one writer anyway


def wait_for_turn(tx: Transaction) -> None:
    """Wait until nobody else gives or takes credit ahead of transfers; held until this transaction ends."""
    if tx.dialect == "postgresql":
        tx.conn.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
