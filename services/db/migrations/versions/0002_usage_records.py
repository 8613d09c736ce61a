"""Usage message by message: records, imports and their roll-ups."""

from alembic import op
from services.db.migrate import run_step

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Run the step's SQL for this database."""
    run_step(op.get_bind(), revision)
