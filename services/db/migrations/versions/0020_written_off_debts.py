"""An invoice in arrears can be written off where nothing was paid on it; open invoices have an index of their own."""

from alembic import op
from services.db.migrate import rebuild_table, run_sql

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    """Widen the rule about what an invoice's status follows from, then add the index."""
    conn = op.get_bind()
    if conn.dialect.name == "sqlite":
        rebuild_table(conn, "invoice", "0020_written_off_debts")
    else:
        run_sql(conn, "0020_written_off_debts")
    run_sql(conn, "0020_open_invoices")
