"""Statements that open or close at 0.00 say so: their balances were kept as if the bank had stated none."""

from alembic import op
from services.db.migrate import run_sql

revision = "0039"
down_revision = "0038"


def upgrade() -> None:
    """Only what states both balances was ever held to tie, so a balance missing there was nothing."""
    run_sql(op.get_bind(), "0039_balances_of_nothing")
