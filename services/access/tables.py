"""People, their sessions and sign-in attempts, approvals and the audit trail, as rows."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Table, text

from services.access.model import Decision, Role
from services.db.types import Flag, Id, Instant, Micros, Words, metadata


def _one_of(column: str, values: type[Role | Decision]) -> str:
    return f"{column} IN ({', '.join(repr(value.value) for value in values)})"


person = Table(
    "person",
    metadata,
    Column("id", Id, primary_key=True),
    Column("name", Words, nullable=False),
    Column("email", Words, nullable=False, unique=True),
    Column("role", Words, nullable=False),
    Column("password_hash", Words, nullable=False),
    Column("must_change_password", Flag, nullable=False),
    Column("active", Flag, nullable=False),
    Column("created_at", Instant, nullable=False),
    CheckConstraint("email = lower(email)", "email_lower"),
    CheckConstraint("name <> ''", "named"),
    CheckConstraint(_one_of("role", Role), "role"),
    sqlite_strict=True,
)

session = Table(
    "session",
    metadata,
    Column("token_hash", Words, primary_key=True),
    Column("person_id", Id, ForeignKey("person.id", ondelete="RESTRICT"), nullable=False, index=True),
    Column("opened_at", Instant, nullable=False),
    Column("last_seen_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("ended_at", Instant),
    Column("ip", Words, nullable=False),
    sqlite_strict=True,
)

sign_in_attempt = Table(
    "sign_in_attempt",
    metadata,
    Column("id", Id, primary_key=True),
    Column("at", Instant, nullable=False, index=True),
    Column("email", Words, nullable=False),
    Column("ip", Words, nullable=False),
    Column("succeeded", Flag, nullable=False),
    Index("ix_sign_in_attempt_email_at", "email", "at"),
    Index("ix_sign_in_attempt_ip_at", "ip", "at"),
    sqlite_strict=True,
)

approval = Table(
    "approval",
    metadata,
    Column("id", Id, primary_key=True),
    Column("act", Words, nullable=False),
    Column("subject", Words, nullable=False),
    Column("payload", Words, nullable=False),
    Column("summary", Words, nullable=False),
    Column("amount_micros", Micros),
    Column("currency", Words),
    Column("requested_by", Id, ForeignKey("person.id", ondelete="RESTRICT"), nullable=False),
    Column("requested_at", Instant, nullable=False),
    Column("reason", Words, nullable=False),
    Column("decision", Words),
    Column("decided_by", Id, ForeignKey("person.id", ondelete="RESTRICT")),
    Column("decided_at", Instant),
    Column("decision_reason", Words),
    CheckConstraint(_one_of("decision", Decision), "decision"),
    CheckConstraint("(decision IS NULL) = (decided_by IS NULL)", "decided_by_somebody"),
    CheckConstraint("(decision IS NULL) = (decided_at IS NULL)", "decided_at_some_time"),
    CheckConstraint("(decision = 'withdrawn') = (decided_by = requested_by)", "four_eyes"),
    CheckConstraint("(amount_micros IS NULL) = (currency IS NULL)", "amount_has_currency"),
    Index("ix_approval_open", "id", sqlite_where=text("decision IS NULL"), postgresql_where=text("decision IS NULL")),
    sqlite_strict=True,
)

audit_event = Table(
    "audit_event",
    metadata,
    Column("id", Id, primary_key=True),
    Column("at", Instant, nullable=False, index=True),
    Column("person_id", Id, ForeignKey("person.id", ondelete="RESTRICT")),
    Column("person_name", Words, nullable=False),
    Column("act", Words, nullable=False),
    Column("subject", Words, nullable=False),
    Column("subject_id", Words, nullable=False),
    Column("before", Words),
    Column("after", Words),
    Column("reason", Words, nullable=False),
    Column("prev_hash", Words, nullable=False, unique=True),  # unique: the chain cannot fork
    Column("hash", Words, nullable=False),
    Index("ix_audit_event_subject_subject_id", "subject", "subject_id"),
    sqlite_strict=True,
)
