"""Adjustments of credit: goodwill, promotions, refunds, corrections."""

from alembic import op
from services.db.migrate import run_step

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Run the step's SQL for this database."""
    run_step(op.get_bind(), revision)
