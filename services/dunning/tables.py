"""Rows of dunning: the days of its stages, letters sent, promises and pauses. Stops are rows of the customers."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Table, UniqueConstraint, text

from services.db.types import Day, Id, Instant, Micros, Whole, Words, metadata

# The newest row of a currency counts; the empty currency is for all that have no row of their own.
dunning_terms = Table(
    "dunning_terms",
    metadata,
    Column("id", Id, primary_key=True),
    Column("currency", Words, nullable=False),
    Column("friendly_days", Whole, nullable=False),
    Column("firm_days", Whole, nullable=False),
    Column("final_days", Whole, nullable=False),
    Column("stop_days", Whole, nullable=False),
    Column("chosen_at", Instant, nullable=False),
    Column("chosen_by", Words, nullable=False),
    Column("reason", Words, nullable=False),
    CheckConstraint(
        "friendly_days > 0 AND firm_days > friendly_days AND final_days > firm_days AND stop_days > final_days",
        name="rising",
    ),
    CheckConstraint("reason <> ''", name="reason"),
    sqlite_strict=True,
)

# One letter an invoice and stage, written in the transaction that puts it in the outbox.
dunning_reminder = Table(
    "dunning_reminder",
    metadata,
    Column("id", Id, primary_key=True),
    Column("invoice_id", Id, ForeignKey("invoice.id", ondelete="RESTRICT"), nullable=False),
    Column("stage", Whole, nullable=False),
    Column("mail_id", Id, ForeignKey("mail_message.id", ondelete="RESTRICT"), nullable=False, unique=True),
    Column("reminded_on", Day, nullable=False),
    Column("reminded_at", Instant, nullable=False),
    Column("reminded_by", Words, nullable=False),
    Column("days", Whole, nullable=False, comment="how long it was overdue"),
    Column("open_micros", Micros, nullable=False, comment="what was open of it"),
    UniqueConstraint("invoice_id", "stage"),
    CheckConstraint("stage BETWEEN 1 AND 4 AND days > 0 AND open_micros > 0", name="whole"),
    sqlite_strict=True,
)

dunning_promise = Table(
    "dunning_promise",
    metadata,
    Column("id", Id, primary_key=True),
    Column("nonce", Words, nullable=False, unique=True),
    Column("customer_id", Id, ForeignKey("customer.id", ondelete="RESTRICT"), nullable=False),
    Column("currency", Words, ForeignKey("currency.code", ondelete="RESTRICT"), nullable=False),
    Column("micros", Micros, nullable=False),
    Column("promised_on", Day, nullable=False, comment="the day the money is to be here"),
    Column("who", Words, nullable=False, comment="who of the customer said so"),
    Column("note", Words, nullable=False),
    Column("made_on", Day, nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("made_by", Words, nullable=False),
    Column("withdrawn_at", Instant),
    Column("withdrawn_by", Words),
    Column("withdrawn_reason", Words),
    CheckConstraint("micros > 0 AND promised_on >= made_on AND who <> ''", name="promised"),
    CheckConstraint("(withdrawn_at IS NULL) = (withdrawn_reason IS NULL)", name="withdrawn"),
    Index("ix_dunning_promise_customer_id", "customer_id", "currency", "id"),
    sqlite_strict=True,
)

_HOLDS = text("lifted_at IS NULL")
dunning_pause = Table(
    "dunning_pause",
    metadata,
    Column("id", Id, primary_key=True),
    Column("nonce", Words, nullable=False, unique=True),
    Column("customer_id", Id, ForeignKey("customer.id", ondelete="RESTRICT"), nullable=False),
    Column("currency", Words, ForeignKey("currency.code", ondelete="RESTRICT"), nullable=False),
    Column("reason", Words, nullable=False),
    Column("until", Day, comment="the last day it holds"),
    Column("paused_on", Day, nullable=False),
    Column("paused_at", Instant, nullable=False),
    Column("paused_by", Words, nullable=False),
    Column("lifted_at", Instant),
    Column("lifted_by", Words),
    Column("lifted_reason", Words),
    CheckConstraint("reason <> '' AND until >= paused_on", name="paused"),
    CheckConstraint("(lifted_at IS NULL) = (lifted_reason IS NULL)", name="lifted"),
    sqlite_strict=True,
)
Index(
    "uq_dunning_pause_holds",
    dunning_pause.c.customer_id,
    dunning_pause.c.currency,
    unique=True,
    sqlite_where=_HOLDS,
    postgresql_where=_HOLDS,
)
