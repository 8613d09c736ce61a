"""GST on a cash basis: which invoices were issued on it, and an account of each customer for what is not yet due."""

from alembic import op
from services.db.migrate import run_sql

revision = "0033"
down_revision = "0032"


def upgrade() -> None:
    """The column, its guard on SQLite, and the account's purpose among those that belong to customers."""
    run_sql(op.get_bind(), "0033_gst_on_receipt")
