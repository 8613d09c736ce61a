"""Dedicated numbers with registration, set-up price and refunds of rental."""

from alembic import op
from services.db.migrate import run_step

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Run the step's SQL for this database."""
    run_step(op.get_bind(), revision)
