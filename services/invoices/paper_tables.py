"""Rows of papers given out: what each version shows of its buyer, and its file under the digest of its bytes."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, ForeignKey, Table, UniqueConstraint

from services.db.types import Bytes, Day, Id, Instant, Whole, Words, metadata

# The file of a paper, under the digest of its bytes: what was given out once is never drawn anew.
kept_paper = Table(
    "kept_paper",
    metadata,
    Column("sha256", Words, primary_key=True),
    Column("content", Bytes, nullable=False),
    CheckConstraint("length(sha256) = 64", name="digest"),
    sqlite_strict=True,
)

# What a paper shows of its buyer, version by version; nothing of its number, days, amounts and tax. A paper that was
# never changed has no row: its one version is the invoice or note itself. Title and note of tax are in the language of
# the version, and empty on a credit note; `replaces_on` is when the version before was issued.
paper_version = Table(
    "paper_version",
    metadata,
    Column("id", Id, primary_key=True),
    Column("invoice_id", Id, ForeignKey("invoice.id", ondelete="RESTRICT")),
    Column("credit_note_id", Id, ForeignKey("credit_note.id", ondelete="RESTRICT")),
    Column("version", Whole, nullable=False),
    Column("company_name", Words, nullable=False),
    Column("address", Words, nullable=False),
    Column("business_id", Words, nullable=False),
    Column("email", Words, nullable=False),
    Column("contact_name", Words, nullable=False),
    Column("contact_phone", Words, nullable=False),
    Column("language", Words, nullable=False),
    Column("po_number", Words, nullable=False),
    Column("tax_title", Words, nullable=False),
    Column("tax_note", Words, nullable=False),
    Column("issued_on", Day, nullable=False),
    Column("replaces_on", Day),
    Column("issued_at", Instant, nullable=False),
    Column("issued_by_id", Id),
    Column("issued_by", Words, nullable=False),
    Column("reason", Words, nullable=False),
    Column("template", Whole, nullable=False),
    Column("sha256", Words, ForeignKey("kept_paper.sha256", ondelete="RESTRICT"), nullable=False),
    UniqueConstraint("invoice_id", "version"),
    UniqueConstraint("credit_note_id", "version"),
    CheckConstraint("(invoice_id IS NULL) <> (credit_note_id IS NULL)", name="of_one_paper"),
    CheckConstraint("version >= 1 AND (version = 1) = (replaces_on IS NULL)", name="version"),
    CheckConstraint("version = 1 OR reason <> ''", name="has_a_reason"),
    CheckConstraint("language IN ('en', 'fr')", name="language"),
    sqlite_strict=True,
)
