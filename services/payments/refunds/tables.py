"""Refunds of receipts: how much of which bank line goes back to whom, why, by whose decision, and who took it back."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Table, text

from services.db.types import Day, Id, Instant, Micros, Words, metadata

_LIVE = text("undone_at IS NULL")

# what paid it stands in `bank_sorting.receipt_refund_id`
receipt_refund = Table(
    "receipt_refund",
    metadata,
    Column("id", Id, primary_key=True),
    Column("nonce", Words, nullable=False, unique=True),
    Column("bank_line_id", Id, ForeignKey("bank_line.id", ondelete="RESTRICT"), nullable=False, index=True),
    Column("currency", Words, ForeignKey("currency.code", ondelete="RESTRICT"), nullable=False),
    Column("micros", Micros, nullable=False),
    Column("base_micros", Micros, nullable=False),
    Column("payer", Words, nullable=False),
    Column("pay_to", Words, nullable=False),
    Column("reason", Words, nullable=False),
    Column("entry_id", Id, ForeignKey("journal_entry.id", ondelete="RESTRICT"), nullable=False, unique=True),
    Column("refunded_on", Day, nullable=False),
    Column("refunded_at", Instant, nullable=False),
    Column("refunded_by", Words, nullable=False),
    Column("approved_by", Words, nullable=False),
    Column("undone_at", Instant),
    Column("undone_by", Words),
    Column("undone_reason", Words),
    Column("reversal_entry_id", Id, ForeignKey("journal_entry.id", ondelete="RESTRICT"), unique=True),
    CheckConstraint("micros > 0 AND base_micros >= 0", name="amount"),
    CheckConstraint("reason <> '' AND pay_to <> ''", name="said"),
    CheckConstraint("approved_by <> refunded_by", name="four_eyes"),
    CheckConstraint("(undone_at IS NULL) = (undone_by IS NULL)", name="undone_by"),
    CheckConstraint("(undone_at IS NULL) = (undone_reason IS NULL)", name="undone_reason"),
    CheckConstraint("(undone_at IS NULL) = (reversal_entry_id IS NULL)", name="undone_entry"),
    sqlite_strict=True,
)
Index(
    "ix_receipt_refund_counts",
    receipt_refund.c.refunded_on,
    receipt_refund.c.id,
    sqlite_where=_LIVE,
    postgresql_where=_LIVE,
)
