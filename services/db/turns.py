"""Taking turns by name: units of work that would judge the same thing at once come one after the other."""

from __future__ import annotations

from sqlalchemy import text

from services.db.engine import Transaction


def wait_for_turn(tx: Transaction, *names: str) -> None:
    """Wait until nobody else holds any of these turns, and hold them until this transaction ends.

    A name says what is judged: a form's nonce, a receipt, a customer's day. Only PostgreSQL needs it; SQLite has one
    writer anyway. Name several in one order everywhere, or two could wait for each other.
    """
    if tx.dialect == "postgresql":
        for name in names:
            tx.conn.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))"), {"name": name})
