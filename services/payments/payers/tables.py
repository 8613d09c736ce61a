"""Payers that were forgotten: what they paid until then speaks for nobody any more."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Table

from services.db.types import Id, Instant, Words, metadata

# `upto` is the newest allocation that was remembered then: what is matched later is learned anew.
forgotten_payer = Table(
    "forgotten_payer",
    metadata,
    Column("id", Id, primary_key=True),
    Column("account", Words, nullable=False),
    Column("customer_id", Id, ForeignKey("customer.id", ondelete="RESTRICT"), nullable=False),
    Column("upto", Id, ForeignKey("allocation.id", ondelete="RESTRICT"), nullable=False),
    Column("reason", Words, nullable=False),
    Column("forgotten_at", Instant, nullable=False),
    Column("forgotten_by", Words, nullable=False),
    CheckConstraint("account <> '' AND reason <> ''", name="said"),
    sqlite_strict=True,
)
Index("ix_forgotten_payer", forgotten_payer.c.account, forgotten_payer.c.customer_id)
