"""Letters about postpaid applications, as they were given out."""

from alembic import op
from services.db.migrate import run_step

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    """Run the step's SQL for this database."""
    run_step(op.get_bind(), revision)
