"""Rows of postpaid: applications with questions, files and letters; commitments, their versions, months and alerts."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Table, UniqueConstraint, text

from services.db.types import Bytes, Day, Flag, Id, Instant, Micros, Whole, Words, metadata
from services.postpaid.standing_tables import commitment_hold, limit_alert

__all__ = [
    "commitment",
    "commitment_hold",
    "commitment_month",
    "commitment_version",
    "limit_alert",
    "postpaid_application",
    "postpaid_file",
    "postpaid_letter",
    "postpaid_question",
]

_OPEN = text("status IN ('open', 'waiting', 'recommended', 'deciding')")

# The person who decides is never the one who opened or recommended: the database refuses it too (issue 6, bars).
postpaid_application = Table(
    "postpaid_application",
    metadata,
    Column("id", Id, primary_key=True),
    Column("nonce", Words, nullable=False, unique=True),
    Column("customer_id", Id, ForeignKey("customer.id", ondelete="RESTRICT"), nullable=False),
    Column("currency", Words, ForeignKey("currency.code", ondelete="RESTRICT"), nullable=False),
    Column("status", Words, nullable=False),
    Column("asked_minimum_micros", Micros, nullable=False, comment="a month, as the customer asks"),
    Column("asked_limit_micros", Micros, nullable=False),
    Column("asked_months", Whole, nullable=False),
    Column("note", Words, nullable=False),
    Column("ticket_id", Words, nullable=False),
    Column("opened_on", Day, nullable=False),
    Column("opened_at", Instant, nullable=False),
    Column("opened_by", Words, nullable=False),
    Column("opened_by_id", Id),
    Column("recommendation", Words),
    Column("recommended_minimum_micros", Micros),
    Column("recommended_limit_micros", Micros),
    Column("recommended_months", Whole),
    Column("recommended_reason", Words),
    Column("recommended_at", Instant),
    Column("recommended_by", Words),
    Column("recommended_by_id", Id),
    Column("dossier", Words, comment="JSON: what was known when accounting recommended"),
    Column("decision", Words),
    Column("decided_minimum_micros", Micros),
    Column("decided_limit_micros", Micros),
    Column("decided_months", Whole),
    Column("conditions", Words),
    Column("decided_reason", Words),
    Column("decided_at", Instant),
    Column("decided_by", Words),
    Column("decided_by_id", Id),
    Column("agreed_by", Words, comment="the second person, from the limit of two"),
    Column("approval_id", Id, ForeignKey("approval.id", ondelete="RESTRICT"), unique=True),
    Column("withdrawn_reason", Words),
    CheckConstraint(
        "status IN ('open', 'waiting', 'recommended', 'deciding', 'approved', 'declined', 'withdrawn')", name="status"
    ),
    CheckConstraint("asked_minimum_micros > 0 AND asked_limit_micros >= 0 AND asked_months > 0", name="asked"),
    CheckConstraint("recommendation IN ('approve', 'decline')", name="recommendation"),
    CheckConstraint("decision IN ('approve', 'decline')", name="decision"),
    CheckConstraint("(recommendation IS NULL) = (recommended_at IS NULL)", name="recommended"),
    CheckConstraint("(status IN ('approved', 'declined')) = (decided_at IS NOT NULL)", name="decided"),
    CheckConstraint("decided_by_id <> recommended_by_id AND decided_by_id <> opened_by_id", name="four_eyes"),
    CheckConstraint("decision IS NULL OR decided_reason <> ''", name="said_why"),
    sqlite_strict=True,
)
Index(
    "uq_postpaid_application_open",
    postpaid_application.c.customer_id,
    unique=True,
    sqlite_where=_OPEN,
    postgresql_where=_OPEN,
)

postpaid_question = Table(
    "postpaid_question",
    metadata,
    Column("id", Id, primary_key=True),
    Column("application_id", Id, ForeignKey("postpaid_application.id", ondelete="RESTRICT"), nullable=False),
    Column("question", Words, nullable=False),
    Column("asked_at", Instant, nullable=False),
    Column("asked_by", Words, nullable=False),
    Column("answer", Words),
    Column("answered_at", Instant),
    Column("answered_by", Words),
    CheckConstraint("question <> '' AND answer <> ''", name="said"),
    CheckConstraint("(answer IS NULL) = (answered_at IS NULL)", name="answered"),
    Index("ix_postpaid_question_application_id", "application_id"),
    sqlite_strict=True,
)

# Evidence of an application and signed contracts: kept whole, once by content, never changed.
postpaid_file = Table(
    "postpaid_file",
    metadata,
    Column("id", Id, primary_key=True),
    Column("application_id", Id, ForeignKey("postpaid_application.id", ondelete="RESTRICT"), nullable=False),
    Column("kind", Words, nullable=False),
    Column("name", Words, nullable=False),
    Column("sha256", Bytes, nullable=False),
    Column("size", Whole, nullable=False),
    Column("content", Bytes, nullable=False),
    Column("added_at", Instant, nullable=False),
    Column("added_by", Words, nullable=False),
    CheckConstraint("kind IN ('evidence', 'contract')", name="kind"),
    CheckConstraint("name <> '' AND size > 0", name="something"),
    UniqueConstraint("application_id", "kind", "sha256"),
    sqlite_strict=True,
)

# A letter to the customer about its application, in each language, as it was given out; its file is in `kept_paper`.
postpaid_letter = Table(
    "postpaid_letter",
    metadata,
    Column("id", Id, primary_key=True),
    Column("application_id", Id, ForeignKey("postpaid_application.id", ondelete="RESTRICT"), nullable=False),
    Column("kind", Words, nullable=False),
    Column("language", Words, nullable=False),
    Column("question_id", Id, ForeignKey("postpaid_question.id", ondelete="RESTRICT")),
    Column("issued_on", Day, nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("made_by", Words, nullable=False),
    Column("sha256", Words, ForeignKey("kept_paper.sha256", ondelete="RESTRICT"), nullable=False),
    CheckConstraint("kind IN ('approved', 'conditions', 'declined', 'more')", name="kind"),
    CheckConstraint("language IN ('en', 'fr')", name="language"),
    CheckConstraint("(kind = 'more') = (question_id IS NOT NULL)", name="asks"),
    UniqueConstraint("question_id", "language"),
    Index("ix_postpaid_letter_application_id", "application_id"),
    sqlite_strict=True,
)
_DECIDES = text("question_id IS NULL")
Index(
    "uq_postpaid_letter_decision",
    postpaid_letter.c.application_id,
    postpaid_letter.c.language,
    unique=True,
    sqlite_where=_DECIDES,
    postgresql_where=_DECIDES,
)

commitment = Table(
    "commitment",
    metadata,
    Column("id", Id, primary_key=True),
    Column("nonce", Words, nullable=False, unique=True),
    Column("customer_id", Id, ForeignKey("customer.id", ondelete="RESTRICT"), nullable=False, index=True),
    Column(
        "application_id", Id, ForeignKey("postpaid_application.id", ondelete="RESTRICT"), nullable=False, unique=True
    ),
    Column("currency", Words, ForeignKey("currency.code", ondelete="RESTRICT"), nullable=False),
    Column("starts_on", Day, nullable=False),
    Column("signed_on", Day, nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("made_by", Words, nullable=False),
    Column("started_at", Instant, comment="when the customer's billing really changed"),
    Column("left_before", Day, comment="the first day after it, where it ends before its term"),
    Column("left_reason", Words),
    Column("left_at", Instant),
    Column("left_by", Words),
    Column("charges_rest", Flag, comment="whether what is left of the commitment is billed"),
    Column("ended_at", Instant, comment="when the customer's billing was prepaid again"),
    CheckConstraint("left_before IS NULL OR left_before > starts_on", name="left_after_start"),
    CheckConstraint("(left_before IS NULL) = (left_at IS NULL)", name="left"),
    CheckConstraint("ended_at IS NULL OR started_at IS NOT NULL", name="ended_after_started"),
    sqlite_strict=True,
)

commitment_version = Table(
    "commitment_version",
    metadata,
    Column("commitment_id", Id, ForeignKey("commitment.id", ondelete="RESTRICT"), primary_key=True),
    Column("version", Whole, primary_key=True, autoincrement=False),
    Column("effective_on", Day, nullable=False),
    Column("ends_before", Day, nullable=False),
    Column("minimum_micros", Micros, nullable=False),
    Column("true_up", Words, nullable=False),
    Column("payment_days", Whole, nullable=False),
    Column("limit_micros", Micros, nullable=False),
    Column("notice_days", Whole, nullable=False),
    Column("at_limit", Words, nullable=False),
    Column("aud_micros", Micros, nullable=False, comment="the minimum's worth at signature, frozen"),
    Column("rate", Words, nullable=False, comment="AUD for one unit, exact decimal"),
    Column("rate_on", Day, nullable=False),
    Column("rate_source", Words, nullable=False),
    Column("file_id", Id, ForeignKey("postpaid_file.id", ondelete="RESTRICT"), nullable=False),
    Column("reason", Words, nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("made_by", Words, nullable=False),
    Column("agreed_by", Words, nullable=False),
    CheckConstraint("version >= 1 AND ends_before > effective_on", name="version"),
    CheckConstraint("minimum_micros > 0 AND limit_micros > 0 AND aud_micros > 0", name="amounts"),
    CheckConstraint("true_up IN ('monthly', 'term') AND at_limit IN ('alert', 'stop')", name="choices"),
    CheckConstraint("payment_days > 0 AND notice_days > 0", name="days"),
    sqlite_strict=True,
)

# One row a contract and month, written by the monthly run in the transaction that issues the invoice: billed once.
commitment_month = Table(
    "commitment_month",
    metadata,
    Column("id", Id, primary_key=True),
    Column("commitment_id", Id, ForeignKey("commitment.id", ondelete="RESTRICT"), nullable=False),
    Column("month", Day, nullable=False),
    Column("starts_on", Day, nullable=False),
    Column("ends_before", Day, nullable=False),
    Column("consumed_micros", Micros, nullable=False),
    Column("minimum_micros", Micros, nullable=False),
    Column("true_up_micros", Micros, nullable=False),
    Column("true_up_entry_id", Id, ForeignKey("journal_entry.id", ondelete="RESTRICT"), unique=True),
    Column("invoice_id", Id, ForeignKey("invoice.id", ondelete="RESTRICT"), unique=True),
    Column("billed_at", Instant, nullable=False),
    Column("billed_by", Words, nullable=False),
    UniqueConstraint("commitment_id", "month"),
    CheckConstraint("ends_before > starts_on", name="days"),
    CheckConstraint("minimum_micros >= 0 AND true_up_micros >= 0", name="amounts"),
    CheckConstraint("(true_up_micros > 0) = (true_up_entry_id IS NOT NULL)", name="true_up_posted"),
    sqlite_strict=True,
)
