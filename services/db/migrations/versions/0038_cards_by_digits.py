"""Cards and charges are found by their last four digits without reading them all."""

from alembic import op
from services.db.migrate import run_sql

revision = "0038"
down_revision = "0037"


def upgrade() -> None:
    """One index each."""
    run_sql(op.get_bind(), "0038_cards_by_digits")
