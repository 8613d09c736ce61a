"""Saved views of lists."""

from alembic import op
from services.db.migrate import run_step

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Run the step's SQL for this database."""
    run_step(op.get_bind(), revision)
