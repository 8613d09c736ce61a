"""Rows of invoice requests and their history. A request’s invoice is the one its form issued: no row says so."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Table

from services.db.types import Day, Id, Instant, Micros, Whole, Words, metadata
from services.requests.model import Channel

invoice_request = Table(
    "invoice_request",
    metadata,
    Column("id", Id, primary_key=True),
    Column("nonce", Words, nullable=False, unique=True),
    Column("form", Words, nullable=False, unique=True, comment="the nonce of the invoice issued out of it"),
    Column("customer_id", Id, ForeignKey("customer.id", ondelete="RESTRICT"), nullable=False, index=True),
    Column("currency", Words, nullable=False),
    Column("gross_micros", Micros, comment="including tax; nothing while nobody said it"),
    Column("details", Words, nullable=False, comment="JSON: what was asked to be printed"),
    Column("channel", Words, nullable=False),
    Column("received_on", Day, nullable=False),
    Column("ticket_id", Words, nullable=False),
    Column("po_number", Words, nullable=False),
    Column("note", Words, nullable=False),
    Column("owner_id", Id, ForeignKey("person.id", ondelete="RESTRICT"), index=True),
    Column("owner", Words, nullable=False),
    Column("version", Whole, nullable=False),
    Column("opened_at", Instant, nullable=False),
    Column("opened_by", Words, nullable=False),
    Column("cancelled_at", Instant),
    Column("cancelled_by", Words, nullable=False),
    Column("cancel_reason", Words, nullable=False),
    CheckConstraint("channel IN ({})".format(", ".join(f"'{one.value}'" for one in Channel)), name="channel"),
    CheckConstraint("gross_micros > 0", name="amount"),
    CheckConstraint("nonce <> '' AND length(form) >= 16 AND version > 0", name="named"),
    CheckConstraint("(owner_id IS NULL) = (owner = '')", name="owner"),
    CheckConstraint(
        "(cancelled_at IS NULL) = (cancelled_by = '') AND (cancelled_at IS NULL) = (cancel_reason = '')",
        name="cancelled",
    ),
    sqlite_strict=True,
)
Index("ix_invoice_request_received_on", invoice_request.c.received_on, invoice_request.c.id)

# What happened to a request, oldest first; never rewritten.
invoice_request_step = Table(
    "invoice_request_step",
    metadata,
    Column("id", Id, primary_key=True),
    Column("request_id", Id, ForeignKey("invoice_request.id", ondelete="RESTRICT"), nullable=False, index=True),
    Column("done_at", Instant, nullable=False),
    Column("done_by", Words, nullable=False),
    Column("did", Words, nullable=False),
    Column("said", Words, nullable=False),
    CheckConstraint("did <> ''", name="did"),
    sqlite_strict=True,
)
