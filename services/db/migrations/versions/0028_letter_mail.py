"""E-mail that carries a letter about a postpaid application."""

from alembic import op
from services.db.migrate import rebuild_table, run_sql

revision = "0028"
down_revision = "0027"


def upgrade() -> None:
    """Let a message be about such a letter, and about no invoice then."""
    conn = op.get_bind()
    if conn.dialect.name == "sqlite":
        rebuild_table(conn, "mail_message", "0028_letter_mail")
    else:
        run_sql(conn, "0028_letter_mail")
