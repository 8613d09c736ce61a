"""Imported files as they came, their statements and booked lines; what may change in them stands in the SQL guards."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Table, text

from services.banking.model import StatementFormat
from services.db.types import Bytes, Day, Flag, Id, Instant, Micros, Whole, Words, metadata

_LIVE = text("undone_at IS NULL")
_FORMATS = ", ".join(repr(each.value) for each in StatementFormat)

bank_statement_file = Table(
    "bank_statement_file",
    metadata,
    Column("id", Id, primary_key=True),
    Column("name", Words, nullable=False),
    Column("format", Words, nullable=False),
    Column("sha256", Words, nullable=False),
    Column("content", Bytes, nullable=False),
    Column("imported_at", Instant, nullable=False),
    Column("imported_by", Words, nullable=False),
    Column("undone_at", Instant),
    Column("undone_by", Words),
    Column("undone_reason", Words),
    CheckConstraint(f"format IN ({_FORMATS})", name="format"),
    CheckConstraint("length(sha256) = 64", name="sha256"),
    CheckConstraint("(undone_at IS NULL) = (undone_by IS NULL)", name="undone_by"),
    CheckConstraint("(undone_at IS NULL) = (undone_reason IS NULL)", name="undone_reason"),
    sqlite_strict=True,
)
Index(
    "uq_bank_statement_file_sha256",
    bank_statement_file.c.sha256,
    unique=True,
    sqlite_where=_LIVE,
    postgresql_where=_LIVE,
)

# `opens`: its opening balance is the one the books of the account start from; one statement an account has it.
bank_statement = Table(
    "bank_statement",
    metadata,
    Column("id", Id, primary_key=True),
    Column("file_id", Id, ForeignKey("bank_statement_file.id", ondelete="RESTRICT"), nullable=False, index=True),
    Column("sequence", Whole, nullable=False),
    Column("number", Words, nullable=False),
    Column("account", Words, nullable=False),
    Column("bank_account", Words, ForeignKey("bank_account.code", ondelete="RESTRICT"), nullable=False),
    Column("currency", Words, ForeignKey("currency.code", ondelete="RESTRICT"), nullable=False),
    Column("starts_on", Day),
    Column("ends_on", Day),
    Column("opening_micros", Micros),
    Column("closing_micros", Micros),
    Column("ties", Flag),
    Column("repeated", Whole, nullable=False),
    Column("opens", Flag, nullable=False),
    Column("opening_entry_id", Id, ForeignKey("journal_entry.id", ondelete="RESTRICT")),
    Column("undone_at", Instant),
    sqlite_strict=True,
)
Index("ix_bank_statement_bank_account", bank_statement.c.bank_account, bank_statement.c.ends_on)
Index(
    "uq_bank_statement_opens",
    bank_statement.c.bank_account,
    unique=True,
    sqlite_where=text("opens = 1"),
    postgresql_where=text("opens"),
)

# What a person said of the columns of an unknown table; `layout` is their names, `mapping` JSON.
bank_mapping = Table(
    "bank_mapping",
    metadata,
    Column("id", Id, primary_key=True),
    Column("bank_account", Words, ForeignKey("bank_account.code", ondelete="RESTRICT"), nullable=False),
    Column("layout", Words, nullable=False),
    Column("mapping", Words, nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("made_by", Words, nullable=False),
    Column("forgotten_at", Instant),
    Column("forgotten_by", Words),
    CheckConstraint("layout <> ''", name="layout"),
    CheckConstraint("(forgotten_at IS NULL) = (forgotten_by IS NULL)", name="forgotten"),
    sqlite_strict=True,
)
Index(
    "uq_bank_mapping_layout",
    bank_mapping.c.bank_account,
    bank_mapping.c.layout,
    unique=True,
    sqlite_where=text("forgotten_at IS NULL"),
    postgresql_where=text("forgotten_at IS NULL"),
)

# A file with days missing before it, until another person accepts or declines it; kept for ever, like the request.
held_bank_file = Table(
    "held_bank_file",
    metadata,
    Column("id", Id, primary_key=True),
    Column("name", Words, nullable=False),
    Column("sha256", Words, nullable=False),
    Column("content", Bytes, nullable=False),
    Column("bank_account", Words, ForeignKey("bank_account.code", ondelete="RESTRICT")),
    Column("accept_untied", Flag, nullable=False),
    Column("held_at", Instant, nullable=False),
    Column("held_by", Words, nullable=False),
    Column("reason", Words, nullable=False),
    CheckConstraint("length(sha256) = 64", name="sha256"),
    CheckConstraint("reason <> ''", name="reason"),
    sqlite_strict=True,
)

bank_line = Table(
    "bank_line",
    metadata,
    Column("id", Id, primary_key=True),
    Column("statement_id", Id, ForeignKey("bank_statement.id", ondelete="RESTRICT"), nullable=False, index=True),
    Column("bank_account", Words, ForeignKey("bank_account.code", ondelete="RESTRICT"), nullable=False),
    Column("booked_on", Day, nullable=False),
    Column("value_on", Day, nullable=False),
    Column("amount_micros", Micros, nullable=False),
    Column("currency", Words, ForeignKey("currency.code", ondelete="RESTRICT"), nullable=False),
    Column("base_micros", Micros, nullable=False),
    Column("allocated_micros", Micros, nullable=False),
    Column("counterparty", Words, nullable=False),
    Column("counterparty_account", Words, nullable=False),
    Column("remittance", Words, nullable=False),
    Column("bank_reference", Words, nullable=False),
    Column("end_to_end", Words, nullable=False),
    Column("uetr", Words, nullable=False),
    Column("virtual_account", Words, nullable=False),
    Column("instructed_micros", Micros),
    Column("instructed_currency", Words),
    Column("search_text", Words, nullable=False),
    Column("fingerprint", Words, nullable=False),
    Column("entry_id", Id, ForeignKey("journal_entry.id", ondelete="RESTRICT"), unique=True),
    Column("undone_at", Instant),
    Column("is_sorted", Flag, nullable=False, default=False),
    CheckConstraint("length(fingerprint) = 64", name="fingerprint"),
    CheckConstraint(
        "0 <= allocated_micros AND (allocated_micros = 0 OR allocated_micros <= amount_micros)", name="allocated"
    ),
    CheckConstraint("undone_at IS NULL OR allocated_micros = 0", name="undone_free"),
    CheckConstraint("(instructed_micros IS NULL) = (instructed_currency IS NULL)", name="instructed"),
    sqlite_strict=True,
)
Index(
    "uq_bank_line_fingerprint",
    bank_line.c.fingerprint,
    bank_line.c.bank_account,  # second, so that nobody scans an account by it
    unique=True,
    sqlite_where=_LIVE,
    postgresql_where=_LIVE,
)
Index("ix_bank_line_booked_on", bank_line.c.booked_on, bank_line.c.id)
# lists, counts and sums of one account, or of all in a currency, come from these indexes alone
Index(
    "ix_bank_line_bank_account",
    bank_line.c.bank_account,
    bank_line.c.booked_on,
    bank_line.c.id,
    bank_line.c.currency,
    bank_line.c.amount_micros,
    bank_line.c.allocated_micros,
    sqlite_where=_LIVE,
    postgresql_where=_LIVE,
)
Index(
    "ix_bank_line_currency",
    bank_line.c.currency,
    bank_line.c.booked_on,
    bank_line.c.id,
    bank_line.c.amount_micros,
    bank_line.c.allocated_micros,
    sqlite_where=_LIVE,
    postgresql_where=_LIVE,
)
# what the inbox of receipts reads: few rows of a table that only grows
Index(
    "ix_bank_line_unallocated",
    bank_line.c.booked_on,
    bank_line.c.id,
    sqlite_where=text("undone_at IS NULL AND amount_micros > allocated_micros"),
    postgresql_where=text("undone_at IS NULL AND amount_micros > allocated_micros"),
)
# money out nobody said anything of: of many years only what waits
Index(
    "ix_bank_line_unsorted",
    bank_line.c.booked_on,
    bank_line.c.id,
    sqlite_where=text("undone_at IS NULL AND is_sorted = 0 AND amount_micros < 0"),
    postgresql_where=text("undone_at IS NULL AND NOT is_sorted AND amount_micros < 0"),
)
