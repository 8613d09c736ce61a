"""Charges of the card processor, what they paid and what was kept of them, and invoices that a card paid at once."""

from alembic import op
from services.db.migrate import run_sql

revision = "0036"
down_revision = "0035"


def upgrade() -> None:
    """The tables with their guards, and the invoice's column, which is frozen like what else it prints."""
    run_sql(op.get_bind(), "0036_card_payments")
