"""One place for what stops a customer: the stops of unpaid debts join those of credit limits."""

from alembic import op
from services.db.migrate import run_sql

revision = "0030"
down_revision = "0029"


def upgrade() -> None:
    """Two columns and a guard that knows them; every stop of dunning becomes a row of its customer's, ended or not."""
    run_sql(op.get_bind(), "0030_one_stop")
