"""Refunds and disputes of charges, step by step."""

from alembic import op
from services.db.migrate import run_sql

revision = "0037"
down_revision = "0036"


def upgrade() -> None:
    """The table with its guards."""
    run_sql(op.get_bind(), "0037_card_returns")
