"""Receipts held in suspense, payers forgotten, and the caps of credit ahead of transfers as dated settings."""

from alembic import op
from services.db.migrate import run_step

revision = "0026"
down_revision = "0025"


def upgrade() -> None:
    """Make the places where they are kept."""
    run_step(op.get_bind(), revision)
