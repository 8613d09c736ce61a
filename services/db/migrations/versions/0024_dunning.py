"""Dunning: the days of its stages, letters sent, promises to pay, pauses and stops."""

from alembic import op
from services.db.migrate import run_step

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    """Run the step's SQL for this database."""
    run_step(op.get_bind(), revision)
