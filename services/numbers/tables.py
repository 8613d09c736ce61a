"""Dedicated numbers, their prices and registration, and what was charged, given back and warned about."""

from __future__ import annotations

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    PrimaryKeyConstraint,
    Table,
    UniqueConstraint,
    text,
)

from services.db.types import Day, Flag, Id, Instant, Micros, Words, metadata
from services.numbers.model import NumberType
from services.numbers.registration import Registration

_RENTED = text("status <> 'cancelled'")
_STATES = ", ".join(f"'{state.value}'" for state in Registration)

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
    Column("setup_micros", Micros, nullable=False, server_default="0"),
    Column("registration", Words, nullable=False, server_default="registered"),
    Column("sms", Flag, nullable=False, server_default="1"),
    Column("mms", Flag, nullable=False, server_default="0"),
    Column("voice", Flag, nullable=False, server_default="0"),
    Column("fax", Flag, nullable=False, server_default="0"),
    Column("two_way", Flag, nullable=False, server_default="0"),
    Column("cancellation_recorded_at", Instant),  # when we learned of the end that stands
    CheckConstraint("setup_micros >= 0", name="setup"),
    CheckConstraint(f"registration IN ({_STATES})", name="registration"),
    CheckConstraint("sms OR mms OR voice OR fax", name="capability"),
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
    Index("ix_number_rental_ends", "number_id", "ends_before"),  # what was charged beyond a number's end
    sqlite_strict=True,
)

# A monthly price from a month on; of several for one month the last one set holds.
number_price = Table(
    "number_price",
    metadata,
    Column("id", Id, primary_key=True),
    Column("number_id", Id, ForeignKey("dedicated_number.id", ondelete="RESTRICT"), nullable=False),
    Column("month", Day, nullable=False),
    Column("micros", Micros, nullable=False),
    Column("set_at", Instant, nullable=False),
    Column("set_by", Words, nullable=False),
    Column("reason", Words, nullable=False),
    CheckConstraint("micros > 0", name="amount"),
    Index("ix_number_price_month", "number_id", "month", "id"),
    sqlite_strict=True,
)

number_registration = Table(
    "number_registration",
    metadata,
    Column("id", Id, primary_key=True),
    Column("number_id", Id, ForeignKey("dedicated_number.id", ondelete="RESTRICT"), nullable=False, index=True),
    Column("state", Words, nullable=False),
    Column("changed_at", Instant, nullable=False),
    Column("changed_by", Words, nullable=False),
    Column("reason", Words, nullable=False),
    CheckConstraint(f"state IN ({_STATES})", name="state"),
    sqlite_strict=True,
)

number_setup = Table(
    "number_setup",
    metadata,
    Column("number_id", Id, ForeignKey("dedicated_number.id", ondelete="RESTRICT"), primary_key=True),
    Column("charged_on", Day, nullable=False),
    Column("micros", Micros, nullable=False),
    Column("currency", Words, nullable=False),
    Column("entry_id", Id, ForeignKey("journal_entry.id", ondelete="RESTRICT"), nullable=False, unique=True),
    CheckConstraint("micros > 0", name="amount"),
    sqlite_strict=True,
)

# What was given back of a rental, for its days after the number's end; at most once.
number_refund = Table(
    "number_refund",
    metadata,
    Column("id", Id, primary_key=True),
    Column("rental_id", Id, ForeignKey("number_rental.id", ondelete="RESTRICT"), nullable=False, unique=True),
    Column("number_id", Id, ForeignKey("dedicated_number.id", ondelete="RESTRICT"), nullable=False, index=True),
    Column("starts_on", Day, nullable=False),
    Column("ends_before", Day, nullable=False),
    Column("micros", Micros, nullable=False),
    Column("currency", Words, nullable=False),
    Column("entry_id", Id, ForeignKey("journal_entry.id", ondelete="RESTRICT"), nullable=False, unique=True),
    Column("refunded_on", Day, nullable=False),
    Column("refunded_by", Words, nullable=False),
    Column("approved_by", Words, nullable=False),  # empty where one person was enough
    Column("reason", Words, nullable=False),
    CheckConstraint("starts_on < ends_before", name="days"),
    CheckConstraint("micros > 0", name="amount"),
    sqlite_strict=True,
)

# That a customer was told its rental is not covered; the grace runs from it (rule 17).
number_warning = Table(
    "number_warning",
    metadata,
    Column("customer_id", Id, ForeignKey("customer.id", ondelete="RESTRICT"), nullable=False),
    Column("unpaid_since", Day, nullable=False),
    Column("warned_on", Day, nullable=False),
    Column("warned_at", Instant, nullable=False),
    Column("warned_by", Words, nullable=False),
    Column("how", Words, nullable=False),
    PrimaryKeyConstraint("customer_id", "unpaid_since"),
    CheckConstraint("warned_on >= unpaid_since", name="days"),
    sqlite_strict=True,
)
