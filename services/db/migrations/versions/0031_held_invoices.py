"""Holds of one customer's monthly invoice."""

from alembic import op
from services.db.migrate import run_sql

revision = "0031"
down_revision = "0030"


def upgrade() -> None:
    """The table and its guards."""
    run_sql(op.get_bind(), "0031_held_invoices")
