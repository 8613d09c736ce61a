"""Rows of customers, the versions of their invoice details, notes, and what stops them."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Table, UniqueConstraint, text

from services.db.types import Day, Flag, Id, Instant, Whole, Words, metadata

customer = Table(
    "customer",
    metadata,
    Column("id", Id, primary_key=True),
    Column("account_id", Words, nullable=False, unique=True),
    Column("username", Words, nullable=False),
    Column("username_key", Words, nullable=False, unique=True),  # case and accents taken away
    Column("name", Words, nullable=False),
    Column("name_key", Words, nullable=False),
    Column("email", Words, nullable=False),
    Column("email_key", Words, nullable=False, index=True),
    Column("phone", Words, nullable=False),
    Column("contact_name", Words, nullable=False),
    Column("country", Words, nullable=False, index=True),
    Column("currency", Words, ForeignKey("currency.code", ondelete="RESTRICT"), nullable=False, index=True),
    Column("billing_mode", Words, nullable=False),
    Column("created_on", Day, nullable=False),
    CheckConstraint("billing_mode IN ('prepaid', 'postpaid')", name="billing_mode"),
    CheckConstraint("length(country) = 2 AND country = upper(country)", name="country_form"),
    CheckConstraint("username <> '' AND name <> ''", name="named"),
    sqlite_strict=True,
)

# One row, locked while a customer is created: account ids are handed out one after the other.
customer_counter = Table(
    "customer_counter",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=False),
    Column("next_account_id", Whole, nullable=False),
    CheckConstraint("id = 1", name="single"),
    CheckConstraint("next_account_id > 10000", name="five_digits"),
    sqlite_strict=True,
)

invoice_details = Table(
    "invoice_details",
    metadata,
    Column("id", Id, primary_key=True),
    Column("customer_id", Id, ForeignKey("customer.id", ondelete="RESTRICT"), nullable=False),
    Column("version", Whole, nullable=False),
    Column("company_name", Words, nullable=False),
    Column("address", Words, nullable=False),
    Column("business_id", Words, nullable=False),
    Column("email", Words, nullable=False),
    Column("contact_name", Words, nullable=False),
    Column("contact_phone", Words, nullable=False),
    Column("language", Words, nullable=False),
    Column("changed_at", Instant, nullable=False),
    Column("changed_by_id", Id),
    Column("changed_by", Words, nullable=False),
    Column("reason", Words, nullable=False),
    UniqueConstraint("customer_id", "version"),
    CheckConstraint("version >= 1", name="version"),
    CheckConstraint("language IN ('en', 'fr')", name="language"),
    CheckConstraint("address <> '' OR business_id <> ''", name="something_to_print"),
    sqlite_strict=True,
)

customer_note = Table(
    "customer_note",
    metadata,
    Column("id", Id, primary_key=True),
    Column("customer_id", Id, ForeignKey("customer.id", ondelete="RESTRICT"), nullable=False),
    Column("body", Words, nullable=False),
    Column("ticket_id", Words, nullable=False),
    Column("written_at", Instant, nullable=False),
    Column("written_by_id", Id),
    Column("written_by", Words, nullable=False),
    CheckConstraint("body <> ''", name="body"),
    Index("ix_customer_note_customer_id_id", "customer_id", "id"),
    sqlite_strict=True,
)

# Why nothing new is set up for a customer: one row a cause or debt, open until it is paid or lifted, each once.
customer_stop = Table(
    "customer_stop",
    metadata,
    Column("id", Id, primary_key=True),
    Column("customer_id", Id, ForeignKey("customer.id", ondelete="RESTRICT"), nullable=False, index=True),
    Column("cause", Words, nullable=False, comment="which rule stopped it, such as the credit limit"),
    Column("why", Words, nullable=False, comment="a sentence for whoever meets the stop"),
    Column("since", Instant, nullable=False),
    Column("stopped_by", Words, nullable=False),
    Column("ended_at", Instant),
    Column("ended_by", Words),
    Column("ended_why", Words),
    Column("invoice_id", Id, ForeignKey("invoice.id", ondelete="RESTRICT"), index=True, comment="the debt it is about"),
    Column("lifted", Flag, nullable=False, comment="whether a person ended it although its cause held"),
    CheckConstraint("cause <> '' AND why <> ''", name="said"),
    CheckConstraint("(ended_at IS NULL) = (ended_why IS NULL)", name="ended"),
    CheckConstraint("ended_at IS NOT NULL OR NOT lifted", name="lifted"),
    sqlite_strict=True,
)
_RULE, _DEBT = text("ended_at IS NULL AND invoice_id IS NULL"), text("ended_at IS NULL AND invoice_id IS NOT NULL")
Index(
    "uq_customer_stop_open",
    customer_stop.c.customer_id,
    customer_stop.c.cause,
    unique=True,
    sqlite_where=_RULE,
    postgresql_where=_RULE,
)
Index(
    "uq_customer_stop_open_debt",
    customer_stop.c.invoice_id,
    customer_stop.c.cause,
    unique=True,
    sqlite_where=_DEBT,
    postgresql_where=_DEBT,
)
