"""Which column of an unknown table says what, remembered by account and layout."""

from alembic import op
from services.db.migrate import run_step

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    """Make the place where mappings are kept."""
    run_step(op.get_bind(), revision)
