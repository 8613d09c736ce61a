"""Whose customer is whose at the card processor, and cards on file, which are searched by their last four digits."""

from alembic import op
from services.db.migrate import run_sql

revision = "0035"
down_revision = "0034"


def upgrade() -> None:
    """The tables, their guards and the triggers of search."""
    run_sql(op.get_bind(), "0035_cards")
