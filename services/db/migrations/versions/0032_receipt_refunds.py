"""Receipts refunded to whoever sent them, and the bank lines that paid them."""

from alembic import op
from services.db.migrate import rebuild_table, run_sql

revision = "0032"
down_revision = "0031"


def upgrade() -> None:
    """Make the place of refunds, then let a sorted line name the one it paid."""
    conn = op.get_bind()
    run_sql(conn, "0032_receipt_refunds")
    if conn.dialect.name == "sqlite":
        rebuild_table(conn, "bank_sorting", "0032_sorted_refunds")
    else:
        run_sql(conn, "0032_sorted_refunds")
    run_sql(conn, "0032_sorted_refunds_guards")
