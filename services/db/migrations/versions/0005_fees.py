"""Custom fees and what was charged for them."""

from alembic import op
from services.db.migrate import run_step

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Run the step's SQL for this database."""
    run_step(op.get_bind(), revision)
