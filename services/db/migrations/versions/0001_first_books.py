"""The first books: every table of the first release, then the guards of each room.

The tables stand as SQL, one file a database, so that this step stays what it was when tables.py moves on.
"""

from alembic import op
from services.db.migrate import run_sql

revision = "0001"
down_revision = None

GUARDS = ("access", "company", "customers", "pricing", "ledger", "invoices", "banking", "usage", "numbers", "payments")


def upgrade() -> None:
    """Create everything."""
    conn = op.get_bind()
    run_sql(conn, "0001_tables")
    for room in GUARDS:
        run_sql(conn, f"0001_{room}")
