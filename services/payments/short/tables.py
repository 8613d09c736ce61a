"""Decisions on short payments: what each was, why, its entry, and who took it back."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, ForeignKey, Table

from services.db.types import Day, Flag, Id, Instant, Micros, Words, metadata

# `was_fee`: the payer bore it before we did, so the invoice asked for nothing any more.
short_decision = Table(
    "short_decision",
    metadata,
    Column("id", Id, primary_key=True),
    Column("nonce", Words, nullable=False, unique=True),
    Column("invoice_id", Id, ForeignKey("invoice.id", ondelete="RESTRICT"), nullable=False, index=True),
    Column("decision", Words, nullable=False),
    Column("cause", Words, nullable=False),  # what the difference was judged to be then
    Column("currency", Words, ForeignKey("currency.code", ondelete="RESTRICT"), nullable=False),
    Column("micros", Micros, nullable=False),
    Column("net_micros", Micros, nullable=False),
    Column("was_fee", Flag, nullable=False),
    Column("reason", Words, nullable=False),
    Column("wait_until", Day),
    Column("entry_id", Id, ForeignKey("journal_entry.id", ondelete="RESTRICT"), unique=True),
    Column("decided_at", Instant, nullable=False),
    Column("decided_by", Words, nullable=False),
    Column("approved_by", Words, nullable=False),
    Column("undone_at", Instant),
    Column("undone_by", Words),
    Column("undone_reason", Words),
    Column("reversal_entry_id", Id, ForeignKey("journal_entry.id", ondelete="RESTRICT"), unique=True),
    CheckConstraint("decision IN ('settled', 'absorbed', 'waits')", name="decision"),
    CheckConstraint("cause IN ('rounding', 'bank_fee', 'exchange', 'part')", name="cause"),
    CheckConstraint("micros > 0 AND net_micros >= 0 AND net_micros <= micros", name="amount"),
    CheckConstraint("(decision = 'waits') = (entry_id IS NULL)", name="posted"),
    CheckConstraint("(decision = 'waits') = (wait_until IS NOT NULL)", name="waits"),
    CheckConstraint("(decision = 'absorbed') = (approved_by <> '')", name="approved"),
    CheckConstraint("(undone_at IS NULL) = (undone_by IS NULL)", name="undone_by"),
    CheckConstraint("(undone_at IS NULL) = (undone_reason IS NULL)", name="undone_reason"),
    CheckConstraint(
        "(reversal_entry_id IS NOT NULL) = (undone_at IS NOT NULL AND entry_id IS NOT NULL)", name="undone_entry"
    ),
    sqlite_strict=True,
)
