"""The ledger's tables; the triggers that guard them stand in `services/db/migrations/sql`."""

from __future__ import annotations

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    PrimaryKeyConstraint,
    Table,
    UniqueConstraint,
    text,
)

from services.db.types import Bytes, Day, Flag, Id, Instant, Micros, Whole, Words, metadata
from services.ledger.model import CUSTOMER_PURPOSES, Kind, Purpose, Section


def _one_of(column: str, words: type[Kind | Purpose | Section]) -> str:
    return f"{column} IN ({', '.join(repr(word.value) for word in words)})"


accounting_period = Table(
    "accounting_period",
    metadata,
    Column("period", Id, primary_key=True, autoincrement=False),
    Column("status", Words, nullable=False),
    Column("closed_at", Instant),
    Column("closed_by", Words),
    CheckConstraint("period BETWEEN 190001 AND 999912 AND period % 100 BETWEEN 1 AND 12", name="is_month"),
    CheckConstraint("status IN ('open', 'closed')", name="status"),
    sqlite_strict=True,
)

account = Table(
    "account",
    metadata,
    Column("id", Id, primary_key=True),
    Column("code", Words, nullable=False, unique=True),
    Column("section", Words, nullable=False),
    Column("purpose", Words, nullable=False),
    Column("currency", Words, ForeignKey("currency.code", ondelete="RESTRICT"), nullable=False),
    Column("customer_id", Id, ForeignKey("customer.id", ondelete="RESTRICT")),
    Column("detail", Words, nullable=False),
    CheckConstraint(_one_of("section", Section), name="section"),
    CheckConstraint(
        "(customer_id IS NOT NULL) = (purpose IN "
        f"({', '.join(repr(purpose.value) for purpose in sorted(CUSTOMER_PURPOSES))}))",
        name="owner",
    ),
    UniqueConstraint("id", "currency"),
    UniqueConstraint("customer_id", "purpose", "currency"),
    sqlite_strict=True,
)

_PROMOTIONAL = text("purpose = 'promo_deferred'")
Index("ix_account_promotional", account.c.customer_id, sqlite_where=_PROMOTIONAL, postgresql_where=_PROMOTIONAL)

# Customers' accounts only: a row here is locked by every posting to it, which busy system accounts could not bear.
account_balance = Table(
    "account_balance",
    metadata,
    Column("account_id", Id, ForeignKey("account.id", ondelete="RESTRICT"), primary_key=True, autoincrement=False),
    Column("balance", Micros, nullable=False),
    Column("base_balance", Micros, nullable=False),
    Column("version", Whole, nullable=False),
    Column("min_balance", Micros),
    Column("max_balance", Micros),
    CheckConstraint("version >= 0", name="version"),
    sqlite_strict=True,
    postgresql_with={"fillfactor": "50"},
)

journal_entry = Table(
    "journal_entry",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("kind", Words, nullable=False),
    Column("source", Words, nullable=False),
    Column("key", Words, nullable=False),
    Column("request_hash", Bytes, nullable=False),
    Column("source_id", Id),
    Column("customer_id", Id),
    Column("period", Id, ForeignKey("accounting_period.period", ondelete="RESTRICT"), nullable=False),
    Column("effective_on", Day, nullable=False),
    Column("posted_at", Instant, nullable=False),
    Column("guarded", Flag, nullable=False),
    Column("reversal_of_id", Id, ForeignKey("journal_entry.id", ondelete="RESTRICT"), unique=True),
    Column("actor_id", Id),
    Column("actor", Words, nullable=False),
    Column("memo", Words, nullable=False),
    # PostgreSQL fills it with the transaction's number, by which the roll-up knows what can no longer change;
    # SQLite has one writer, so there the id says the same
    Column("commit_mark", Id),
    CheckConstraint("length(key) BETWEEN 1 AND 200", name="key"),
    UniqueConstraint("source", "key"),
    ForeignKeyConstraint(
        ["id"],
        ["journal_seal.entry_id"],
        name="fk_journal_entry_sealed",
        deferrable=True,
        initially="DEFERRED",
        use_alter=True,
    ),
    sqlite_strict=True,
)
Index("ix_journal_entry_effective_on", journal_entry.c.effective_on, journal_entry.c.id)
Index("ix_journal_entry_kind", journal_entry.c.kind, journal_entry.c.effective_on, journal_entry.c.id)
Index("ix_journal_entry_customer", journal_entry.c.customer_id, journal_entry.c.effective_on, journal_entry.c.id)
Index(
    "ix_journal_entry_source_id",
    journal_entry.c.source,
    journal_entry.c.source_id,
    sqlite_where=text("source_id IS NOT NULL"),
    postgresql_where=text("source_id IS NOT NULL"),
)
# For searching: few entries take another back, and few say in words what they were for.
_REVERSAL, _MEMO = text("reversal_of_id IS NOT NULL"), text("memo <> ''")
Index(
    "ix_journal_entry_reversal",
    journal_entry.c.effective_on,
    journal_entry.c.id,
    sqlite_where=_REVERSAL,
    postgresql_where=_REVERSAL,
)
Index(
    "ix_journal_entry_memo",
    journal_entry.c.effective_on,
    journal_entry.c.id,
    sqlite_where=_MEMO,
    postgresql_where=_MEMO,
)
Index("ix_journal_entry_commit_mark", journal_entry.c.commit_mark).ddl_if(dialect="postgresql")

posting = Table(
    "posting",
    metadata,
    Column("entry_id", Id, ForeignKey("journal_entry.id", ondelete="RESTRICT"), nullable=False),
    Column("seq", Whole, nullable=False),
    Column("account_id", Id, nullable=False),
    Column("currency", Words, nullable=False),
    Column("amount", Micros, nullable=False),
    Column("base_amount", Micros, nullable=False),
    Column("account_version", Whole),
    Column("balance_after", Micros),
    PrimaryKeyConstraint("entry_id", "seq"),
    ForeignKeyConstraint(["account_id", "currency"], ["account.id", "account.currency"], ondelete="RESTRICT"),
    CheckConstraint("amount <> 0 OR base_amount <> 0", name="moves"),
    CheckConstraint("currency <> 'AUD' OR amount = base_amount", name="base"),
    CheckConstraint("(account_version IS NULL) = (balance_after IS NULL)", name="kept"),
    sqlite_strict=True,
    sqlite_with_rowid=False,
)
Index(
    "uq_posting_account_version",
    posting.c.account_id,
    posting.c.account_version,
    unique=True,
    sqlite_where=text("account_version IS NOT NULL"),
    postgresql_where=text("account_version IS NOT NULL"),
)
Index(
    "ix_posting_system_account",
    posting.c.account_id,
    posting.c.entry_id,
    sqlite_where=text("account_version IS NULL"),
    postgresql_where=text("account_version IS NULL"),
)

journal_seal = Table(
    "journal_seal",
    metadata,
    Column("entry_id", Id, ForeignKey("journal_entry.id", ondelete="RESTRICT"), primary_key=True, autoincrement=False),
    Column("postings", Whole, nullable=False),
    sqlite_strict=True,
)


def _totals() -> list[Column[int]]:
    names = ("debit", "credit", "base_debit", "base_credit")
    return [Column(name, Micros, nullable=False) for name in names]


account_day = Table(
    "account_day",
    metadata,
    Column("account_id", Id, ForeignKey("account.id", ondelete="RESTRICT"), nullable=False),
    Column("day", Day, nullable=False),
    Column("kind", Words, nullable=False),
    *_totals(),
    Column("postings", Whole, nullable=False),
    PrimaryKeyConstraint("account_id", "day", "kind"),
    sqlite_strict=True,
    sqlite_with_rowid=False,
)

control_day = Table(
    "control_day",
    metadata,
    Column("purpose", Words, nullable=False),
    Column("currency", Words, nullable=False),
    Column("detail", Words, nullable=False),
    Column("day", Day, nullable=False),
    Column("kind", Words, nullable=False),
    *_totals(),
    Column("postings", Whole, nullable=False),
    PrimaryKeyConstraint("purpose", "currency", "detail", "day", "kind"),
    sqlite_strict=True,
    sqlite_with_rowid=False,
)
# what a year of days is summed from stands in the index: looking up each of its rows took most of the time
Index(
    "ix_control_day_sums",
    *(control_day.c[name] for name in ("purpose", "day", "currency", "kind", "postings", "debit", "credit")),
)

# Everything before the mark stands in `control_day` and in a block of the hash chain; what comes after is the tail.
chain_block = Table(
    "chain_block",
    metadata,
    Column("no", Id, primary_key=True, autoincrement=False),
    Column("from_mark", Id, nullable=False, unique=True),
    Column("before_mark", Id, nullable=False),
    Column("entries", Whole, nullable=False),
    Column("previous_hash", Bytes, nullable=False),
    Column("hash", Bytes, nullable=False),
    Column("sealed_at", Instant, nullable=False),
    CheckConstraint("before_mark > from_mark", name="range"),
    sqlite_strict=True,
)
