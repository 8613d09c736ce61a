"""Decisions on invoices paid short, and what of a shortfall we bear."""

from alembic import op
from services.db.migrate import run_step

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    """Make the places where they are kept."""
    run_step(op.get_bind(), revision)
