"""What bank lines were said to be, and the rules that know them; neither is ever deleted, only taken back or off."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Table, text

from services.banking.sorting.model import Sort
from services.db.types import Day, Flag, Id, Instant, Micros, Words, metadata

_SORTS = ", ".join(repr(each.value) for each in Sort)
_LIVE = text("undone_at IS NULL")

# `words` is JSON: a list of small words that must all stand in a line.
bank_rule = Table(
    "bank_rule",
    metadata,
    Column("id", Id, primary_key=True),
    Column("sort", Words, nullable=False),
    Column("incoming", Flag, nullable=False),
    Column("words", Words, nullable=False),
    Column("counterparty", Words, nullable=False),
    Column("bank_account", Words, nullable=False),
    Column("automatic", Flag, nullable=False),
    Column("learned", Flag, nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("made_by", Words, nullable=False),
    Column("off_at", Instant),
    Column("off_by", Words),
    CheckConstraint(f"sort IN ({_SORTS})", name="sort"),
    CheckConstraint("words <> '[]' OR counterparty <> ''", name="says_something"),
    CheckConstraint("(off_at IS NULL) = (off_by IS NULL)", name="off"),
    sqlite_strict=True,
)

# `pair_id` is the sorting of the other side of a transfer between our accounts.
bank_sorting = Table(
    "bank_sorting",
    metadata,
    Column("id", Id, primary_key=True),
    Column("bank_line_id", Id, ForeignKey("bank_line.id", ondelete="RESTRICT"), nullable=False, index=True),
    Column("sort", Words, nullable=False),
    Column("currency", Words, ForeignKey("currency.code", ondelete="RESTRICT"), nullable=False),
    Column("amount_micros", Micros, nullable=False),
    Column("customer_id", Id, ForeignKey("customer.id", ondelete="RESTRICT"), index=True),
    Column("receipt_refund_id", Id, ForeignKey("receipt_refund.id", ondelete="RESTRICT")),
    Column("pair_id", Id, ForeignKey("bank_sorting.id", ondelete="RESTRICT")),
    Column("rule_id", Id, ForeignKey("bank_rule.id", ondelete="RESTRICT"), index=True),
    Column("entry_id", Id, ForeignKey("journal_entry.id", ondelete="RESTRICT"), nullable=False, unique=True),
    Column("sorted_on", Day, nullable=False),
    Column("sorted_at", Instant, nullable=False),
    Column("sorted_by", Words, nullable=False),
    Column("undone_at", Instant),
    Column("undone_by", Words),
    Column("undone_reason", Words),
    Column("reversal_entry_id", Id, ForeignKey("journal_entry.id", ondelete="RESTRICT"), unique=True),
    CheckConstraint(f"sort IN ({_SORTS})", name="sort"),
    CheckConstraint("amount_micros <> 0", name="amount"),
    CheckConstraint("(sort = 'refund') = ((customer_id IS NULL) <> (receipt_refund_id IS NULL))", name="whose"),
    CheckConstraint("pair_id IS NULL OR sort = 'transfer'", name="pair"),
    CheckConstraint(
        "(undone_at IS NULL) = (undone_by IS NULL) AND (undone_at IS NULL) = (undone_reason IS NULL)"
        " AND (undone_at IS NULL) = (reversal_entry_id IS NULL)",
        name="undone",
    ),
    sqlite_strict=True,
)
# a line is one thing at a time
Index(
    "uq_bank_sorting_line",
    bank_sorting.c.bank_line_id,
    unique=True,
    sqlite_where=_LIVE,
    postgresql_where=_LIVE,
)
# a refund is paid once
Index(
    "uq_bank_sorting_receipt_refund",
    bank_sorting.c.receipt_refund_id,
    unique=True,
    sqlite_where=_LIVE,
    postgresql_where=_LIVE,
)
Index("ix_bank_sorting_sorted_on", bank_sorting.c.sorted_on, bank_sorting.c.id)
