"""Rows of currencies, dated exchange rates and dated tax rules."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, ForeignKey, Table

from services.db.types import Day, Flag, Micros, Whole, Words, metadata

currency = Table(
    "currency",
    metadata,
    Column("code", Words, primary_key=True),
    Column("minor_digits", Whole, nullable=False),
    Column("minimum_top_up_micros", Micros, nullable=False),
    Column("maximum_top_up_micros", Micros, nullable=False),
    CheckConstraint("length(code) = 3 AND code = upper(code)", name="code_form"),
    CheckConstraint("minor_digits BETWEEN 0 AND 4", name="minor_digits"),
    CheckConstraint("0 < minimum_top_up_micros AND minimum_top_up_micros <= maximum_top_up_micros", name="limits"),
    sqlite_strict=True,
)

# One rate a currency and day, never changed: what an invoice was judged at must stay findable.
exchange_rate = Table(
    "exchange_rate",
    metadata,
    Column("currency", Words, ForeignKey("currency.code", ondelete="RESTRICT"), primary_key=True),
    Column("rate_on", Day, primary_key=True),
    Column("aud_per_unit_nano", Whole, nullable=False),
    Column("source", Words, nullable=False),
    CheckConstraint("aud_per_unit_nano > 0", name="positive"),
    CheckConstraint("currency <> 'AUD'", name="not_base"),
    CheckConstraint("source <> ''", name="source"),
    sqlite_strict=True,
)

tax_rule = Table(
    "tax_rule",
    metadata,
    Column("country", Words, primary_key=True),
    Column("valid_from", Day, primary_key=True),
    Column("valid_before", Day),
    Column("code", Words, nullable=False),
    Column("title_en", Words, nullable=False),
    Column("title_fr", Words, nullable=False),
    Column("rate_numerator", Whole, nullable=False),
    Column("rate_denominator", Whole, nullable=False),
    Column("note_en", Words, nullable=False),
    Column("note_fr", Words, nullable=False),
    Column("shows_tax", Flag, nullable=False),
    Column("tax_name", Words, nullable=False),
    CheckConstraint("country = '*' OR (length(country) = 2 AND country = upper(country))", name="country_form"),
    CheckConstraint("valid_before IS NULL OR valid_before > valid_from", name="dates"),
    CheckConstraint("rate_numerator >= 0 AND rate_denominator > rate_numerator", name="rate"),
    sqlite_strict=True,
)
