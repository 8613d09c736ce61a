"""What is automatic is kept with each allocation, and what is sorted with each bank line."""

from alembic import op
from services.db.migrate import run_sql

revision = "0027"
down_revision = "0026"


def upgrade() -> None:
    """Two columns, the marks of what was sorted before, and the indexes that read them."""
    run_sql(op.get_bind(), "0027_bank_views")
