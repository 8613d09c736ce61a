"""Rows of what the card processor knows: whose customer is whose, and cards on file."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Table

from services.db.types import Flag, Id, Instant, Whole, Words, metadata

# A customer of ours may be several of the processor's, never the other way round.
processor_customer = Table(
    "processor_customer",
    metadata,
    Column("id", Id, primary_key=True),
    Column("external_id", Words, nullable=False, unique=True),
    Column("customer_id", Id, ForeignKey("customer.id", ondelete="RESTRICT"), nullable=False, index=True),
    Column("livemode", Flag, nullable=False),
    Column("linked_at", Instant, nullable=False),
    Column("linked_by", Words, nullable=False),
    CheckConstraint("external_id <> ''", name="named"),
    sqlite_strict=True,
)

card = Table(
    "card",
    metadata,
    Column("id", Id, primary_key=True),
    Column("external_id", Words, nullable=False, unique=True),
    Column("customer_id", Id, ForeignKey("customer.id", ondelete="RESTRICT"), nullable=False),
    Column("brand", Words, nullable=False),
    Column("last_four", Words, nullable=False),
    Column("exp_month", Whole, nullable=False),
    Column("exp_year", Whole, nullable=False),
    Column("country", Words, nullable=False),
    Column("fingerprint", Words, nullable=False),
    Column("wallet", Words, nullable=False),
    Column("livemode", Flag, nullable=False),
    Column("added_at", Instant, nullable=False),
    Column("removed_at", Instant),
    Column("noted_at", Instant, nullable=False),
    Column("noted_by", Words, nullable=False),
    CheckConstraint("external_id <> '' AND brand <> ''", name="named"),
    CheckConstraint("length(last_four) = 4", name="last_four"),
    CheckConstraint("exp_month BETWEEN 1 AND 12 AND exp_year BETWEEN 2000 AND 2100", name="expiry"),
    Index("ix_card_customer_id_id", "customer_id", "id"),
    sqlite_strict=True,
)
