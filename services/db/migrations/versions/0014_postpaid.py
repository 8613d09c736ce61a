"""Postpaid: invoices in arrears with their lines, applications and commitments."""

from alembic import op
from services.db.migrate import run_sql

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Say which invoices are in arrears, then what belongs to postpaid."""
    run_sql(op.get_bind(), "0014_postpaid")
