"""Rows of the company's dated profile and of its bank accounts, whose details are kept version by version."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, ForeignKey, Table

from services.db.types import Bytes, Day, Flag, Id, Instant, Whole, Words, metadata

company_profile = Table(
    "company_profile",
    metadata,
    Column("valid_from", Day, primary_key=True),
    Column("name", Words, nullable=False),
    Column("abn", Words, nullable=False),
    Column("address", Words, nullable=False),  # its lines, parted by line feeds
    Column("email", Words, nullable=False),
    Column("phone", Words, nullable=False),
    Column("website", Words, nullable=False),
    Column("country", Words, nullable=False),
    Column("tax_point", Words, nullable=False),
    Column("gst_basis", Words, nullable=False),
    Column("changed_at", Instant, nullable=False),
    Column("changed_by", Words, nullable=False),
    Column("rental_grace_days", Whole, nullable=False, server_default="14"),  # product.md, rule 17
    CheckConstraint("rental_grace_days BETWEEN 0 AND 90", name="rental_grace"),
    CheckConstraint("tax_point IN ('topup', 'redemption')", name="tax_point"),
    CheckConstraint("gst_basis IN ('accrual', 'cash')", name="gst_basis"),
    CheckConstraint("length(abn) = 11", name="abn"),
    CheckConstraint("name <> ''", name="name"),
    sqlite_strict=True,
)

# Append-only, one picture a digest: an old paper is drawn again with the logo it was issued with.
logo_picture = Table(
    "logo_picture",
    metadata,
    Column("sha256", Words, primary_key=True),
    Column("content", Bytes, nullable=False),
    Column("width", Whole, nullable=False),
    Column("height", Whole, nullable=False),
    CheckConstraint("length(sha256) = 64", name="digest"),
    CheckConstraint("width > 0 AND height > 0", name="sides"),
    sqlite_strict=True,
)

# Append-only as well; without a picture the logo was removed.
logo_version = Table(
    "logo_version",
    metadata,
    Column("version", Whole, primary_key=True, autoincrement=False),
    Column("sha256", Words, ForeignKey("logo_picture.sha256", ondelete="RESTRICT")),
    Column("changed_on", Day, nullable=False),
    Column("changed_at", Instant, nullable=False),
    Column("changed_by_id", Id),
    Column("changed_by", Words, nullable=False),
    Column("reason", Words, nullable=False),
    CheckConstraint("version >= 1", name="version"),
    CheckConstraint("reason <> ''", name="reason"),
    sqlite_strict=True,
)

bank_account = Table(
    "bank_account",
    metadata,
    Column("code", Words, primary_key=True),
    Column("currency", Words, ForeignKey("currency.code", ondelete="RESTRICT"), nullable=False),
    Column("position", Whole, nullable=False, unique=True),
    CheckConstraint("code = lower(code) AND code <> ''", name="code_form"),
    sqlite_strict=True,
)

# Append-only: what an old invoice asked the customer to pay into must stay provable.
bank_account_version = Table(
    "bank_account_version",
    metadata,
    Column("code", Words, ForeignKey("bank_account.code", ondelete="RESTRICT"), primary_key=True),
    Column("version", Whole, primary_key=True, autoincrement=False),
    Column("holder", Words, nullable=False),
    Column("bank", Words, nullable=False),
    Column("lines", Words, nullable=False),  # JSON: [[label, value], ...] in printing order
    Column("iban", Words, nullable=False),
    Column("bic", Words, nullable=False),
    Column("number", Words, nullable=False),
    Column("active", Flag, nullable=False),
    Column("changed_on", Day, nullable=False),
    Column("changed_at", Instant, nullable=False),
    Column("changed_by_id", Id),
    Column("changed_by", Words, nullable=False),
    Column("approved_by", Words, nullable=False),  # empty when the company was set up
    Column("reason", Words, nullable=False),
    CheckConstraint("version >= 1", name="version"),
    CheckConstraint("iban <> '' OR number <> ''", name="identified"),
    sqlite_strict=True,
)
