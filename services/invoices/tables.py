"""Rows of issued invoices and the counters of their gapless numbers; everything a paper prints is copied in."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Table, UniqueConstraint

from services.db.types import Bytes, Day, Flag, Id, Instant, Micros, Whole, Words, metadata

document_counter = Table(
    "document_counter",
    metadata,
    Column("series", Words, primary_key=True),
    Column("last_no", Whole, nullable=False),
    CheckConstraint("last_no > 0", name="starts_at_one"),
    sqlite_strict=True,
)

invoice = Table(
    "invoice",
    metadata,
    Column("id", Id, primary_key=True),
    Column("nonce", Words, nullable=False, unique=True),
    Column("request_hash", Bytes, nullable=False),
    Column("series", Words, nullable=False),
    Column("serial_no", Whole, nullable=False),
    Column("number", Words, nullable=False, unique=True),
    Column("reference", Words, nullable=False, unique=True),
    Column("customer_id", Id, ForeignKey("customer.id", ondelete="RESTRICT"), nullable=False),
    Column("account_id", Words, nullable=False),
    Column("username", Words, nullable=False),
    Column("country", Words, nullable=False),
    Column("currency", Words, nullable=False),
    Column("gross_micros", Micros, nullable=False),
    Column("net_micros", Micros, nullable=False),
    Column("tax_micros", Micros, nullable=False),
    Column("issued_on", Day, nullable=False),
    Column("due_on", Day, nullable=False),
    Column("issued_at", Instant, nullable=False),
    Column("issued_by", Words, nullable=False),
    Column("status", Words, nullable=False),
    Column("allocated_micros", Micros, nullable=False),
    Column("fee_micros", Micros, nullable=False),
    Column("language", Words, nullable=False),
    Column("company_name", Words, nullable=False),
    Column("address", Words, nullable=False),
    Column("business_id", Words, nullable=False),
    Column("email", Words, nullable=False),
    Column("contact_name", Words, nullable=False),
    Column("contact_phone", Words, nullable=False),
    Column("seller", Words, nullable=False, comment="JSON: the seller as printed"),
    Column("bank_account", Words, nullable=False),
    Column("bank_lines", Words, nullable=False, comment="JSON: the bank details as printed"),
    Column("tax_code", Words, nullable=False),
    Column("tax_title", Words, nullable=False),
    Column("tax_note", Words, nullable=False),
    Column("tax_label", Words, nullable=False),
    Column("shows_tax", Flag, nullable=False),
    Column("minimum_micros", Micros, nullable=False),
    Column("rate", Words, nullable=False, comment="AUD for one unit, exact decimal"),
    Column("rate_on", Day, nullable=False),
    Column("rate_source", Words, nullable=False),
    Column("aud_equivalent_micros", Micros, nullable=False),
    Column("entry_id", Id, ForeignKey("journal_entry.id", ondelete="RESTRICT"), nullable=False, unique=True),
    UniqueConstraint("series", "serial_no"),
    CheckConstraint("serial_no > 0", name="numbered"),
    CheckConstraint("gross_micros > 0 AND net_micros > 0 AND tax_micros >= 0", name="signs"),
    CheckConstraint("net_micros + tax_micros = gross_micros", name="adds_up"),
    CheckConstraint("gross_micros >= minimum_micros", name="reaches_the_minimum"),
    CheckConstraint("allocated_micros >= 0 AND fee_micros >= 0", name="received"),
    CheckConstraint("allocated_micros + fee_micros <= gross_micros", name="not_overpaid"),
    CheckConstraint("tax_micros = 0 OR fee_micros = 0", name="taxed_is_never_settled_short"),
    CheckConstraint("due_on >= issued_on", name="due_after_issue"),
    CheckConstraint("language IN ('en', 'fr')", name="language"),
    CheckConstraint(
        "(status = 'issued' AND allocated_micros + fee_micros = 0)"
        " OR (status = 'part-paid'"
        " AND allocated_micros + fee_micros > 0 AND allocated_micros + fee_micros < gross_micros)"
        " OR (status = 'paid' AND allocated_micros = gross_micros)"
        " OR (status = 'settled short' AND fee_micros > 0 AND allocated_micros + fee_micros = gross_micros)",
        name="status_follows",
    ),
    sqlite_strict=True,
)

Index("ix_invoice_customer", invoice.c.customer_id, invoice.c.issued_on)
Index("ix_invoice_issued_on", invoice.c.issued_on, invoice.c.id)
Index("ix_invoice_open", invoice.c.currency, invoice.c.status)
