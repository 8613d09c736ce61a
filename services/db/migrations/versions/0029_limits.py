"""Alerts of credit limits, what stops a customer, and e-mail that is about no invoice."""

from alembic import op
from services.db.migrate import rebuild_table, run_sql

revision = "0029"
down_revision = "0028"


def upgrade() -> None:
    """Let a message be about a commitment, then make the tables and their guards."""
    conn = op.get_bind()
    if conn.dialect.name == "sqlite":
        rebuild_table(conn, "mail_message", "0029_limit_mail")
    else:
        run_sql(conn, "0029_limit_mail")
    run_sql(conn, "0029_limits")
