"""Dedicated numbers and each month's rental charged for them."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Table, UniqueConstraint, text

from services.db.types import Day, Id, Instant, Micros, Words, metadata
from services.numbers.model import NumberType

_RENTED = text("status <> 'cancelled'")

dedicated_number = Table(
    "dedicated_number",
    metadata,
    Column("id", Id, primary_key=True),
    Column("e164", Words, nullable=False),
    Column("customer_id", Id, ForeignKey("customer.id", ondelete="RESTRICT"), nullable=False, index=True),
    Column("country", Words, nullable=False),
    Column("type", Words, nullable=False),
    Column("monthly_price_micros", Micros, nullable=False),
    Column("currency", Words, nullable=False),
    Column("status", Words, nullable=False),
    Column("activated_on", Day, nullable=False),
    Column("cancellation_requested_on", Day),
    Column("cancels_on", Day),
    Column("cancelled_on", Day),
    Column("added_at", Instant, nullable=False),
    Column("added_by", Words, nullable=False),
    CheckConstraint("type IN ({})".format(", ".join(f"'{one.value}'" for one in NumberType)), name="type"),
    CheckConstraint("e164 LIKE '+%' AND length(e164) BETWEEN 8 AND 16", name="e164"),
    CheckConstraint("monthly_price_micros > 0", name="price"),
    CheckConstraint(
        "(status = 'active' AND cancellation_requested_on IS NULL AND cancels_on IS NULL AND cancelled_on IS NULL)"
        " OR (status = 'cancelling' AND cancellation_requested_on IS NOT NULL AND cancels_on IS NOT NULL"
        " AND cancelled_on IS NULL)"
        " OR (status = 'cancelled' AND cancels_on IS NOT NULL AND cancelled_on >= cancels_on)",
        name="life",
    ),
    CheckConstraint("cancels_on >= activated_on", name="dates"),
    sqlite_strict=True,
)
# A released number may be rented again, by anybody; while rented it belongs to one.
Index(
    "uq_dedicated_number_rented",
    dedicated_number.c.e164,
    unique=True,
    sqlite_where=_RENTED,
    postgresql_where=_RENTED,
)

number_rental = Table(
    "number_rental",
    metadata,
    Column("id", Id, primary_key=True),
    Column("number_id", Id, ForeignKey("dedicated_number.id", ondelete="RESTRICT"), nullable=False),
    Column("month", Day, nullable=False),
    Column("starts_on", Day, nullable=False),
    Column("ends_before", Day, nullable=False),
    Column("micros", Micros, nullable=False),
    Column("currency", Words, nullable=False),
    Column("entry_id", Id, ForeignKey("journal_entry.id", ondelete="RESTRICT"), nullable=False, unique=True),
    UniqueConstraint("number_id", "month"),
    CheckConstraint("starts_on < ends_before AND starts_on >= month", name="days"),
    CheckConstraint("micros > 0", name="amount"),
    sqlite_strict=True,
)
