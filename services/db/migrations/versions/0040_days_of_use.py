"""Which days an invoice in arrears is for: its paper said what was used and not when."""

from alembic import op
from services.db.migrate import run_sql

revision = "0040"
down_revision = "0039"


def upgrade() -> None:
    """Invoices issued before keep the paper they were given out with."""
    run_sql(op.get_bind(), "0040_days_of_use")
