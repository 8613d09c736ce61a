"""Rows of allocations: what was given, how it was decided, and by whom it was taken back."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Table, text

from services.db.types import Day, Flag, Id, Instant, Micros, Whole, Words, metadata

_LIVE = text("undone_at IS NULL")

allocation = Table(
    "allocation",
    metadata,
    Column("id", Id, primary_key=True),
    Column("nonce", Words, nullable=False, unique=True),
    Column("bank_line_id", Id, ForeignKey("bank_line.id", ondelete="RESTRICT"), nullable=False, index=True),
    Column("invoice_id", Id, ForeignKey("invoice.id", ondelete="RESTRICT"), nullable=False, index=True),
    Column("customer_id", Id, ForeignKey("customer.id", ondelete="RESTRICT"), nullable=False, index=True),
    Column("currency", Words, ForeignKey("currency.code", ondelete="RESTRICT"), nullable=False),
    Column("paid_micros", Micros, nullable=False),
    Column("fee_micros", Micros, nullable=False),
    Column("net_micros", Micros, nullable=False),
    Column("base_micros", Micros, nullable=False),
    Column("short", Words, nullable=False),
    Column("entry_id", Id, ForeignKey("journal_entry.id", ondelete="RESTRICT"), nullable=False, unique=True),
    Column("short_entry_id", Id, ForeignKey("journal_entry.id", ondelete="RESTRICT"), unique=True),
    Column("allocated_on", Day, nullable=False),
    Column("allocated_at", Instant, nullable=False),
    Column("allocated_by", Words, nullable=False),
    Column("rule", Words, nullable=False),
    Column("score", Whole, nullable=False),
    Column("reasons", Words, nullable=False, comment="JSON: the reasons as shown"),
    Column("algorithm", Words, nullable=False),
    Column("payer_account", Words, nullable=False, comment="the payer's account, letters and digits only"),
    Column("automatic", Flag),  # nothing was left to decide; unknown of those made before it was kept
    Column("undone_at", Instant),
    Column("undone_by", Words),
    Column("undone_reason", Words),
    Column("reversal_entry_id", Id, ForeignKey("journal_entry.id", ondelete="RESTRICT"), unique=True),
    Column("short_reversal_entry_id", Id, ForeignKey("journal_entry.id", ondelete="RESTRICT"), unique=True),
    CheckConstraint("paid_micros > 0 AND fee_micros >= 0 AND net_micros >= 0", name="signs"),
    CheckConstraint("base_micros >= 0", name="base"),
    CheckConstraint("short IN ('fee', 'part')", name="short"),
    CheckConstraint("(fee_micros > 0) = (short_entry_id IS NOT NULL)", name="fee_is_posted"),
    CheckConstraint("fee_micros = 0 OR short = 'fee'", name="fee_is_said"),
    CheckConstraint("(undone_at IS NULL) = (undone_by IS NULL)", name="undone_by"),
    CheckConstraint("(undone_at IS NULL) = (undone_reason IS NULL)", name="undone_reason"),
    CheckConstraint("(undone_at IS NULL) = (reversal_entry_id IS NULL)", name="undone_entry"),
    CheckConstraint(
        "(short_reversal_entry_id IS NOT NULL) = (undone_at IS NOT NULL AND short_entry_id IS NOT NULL)",
        name="undone_short_entry",
    ),
    sqlite_strict=True,
)

Index("ix_allocation_newest", allocation.c.allocated_on, allocation.c.id)
_FEE = text("fee_micros > 0 AND undone_at IS NULL")
Index(
    "ix_allocation_fee",
    allocation.c.currency,
    allocation.c.invoice_id,
    allocation.c.fee_micros,
    sqlite_where=_FEE,
    postgresql_where=_FEE,
)
Index(
    "ix_allocation_rule", allocation.c.allocated_on, allocation.c.rule, allocation.c.automatic, allocation.c.undone_at
)
Index("ix_allocation_payer", allocation.c.payer_account, sqlite_where=_LIVE, postgresql_where=_LIVE)
