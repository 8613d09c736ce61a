"""Search by the last digits of a number: what is there already is noted for the index."""

from alembic import op
from services.db.migrate import run_sql

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    """Note every customer with a phone, every invoice and every dedicated number."""
    run_sql(op.get_bind(), "0019_search_ends")
