"""The logo at the head of papers, in versions."""

from alembic import op
from services.db.migrate import run_step

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    """Make the places where it is kept."""
    run_step(op.get_bind(), revision)
