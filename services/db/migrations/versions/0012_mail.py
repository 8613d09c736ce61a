"""E-mail: the outbox, what was sent byte by byte, marked addresses, and what is mailed by itself."""

from alembic import op
from services.db.migrate import run_step

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Run the step's SQL for this database."""
    run_step(op.get_bind(), revision)
