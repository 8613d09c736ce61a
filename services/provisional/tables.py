"""Credit ahead of transfers with the proofs it was given on, and what was taken of it since."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, ForeignKey, Table

from services.db.types import Bytes, Day, Id, Instant, Micros, Whole, Words, metadata

provisional_credit = Table(
    "provisional_credit",
    metadata,
    Column("id", Id, primary_key=True),
    Column("nonce", Words, nullable=False, unique=True),
    Column("invoice_id", Id, ForeignKey("invoice.id", ondelete="RESTRICT"), nullable=False, index=True),
    Column("customer_id", Id, ForeignKey("customer.id", ondelete="RESTRICT"), nullable=False, index=True),
    Column("currency", Words, ForeignKey("currency.code", ondelete="RESTRICT"), nullable=False),
    Column("micros", Micros, nullable=False),
    Column("aud_micros", Micros, nullable=False),
    Column("expires_on", Day, nullable=False),
    Column("proof_name", Words, nullable=False),
    Column("proof_sha256", Words, nullable=False),
    Column("proof", Bytes, nullable=False),
    Column("reason", Words, nullable=False),
    Column("asked_at", Instant, nullable=False),
    Column("asked_by", Words, nullable=False),
    Column("approval_id", Id, ForeignKey("approval.id", ondelete="RESTRICT"), unique=True),
    Column("approved_by", Words, nullable=False),
    Column("entry_id", Id, ForeignKey("journal_entry.id", ondelete="RESTRICT"), unique=True),
    CheckConstraint("micros > 0 AND aud_micros > 0", name="amount"),
    CheckConstraint("(entry_id IS NULL) = (approved_by = '')", name="approved"),
    CheckConstraint("length(proof_sha256) = 64 AND proof_name <> ''", name="proof"),
    CheckConstraint("reason <> ''", name="reason"),
    sqlite_strict=True,
)

# `allocation_id` is the receipt's allocation that settled it; without one it was taken back.
provisional_taking = Table(
    "provisional_taking",
    metadata,
    Column("id", Id, primary_key=True),
    Column("provisional_id", Id, ForeignKey("provisional_credit.id", ondelete="RESTRICT"), nullable=False, index=True),
    Column("allocation_id", Id, index=True),
    Column("micros", Micros, nullable=False),
    Column("entry_id", Id, ForeignKey("journal_entry.id", ondelete="RESTRICT"), nullable=False, unique=True),
    Column("reversal_entry_id", Id, ForeignKey("journal_entry.id", ondelete="RESTRICT"), unique=True),
    Column("taken_at", Instant, nullable=False),
    Column("taken_by", Words, nullable=False),
    CheckConstraint("micros > 0", name="amount"),
    CheckConstraint("reversal_entry_id IS NULL OR allocation_id IS NOT NULL", name="reversed"),
    sqlite_strict=True,
)

# How much may be ahead, in AUD equivalent: in force is the row of the newest day that has come, of several the last.
provisional_cap = Table(
    "provisional_cap",
    metadata,
    Column("id", Id, primary_key=True),
    Column("valid_from", Day, nullable=False),
    Column("for_one_micros", Micros, nullable=False),
    Column("in_all_micros", Micros, nullable=False),
    Column("usual_days", Whole, nullable=False),
    Column("most_days", Whole, nullable=False),
    Column("reason", Words, nullable=False),
    Column("changed_at", Instant, nullable=False),
    Column("changed_by", Words, nullable=False),
    CheckConstraint("for_one_micros >= 0 AND in_all_micros >= for_one_micros", name="amounts"),
    CheckConstraint("usual_days >= 1 AND most_days >= usual_days", name="days"),
    CheckConstraint("reason <> ''", name="reason"),
    sqlite_strict=True,
)
