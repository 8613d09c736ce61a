"""The versions of what a paper shows of its buyer, and the files that were given out."""

from alembic import op
from services.db.migrate import run_step

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    """Make the tables and their guards."""
    run_step(op.get_bind(), revision)
