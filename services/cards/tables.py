"""Rows of what the card processor knows: whose customer is whose, cards on file, charges and what was kept of them."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Table, UniqueConstraint

from services.db.types import Day, Flag, Id, Instant, Micros, Whole, Words, metadata

# A customer of ours may be several of the processor's, never the other way round.
processor_customer = Table(
    "processor_customer",
    metadata,
    Column("id", Id, primary_key=True),
    Column("external_id", Words, nullable=False, unique=True),
    Column("customer_id", Id, ForeignKey("customer.id", ondelete="RESTRICT"), nullable=False, index=True),
    Column("livemode", Flag, nullable=False),
    Column("linked_at", Instant, nullable=False),
    Column("linked_by", Words, nullable=False),
    CheckConstraint("external_id <> ''", name="named"),
    sqlite_strict=True,
)

card = Table(
    "card",
    metadata,
    Column("id", Id, primary_key=True),
    Column("external_id", Words, nullable=False, unique=True),
    Column("customer_id", Id, ForeignKey("customer.id", ondelete="RESTRICT"), nullable=False),
    Column("brand", Words, nullable=False),
    Column("last_four", Words, nullable=False),
    Column("exp_month", Whole, nullable=False),
    Column("exp_year", Whole, nullable=False),
    Column("country", Words, nullable=False),
    Column("fingerprint", Words, nullable=False),
    Column("wallet", Words, nullable=False),
    Column("livemode", Flag, nullable=False),
    Column("added_at", Instant, nullable=False),
    Column("removed_at", Instant),
    Column("noted_at", Instant, nullable=False),
    Column("noted_by", Words, nullable=False),
    CheckConstraint("external_id <> '' AND brand <> ''", name="named"),
    CheckConstraint("length(last_four) = 4", name="last_four"),
    CheckConstraint("exp_month BETWEEN 1 AND 12 AND exp_year BETWEEN 2000 AND 2100", name="expiry"),
    Index("ix_card_customer_id_id", "customer_id", "id"),
    Index("ix_card_last_four", "last_four"),
    sqlite_strict=True,
)

# A charge that is over: what was captured, or why it failed. What it paid stands in card_settlement.
card_payment = Table(
    "card_payment",
    metadata,
    Column("id", Id, primary_key=True),
    Column("external_id", Words, nullable=False, unique=True),  # the processor's: ch_...
    Column("payment_intent", Words, nullable=False),
    Column("payment_method", Words, nullable=False),
    Column("customer_id", Id, ForeignKey("customer.id", ondelete="RESTRICT"), nullable=False, index=True),
    Column("status", Words, nullable=False),
    Column("failure_code", Words, nullable=False),
    Column("failure", Words, nullable=False),
    Column("brand", Words, nullable=False),
    Column("last_four", Words, nullable=False),
    Column("currency", Words, ForeignKey("currency.code", ondelete="RESTRICT"), nullable=False),
    Column("gross_micros", Micros, nullable=False),
    Column("base_micros", Micros, nullable=False),  # AUD, at the rate of the day
    Column("owed_back_micros", Micros, nullable=False),  # paid beyond what was owed, by who pays afterwards
    Column("under_least", Flag, nullable=False),  # less than a card top-up may be (rule 1), but taken
    Column("charged_at", Instant, nullable=False),
    Column("effective_on", Day, nullable=False),
    Column("livemode", Flag, nullable=False),
    Column("noted_at", Instant, nullable=False),
    Column("noted_by", Words, nullable=False),
    CheckConstraint("status IN ('succeeded', 'failed')", name="status"),
    CheckConstraint("gross_micros > 0 AND owed_back_micros >= 0 AND owed_back_micros <= gross_micros", name="amounts"),
    CheckConstraint("(status = 'succeeded') = (base_micros > 0)", name="worth"),
    CheckConstraint("status = 'failed' OR (failure_code = '' AND failure = '')", name="failure"),
    sqlite_strict=True,
)
Index("ix_card_payment_newest", card_payment.c.charged_at, card_payment.c.id)
Index("ix_card_payment_last_four", card_payment.c.last_four)

# What a charge paid: the invoice of its own top-up, or what a customer who pays afterwards owed.
card_settlement = Table(
    "card_settlement",
    metadata,
    Column("id", Id, primary_key=True),
    Column("card_payment_id", Id, ForeignKey("card_payment.id", ondelete="RESTRICT"), nullable=False, index=True),
    Column("invoice_id", Id, ForeignKey("invoice.id", ondelete="RESTRICT"), nullable=False, index=True),
    Column("paid_micros", Micros, nullable=False),
    Column("net_micros", Micros, nullable=False),
    Column("base_micros", Micros, nullable=False),
    Column("settled_on", Day, nullable=False),  # never before the invoice was issued
    Column("entry_id", Id, ForeignKey("journal_entry.id", ondelete="RESTRICT"), nullable=False, unique=True),
    UniqueConstraint("card_payment_id", "invoice_id"),
    CheckConstraint("paid_micros > 0 AND net_micros >= 0 AND base_micros > 0", name="amounts"),
    Index("ix_card_settlement_day", "settled_on", "invoice_id", "paid_micros"),
    sqlite_strict=True,
)

# What happened to part of a charge afterwards: a refund or a dispute, step by step, and its fee.
card_return = Table(
    "card_return",
    metadata,
    Column("id", Id, primary_key=True),
    Column("key", Words, nullable=False, unique=True),  # the business event: re_...:refund, dp_...:lost, txn_...:fee
    Column("external_id", Words, nullable=False, index=True),  # the processor's: re_... or dp_...
    Column("act", Words, nullable=False),
    Column("card_payment_id", Id, ForeignKey("card_payment.id", ondelete="RESTRICT"), nullable=False, index=True),
    Column("currency", Words, ForeignKey("currency.code", ondelete="RESTRICT"), nullable=False),
    Column("micros", Micros, nullable=False),  # below zero only for a fee that was given back
    Column("cleared_micros", Micros, nullable=False),  # by how much card clearing rose
    Column("held_micros", Micros, nullable=False),  # by how much held disputes rose
    Column("happened_at", Instant, nullable=False),
    Column("effective_on", Day, nullable=False),
    Column("entry_id", Id, ForeignKey("journal_entry.id", ondelete="RESTRICT"), unique=True),
    Column("noted_at", Instant, nullable=False),
    Column("noted_by", Words, nullable=False),
    CheckConstraint(
        "act IN ('pending', 'canceled', 'refund', 'refund_failed', 'withdrawn', 'won', 'lost', 'fee')", name="act"
    ),
    CheckConstraint("micros > 0 OR (act = 'fee' AND micros < 0)", name="amount"),
    CheckConstraint("(act IN ('pending', 'canceled')) = (entry_id IS NULL)", name="posted"),
    sqlite_strict=True,
)

# What the processor settled for a charge, in the currency it settles in, and kept as its fee.
card_fee = Table(
    "card_fee",
    metadata,
    Column("id", Id, primary_key=True),
    Column("external_id", Words, nullable=False, unique=True),  # the processor's: txn_...
    Column("card_payment_id", Id, ForeignKey("card_payment.id", ondelete="RESTRICT"), nullable=False, unique=True),
    Column("currency", Words, nullable=False),
    Column("settled_micros", Micros, nullable=False),
    Column("fee_micros", Micros, nullable=False),
    Column("entry_id", Id, ForeignKey("journal_entry.id", ondelete="RESTRICT"), unique=True),
    Column("exchange_entry_id", Id, ForeignKey("journal_entry.id", ondelete="RESTRICT"), unique=True),
    Column("noted_at", Instant, nullable=False),
    Column("noted_by", Words, nullable=False),
    CheckConstraint("settled_micros > 0 AND fee_micros >= 0", name="amounts"),
    CheckConstraint("(fee_micros > 0) = (entry_id IS NOT NULL)", name="fee_is_posted"),
    sqlite_strict=True,
)
