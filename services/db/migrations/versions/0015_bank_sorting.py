"""What bank lines are that pay no invoice, and rules for them."""

from alembic import op
from services.db.migrate import run_step

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """Make the places where both are kept."""
    run_step(op.get_bind(), revision)
