"""A draft of an invoice keeps whether it is to be e-mailed."""

from alembic import op
from services.db.migrate import run_step

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    """Make the place where it is kept."""
    run_step(op.get_bind(), revision)
