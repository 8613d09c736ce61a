"""Rows of what stands about a commitment: marks of its limit that were passed, and holds of its monthly invoice."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Table, text

from services.db.types import Id, Instant, Micros, Whole, Words, metadata

# One row each time a mark of the credit limit is passed; once what is owed falls below, it can be passed again.
limit_alert = Table(
    "limit_alert",
    metadata,
    Column("id", Id, primary_key=True),
    Column("commitment_id", Id, ForeignKey("commitment.id", ondelete="RESTRICT"), nullable=False),
    Column("mark", Whole, nullable=False, comment="per cent of the credit limit"),
    Column("owed_micros", Micros, nullable=False, comment="when it was seen"),
    Column("limit_micros", Micros, nullable=False),
    Column("crossed_at", Instant, nullable=False),
    Column("mail_id", Id, ForeignKey("mail_message.id", ondelete="RESTRICT")),
    Column("fell_at", Instant, comment="when less than the mark was owed again"),
    Column("lifted_at", Instant, comment="when somebody let the customer go on in spite of it"),
    Column("lifted_by", Words),
    Column("lifted_why", Words),
    CheckConstraint("mark IN (50, 80, 100)", name="mark"),
    CheckConstraint("owed_micros > 0 AND limit_micros > 0", name="amounts"),
    CheckConstraint("lifted_at IS NULL OR (mark = 100 AND lifted_by <> '' AND lifted_why <> '')", name="lifted"),
    Index("ix_limit_alert_commitment_id", "commitment_id"),
    sqlite_strict=True,
)
_STANDS = text("fell_at IS NULL")
Index(
    "uq_limit_alert_standing",
    limit_alert.c.commitment_id,
    limit_alert.c.mark,
    unique=True,
    sqlite_where=_STANDS,
    postgresql_where=_STANDS,
)

# While one is open, the monthly run leaves every month of the commitment; released, the next run bills each.
commitment_hold = Table(
    "commitment_hold",
    metadata,
    Column("id", Id, primary_key=True),
    Column("commitment_id", Id, ForeignKey("commitment.id", ondelete="RESTRICT"), nullable=False, index=True),
    Column("reason", Words, nullable=False),
    Column("held_at", Instant, nullable=False),
    Column("held_by", Words, nullable=False),
    Column("released_at", Instant),
    Column("released_by", Words),
    Column("released_reason", Words),
    CheckConstraint("reason <> '' AND released_reason <> ''", name="said"),
    CheckConstraint("(released_at IS NULL) = (released_reason IS NULL)", name="released"),
    sqlite_strict=True,
)
_OPEN = text("released_at IS NULL")
Index(
    "uq_commitment_hold_open",
    commitment_hold.c.commitment_id,
    unique=True,
    sqlite_where=_OPEN,
    postgresql_where=_OPEN,
)
