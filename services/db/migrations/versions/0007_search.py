"""The search index over customers."""

from alembic import op
from services.db.migrate import run_step

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Run the step's SQL for this database."""
    run_step(op.get_bind(), revision)
