"""The further formats a bank's file may have: OFX, BAI2, CSV, QIF, workbooks, archives of statements."""

from alembic import op
from services.db.migrate import rebuild_table, run_sql

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Widen what a file's format may be."""
    conn = op.get_bind()
    if conn.dialect.name == "sqlite":
        rebuild_table(conn, "bank_statement_file", "0010_bank_formats")
    else:
        run_sql(conn, "0010_bank_formats")
