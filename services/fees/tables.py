"""Custom fees, every decision on their amounts, and what was charged and taken back."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, PrimaryKeyConstraint, Table, text

from services.db.types import Day, Flag, Id, Instant, Micros, Whole, Words, metadata
from services.fees.model import FeeKind

_CHARGES = text("reverses_id IS NULL")

custom_fee = Table(
    "custom_fee",
    metadata,
    Column("id", Id, primary_key=True),
    Column("nonce", Words, nullable=False, unique=True),
    Column("customer_id", Id, ForeignKey("customer.id", ondelete="RESTRICT"), nullable=False, index=True),
    Column("kind", Words, nullable=False),
    Column("recurring", Flag, nullable=False),
    Column("visible", Flag, nullable=False),
    Column("description", Words, nullable=False),
    Column("wording", Words, nullable=False),
    Column("currency", Words, nullable=False),
    Column("starts_on", Day, nullable=False),
    Column("ends_before", Day),
    Column("ended_at", Instant),
    Column("ended_by", Words),
    Column("end_reason", Words),
    CheckConstraint("kind IN ({})".format(", ".join(f"'{one.value}'" for one in FeeKind)), name="kind"),
    CheckConstraint("description <> '' AND nonce <> ''", name="named"),
    CheckConstraint("NOT visible OR wording <> ''", name="wording"),
    CheckConstraint("ends_before IS NULL OR (recurring AND ends_before >= starts_on)", name="days"),
    CheckConstraint(
        "(ended_at IS NULL) = (ended_by IS NULL) AND (ended_at IS NULL) = (end_reason IS NULL)"
        " AND (ended_at IS NULL OR ends_before IS NOT NULL)",
        name="ended",
    ),
    sqlite_strict=True,
)

# One row a decision on the amount; what was agreed before is never rewritten.
custom_fee_version = Table(
    "custom_fee_version",
    metadata,
    Column("fee_id", Id, ForeignKey("custom_fee.id", ondelete="RESTRICT"), nullable=False),
    Column("version", Whole, nullable=False),
    Column("from_month", Day, nullable=False),
    Column("micros", Micros, nullable=False),
    Column("judged_micros", Micros, nullable=False),  # what counts against the limit: nothing where the amount fell
    Column("aud_micros", Micros, nullable=False),
    Column("rate_nano", Whole, nullable=False),
    Column("rate_on", Day, nullable=False),
    Column("set_on", Day, nullable=False),
    Column("set_at", Instant, nullable=False),
    Column("set_by_id", Id),
    Column("set_by", Words, nullable=False),
    Column("approved_by", Words, nullable=False),
    Column("reason", Words, nullable=False),
    Column("ticket_id", Words, nullable=False),
    PrimaryKeyConstraint("fee_id", "version"),
    CheckConstraint("version >= 1", name="version"),
    CheckConstraint("micros > 0 AND judged_micros IN (0, micros)", name="amount"),
    CheckConstraint("aud_micros > 0 AND rate_nano > 0", name="equivalent"),
    CheckConstraint("reason <> ''", name="reason"),
    Index("ix_custom_fee_version_set_on", "set_on", "fee_id"),
    sqlite_strict=True,
)

# What reached the books: a charge is positive, its reversal the same amount below zero, each with its own entry.
custom_fee_charge = Table(
    "custom_fee_charge",
    metadata,
    Column("id", Id, primary_key=True),
    Column("fee_id", Id, ForeignKey("custom_fee.id", ondelete="RESTRICT"), nullable=False),
    Column("customer_id", Id, ForeignKey("customer.id", ondelete="RESTRICT"), nullable=False),
    Column("visible", Flag, nullable=False),
    Column("month", Day, nullable=False),
    Column("starts_on", Day, nullable=False),
    Column("ends_before", Day, nullable=False),
    Column("posted_on", Day, nullable=False),
    Column("posted_month", Day, nullable=False),
    Column("micros", Micros, nullable=False),
    Column("currency", Words, nullable=False),
    Column("entry_id", Id, ForeignKey("journal_entry.id", ondelete="RESTRICT"), nullable=False, unique=True),
    Column("reverses_id", Id, ForeignKey("custom_fee_charge.id", ondelete="RESTRICT"), unique=True),
    Column("charged_by", Words, nullable=False),
    Column("approved_by", Words, nullable=False),
    Column("reason", Words, nullable=False),
    CheckConstraint("starts_on < ends_before AND starts_on >= month", name="days"),
    CheckConstraint("micros <> 0 AND (reverses_id IS NULL) = (micros > 0)", name="amount"),
    CheckConstraint("reverses_id IS NULL OR reason <> ''", name="reason"),
    CheckConstraint("posted_on >= posted_month", name="posted"),
    Index("ix_custom_fee_charge_posted_month", "posted_month", "customer_id"),
    Index("ix_custom_fee_charge_customer", "customer_id", "posted_on"),
    sqlite_strict=True,
)
Index(
    "uq_custom_fee_charge_month",
    custom_fee_charge.c.fee_id,
    custom_fee_charge.c.month,
    unique=True,
    sqlite_where=_CHARGES,
    postgresql_where=_CHARGES,
)
