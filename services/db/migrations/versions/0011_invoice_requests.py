"""Invoice requests with their history, and drafts of invoices kept on the server."""

from alembic import op
from services.db.migrate import run_step

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Make the tables and their guards."""
    run_step(op.get_bind(), revision)
