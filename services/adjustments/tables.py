"""Rows of adjustments: what was asked, how it was judged, what was posted, and what was taken back."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Table, text

from services.adjustments.model import AdjustmentKind
from services.db.types import Day, Id, Instant, Micros, Whole, Words, metadata

_KINDS = "kind IN ({})".format(", ".join(f"'{kind.value}'" for kind in AdjustmentKind))
_EXPIRES = text("expires_on IS NOT NULL AND expired_micros IS NULL")

adjustment = Table(
    "adjustment",
    metadata,
    Column("id", Id, primary_key=True),
    Column("nonce", Words, nullable=False, unique=True),
    Column("kind", Words, nullable=False),
    Column("customer_id", Id, ForeignKey("customer.id", ondelete="RESTRICT"), nullable=False),
    Column("currency", Words, ForeignKey("currency.code", ondelete="RESTRICT"), nullable=False),
    Column("micros", Micros, nullable=False),
    Column("reason", Words, nullable=False),
    Column("ticket_id", Words, nullable=False),
    Column("aud_micros", Micros, nullable=False),  # its worth in AUD at the rate
    Column("day_aud_micros", Micros, nullable=False),  # what the limit was judged on
    Column("rate_nano", Id, nullable=False),
    Column("rate_on", Day, nullable=False),
    Column("rate_source", Words, nullable=False),
    Column("expires_on", Day),
    Column("messages", Whole, nullable=False),
    Column("first_day", Day),
    Column("last_day", Day),
    Column("product", Words),
    Column("promotional_micros", Micros, nullable=False),
    Column("asked_on", Day, nullable=False),
    Column("asked_at", Instant, nullable=False),
    Column("asked_by", Words, nullable=False),
    Column("approval_id", Id, ForeignKey("approval.id", ondelete="RESTRICT"), unique=True),
    Column("entry_id", Id, ForeignKey("journal_entry.id", ondelete="RESTRICT"), unique=True),
    Column("approved_by", Words),
    Column("expired_micros", Micros),  # what was left of a promotion when it expired
    Column("expiry_entry_id", Id, ForeignKey("journal_entry.id", ondelete="RESTRICT"), unique=True),
    Column("undone_at", Instant),
    Column("undone_by", Words),
    Column("undone_reason", Words),
    Column("reversal_entry_id", Id, ForeignKey("journal_entry.id", ondelete="RESTRICT"), unique=True),
    CheckConstraint(_KINDS, name="kind"),
    CheckConstraint("micros <> 0 AND (micros > 0 OR kind = 'correction')", name="sign"),
    CheckConstraint("reason <> '' AND ticket_id <> ''", name="said"),
    CheckConstraint("aud_micros >= 0 AND day_aud_micros >= aud_micros AND rate_nano > 0", name="judged"),
    CheckConstraint("entry_id IS NOT NULL OR approval_id IS NOT NULL", name="posted_or_asked"),
    CheckConstraint("(approved_by IS NOT NULL) = (entry_id IS NOT NULL AND approval_id IS NOT NULL)", name="approved"),
    CheckConstraint("expires_on IS NULL OR kind = 'promotion'", name="expires"),
    CheckConstraint(
        "expired_micros IS NULL OR (expires_on IS NOT NULL AND expired_micros BETWEEN 0 AND micros)", name="expired"
    ),
    CheckConstraint("(expiry_entry_id IS NOT NULL) = (COALESCE(expired_micros, 0) > 0)", name="expiry_entry"),
    CheckConstraint("(kind = 'undelivered') = (messages > 0)", name="messages"),
    CheckConstraint("(messages > 0) = (first_day IS NOT NULL AND last_day IS NOT NULL)", name="days"),
    CheckConstraint("product IS NULL OR messages > 0", name="product"),
    CheckConstraint("promotional_micros BETWEEN 0 AND abs(micros)", name="promotional"),
    CheckConstraint("undone_at IS NULL OR (entry_id IS NOT NULL AND expired_micros IS NULL)", name="undone"),
    CheckConstraint(
        "(undone_at IS NULL) = (undone_by IS NULL) AND (undone_at IS NULL) = (undone_reason IS NULL)"
        " AND (undone_at IS NULL) = (reversal_entry_id IS NULL)",
        name="undone_by",
    ),
    sqlite_strict=True,
)
Index("ix_adjustment_newest", adjustment.c.asked_on, adjustment.c.id)
Index("ix_adjustment_customer", adjustment.c.customer_id, adjustment.c.asked_on, adjustment.c.id)
Index("ix_adjustment_expires", adjustment.c.expires_on, sqlite_where=_EXPIRES, postgresql_where=_EXPIRES)
