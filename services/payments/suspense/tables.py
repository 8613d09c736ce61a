"""Held receipts: how much of which bank line, why, whose work it is, its entry, and who took it out."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Table, text

from services.db.types import Day, Id, Instant, Micros, Words, metadata

_LIVE = text("out_at IS NULL")

held_receipt = Table(
    "held_receipt",
    metadata,
    Column("id", Id, primary_key=True),
    Column("nonce", Words, nullable=False, unique=True),
    Column("bank_line_id", Id, ForeignKey("bank_line.id", ondelete="RESTRICT"), nullable=False, index=True),
    Column("currency", Words, ForeignKey("currency.code", ondelete="RESTRICT"), nullable=False),
    Column("micros", Micros, nullable=False),
    Column("base_micros", Micros, nullable=False),
    Column("reason", Words, nullable=False),
    Column("owner_id", Id, ForeignKey("person.id", ondelete="RESTRICT")),
    Column("owner", Words, nullable=False),
    Column("entry_id", Id, ForeignKey("journal_entry.id", ondelete="RESTRICT"), nullable=False, unique=True),
    Column("held_on", Day, nullable=False),
    Column("held_at", Instant, nullable=False),
    Column("held_by", Words, nullable=False),
    Column("out_at", Instant),
    Column("out_by", Words),
    Column("out_reason", Words),
    Column("reversal_entry_id", Id, ForeignKey("journal_entry.id", ondelete="RESTRICT"), unique=True),
    CheckConstraint("micros > 0 AND base_micros >= 0", name="amount"),
    CheckConstraint("reason <> '' AND owner <> ''", name="said"),
    CheckConstraint("(out_at IS NULL) = (out_by IS NULL)", name="out_by"),
    CheckConstraint("(out_at IS NULL) = (out_reason IS NULL)", name="out_reason"),
    CheckConstraint("(out_at IS NULL) = (reversal_entry_id IS NULL)", name="out_entry"),
    sqlite_strict=True,
)
Index("ix_held_receipt_waits", held_receipt.c.held_on, held_receipt.c.id, sqlite_where=_LIVE, postgresql_where=_LIVE)
