"""Files with days missing before them wait for another person."""

from alembic import op
from services.db.migrate import run_step

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Make the place where such files are kept."""
    run_step(op.get_bind(), revision)
