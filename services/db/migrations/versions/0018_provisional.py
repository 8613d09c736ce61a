"""Credit given ahead of bank transfers, on proof."""

from alembic import op
from services.db.migrate import run_step

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    """Make the places where it is kept."""
    run_step(op.get_bind(), revision)
