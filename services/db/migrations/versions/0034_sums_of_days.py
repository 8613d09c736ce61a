"""An index of the control totals holds what a year of them is summed from, so that no row is looked up for it."""

from alembic import op
from services.db.migrate import run_sql

revision = "0034"
down_revision = "0033"


def upgrade() -> None:
    """Build the index anew."""
    run_sql(op.get_bind(), "0034_sums_of_days")
