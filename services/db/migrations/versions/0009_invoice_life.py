"""The life of an invoice to its end, and the credit notes that take invoices back."""

from alembic import op
from services.db.migrate import rebuild_table, run_sql

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Give invoices their further statuses, then what belongs to them."""
    conn = op.get_bind()
    if conn.dialect.name == "sqlite":
        rebuild_table(conn, "invoice", "0009_invoice_table")
    else:
        run_sql(conn, "0009_invoice_table")
    run_sql(conn, "0009_invoice_life")
