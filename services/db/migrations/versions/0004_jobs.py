"""The claim table of scheduled work, its runs and its hold switch."""

from alembic import op
from services.db.migrate import run_step

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Run the step's SQL for this database."""
    run_step(op.get_bind(), revision)
