"""Rows of issued invoices, their papers and the counters of their gapless numbers; all a paper prints is copied in."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Table, UniqueConstraint, text

from services.db.types import Bytes, Day, Flag, Id, Instant, Micros, Whole, Words, metadata
from services.invoices.paper_tables import kept_paper, paper_version

__all__ = [
    "credit_note",
    "document_counter",
    "invoice",
    "invoice_draft",
    "invoice_line",
    "invoice_transition",
    "kept_paper",
    "paper_version",
]

document_counter = Table(
    "document_counter",
    metadata,
    Column("series", Words, primary_key=True),
    Column("last_no", Whole, nullable=False),
    CheckConstraint("last_no > 0", name="starts_at_one"),
    sqlite_strict=True,
)

_RECEIVED = "allocated_micros + fee_micros"
_COVERED = "allocated_micros + fee_micros + credited_micros"
_STATUS_FOLLOWS = (
    f"(status = 'issued' AND {_RECEIVED} = 0 AND {_COVERED} < gross_micros)"
    f" OR (status = 'part-paid' AND {_RECEIVED} > 0 AND {_COVERED} < gross_micros)"
    f" OR (status = 'paid' AND allocated_micros > 0 AND fee_micros + short_micros = 0 AND {_COVERED} = gross_micros)"
    " OR (status = 'settled short' AND allocated_micros > 0 AND fee_micros + short_micros > 0"
    f" AND {_COVERED} = gross_micros)"
    " OR (status = 'credited' AND credited_micros = gross_micros)"
    f" OR (status IN ('expired', 'void') AND {_COVERED} = 0)"
    f" OR (status = 'written off' AND ({_RECEIVED} > 0 OR kind = 'arrears') AND {_COVERED} < gross_micros)"
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
    Column("credited_micros", Micros, nullable=False, server_default="0", comment="by credit and adjustment notes"),
    Column("short_micros", Micros, nullable=False, server_default="0", comment="of it, because too little arrived"),
    Column("cleared_net_micros", Micros, nullable=False, server_default="0", comment="of the net, no longer awaited"),
    Column("language", Words, nullable=False),
    Column("company_name", Words, nullable=False),
    Column("address", Words, nullable=False),
    Column("business_id", Words, nullable=False),
    Column("email", Words, nullable=False),
    Column("contact_name", Words, nullable=False),
    Column("contact_phone", Words, nullable=False),
    Column("po_number", Words, nullable=False, server_default="", comment="the buyer's purchase order"),
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
    Column("kind", Words, nullable=False, server_default="top-up", comment="for credit, or for use in arrears"),
    Column("absorbed_micros", Micros, nullable=False, server_default="0"),  # of allocated, borne by us
    Column("gst_on_receipt", Flag, nullable=False, server_default="0"),  # issued on a cash basis (decision 0040)
    Column("paid_by", Words, nullable=False, server_default=""),  # JSON: the card that paid at once, as printed
    Column("used_days", Words, nullable=False, server_default=""),  # in arrears: first and last day, "…/…" of ISO 8601
    UniqueConstraint("series", "serial_no"),
    CheckConstraint("kind IN ('top-up', 'arrears')", name="kind"),
    CheckConstraint("serial_no > 0", name="numbered"),
    CheckConstraint("gross_micros > 0 AND net_micros > 0 AND tax_micros >= 0", name="signs"),
    CheckConstraint("net_micros + tax_micros = gross_micros", name="adds_up"),
    CheckConstraint("gross_micros >= minimum_micros", name="reaches_the_minimum"),
    CheckConstraint("allocated_micros >= 0 AND fee_micros >= 0", name="received"),
    CheckConstraint("short_micros >= 0 AND short_micros <= credited_micros", name="credited"),
    CheckConstraint("allocated_micros + fee_micros + credited_micros <= gross_micros", name="not_overpaid"),
    CheckConstraint("absorbed_micros >= 0 AND absorbed_micros <= allocated_micros", name="absorbed"),
    CheckConstraint("cleared_net_micros >= 0 AND cleared_net_micros <= net_micros", name="cleared"),
    CheckConstraint("tax_micros = 0 OR fee_micros = 0", name="taxed_is_never_settled_short"),
    CheckConstraint("due_on >= issued_on", name="due_after_issue"),
    CheckConstraint("language IN ('en', 'fr')", name="language"),
    CheckConstraint(_STATUS_FOLLOWS, name="status_follows"),
    sqlite_strict=True,
)

Index("ix_invoice_customer", invoice.c.customer_id, invoice.c.issued_on)
Index("ix_invoice_issued_on", invoice.c.issued_on, invoice.c.id)
Index("ix_invoice_open", invoice.c.currency, invoice.c.status)
_ASKS = text("status IN ('issued', 'part-paid')")
# The same for queries: written out and not bound, so that SQLite sees that the index holds what is asked for.
ASKS_FOR_MONEY = text("invoice.status IN ('issued', 'part-paid')")
Index("ix_invoice_asks", invoice.c.kind, invoice.c.due_on, sqlite_where=_ASKS, postgresql_where=_ASKS)
_SHORT = text("status = 'part-paid' OR fee_micros + short_micros + absorbed_micros > 0")
Index("ix_invoice_short", invoice.c.issued_on, invoice.c.id, sqlite_where=_SHORT, postgresql_where=_SHORT)

# A form that was begun: what is typed so far, right or wrong, under the form's nonce. It has no number and no effect.
invoice_draft = Table(
    "invoice_draft",
    metadata,
    Column("id", Id, primary_key=True),
    Column("nonce", Words, nullable=False, unique=True, comment="the invoice's own, once it is issued"),
    Column("customer_id", Id, ForeignKey("customer.id", ondelete="RESTRICT"), nullable=False, index=True),
    Column("currency", Words, nullable=False),
    Column("amount", Words, nullable=False, comment="as typed"),
    Column("details", Words, nullable=False, comment="JSON: the buyer's details as typed"),
    Column("due_on", Day),
    Column("po_number", Words, nullable=False),
    Column("send", Flag, nullable=False, server_default="1"),  # the tick for e-mail
    Column("version", Whole, nullable=False),
    Column("owner_id", Id, ForeignKey("person.id", ondelete="RESTRICT")),
    Column("owner", Words, nullable=False),
    Column("begun_at", Instant, nullable=False),
    Column("saved_at", Instant, nullable=False),
    Column("saved_by", Words, nullable=False),
    CheckConstraint("nonce <> '' AND version > 0", name="begun"),
    CheckConstraint("length(details) <= 10000", name="details"),
    sqlite_strict=True,
)
Index("ix_invoice_draft_saved_at", invoice_draft.c.saved_at)
# What an invoice in arrears breaks its net down into; one for credit has a single line and no rows (rule 21).
invoice_line = Table(
    "invoice_line",
    metadata,
    Column("invoice_id", Id, ForeignKey("invoice.id", ondelete="RESTRICT"), primary_key=True),
    Column("place", Whole, primary_key=True, autoincrement=False),
    Column("label", Words, nullable=False),
    Column("detail", Words, nullable=False),
    Column("quantity", Whole, comment="messages or numbers, where they are counted"),
    Column("net_micros", Micros, nullable=False),
    CheckConstraint("place > 0 AND label <> ''", name="said"),
    CheckConstraint("quantity > 0", name="counted"),
    sqlite_strict=True,
)
# Who ended an invoice or brought it back, when and why. What payments and credit notes do follows from them.
invoice_transition = Table(
    "invoice_transition",
    metadata,
    Column("id", Id, primary_key=True),
    Column("invoice_id", Id, ForeignKey("invoice.id", ondelete="RESTRICT"), nullable=False, index=True),
    Column("from_status", Words, nullable=False),
    Column("to_status", Words, nullable=False),
    Column("moved_on", Day, nullable=False),
    Column("moved_at", Instant, nullable=False),
    Column("moved_by", Words, nullable=False),
    Column("reason", Words, nullable=False),
    Column("entry_id", Id, ForeignKey("journal_entry.id", ondelete="RESTRICT"), nullable=False, unique=True),
    Column("gross_micros", Micros, nullable=False, comment="what the books stop asking for; less than 0 if again"),
    Column("tax_micros", Micros, nullable=False, comment="the tax in it"),
    CheckConstraint("from_status <> to_status", name="moves"),
    sqlite_strict=True,
)

# A credit note takes back part of an invoice, or all of it; on a taxed Australian one it is called an adjustment note.
credit_note = Table(
    "credit_note",
    metadata,
    Column("id", Id, primary_key=True),
    Column("nonce", Words, nullable=False, unique=True),
    Column("request_hash", Bytes, nullable=False),
    Column("series", Words, nullable=False),
    Column("serial_no", Whole, nullable=False),
    Column("number", Words, nullable=False, unique=True),
    Column("kind", Words, nullable=False),
    Column("invoice_id", Id, ForeignKey("invoice.id", ondelete="RESTRICT"), nullable=False, index=True),
    Column("customer_id", Id, ForeignKey("customer.id", ondelete="RESTRICT"), nullable=False, index=True),
    Column("currency", Words, nullable=False),
    Column("gross_micros", Micros, nullable=False),
    Column("net_micros", Micros, nullable=False),
    Column("tax_micros", Micros, nullable=False),
    Column("returned_micros", Micros, nullable=False, comment="of the gross, what had been paid and is owed back"),
    Column("returned_net_micros", Micros, nullable=False, comment="the net in it"),
    Column("before_micros", Micros, nullable=False, comment="what the invoice came to before this note"),
    Column("cause", Words, nullable=False),
    Column("reason", Words, nullable=False),
    Column("issued_on", Day, nullable=False),
    Column("issued_at", Instant, nullable=False),
    Column("issued_by", Words, nullable=False),
    Column("language", Words, nullable=False),
    Column("buyer", Words, nullable=False, comment="JSON: the buyer as printed"),
    Column("seller", Words, nullable=False, comment="JSON: the seller as printed"),
    Column("entry_id", Id, ForeignKey("journal_entry.id", ondelete="RESTRICT"), nullable=False, unique=True),
    UniqueConstraint("series", "serial_no"),
    CheckConstraint("serial_no > 0", name="numbered"),
    CheckConstraint("kind IN ('credit', 'adjustment')", name="kind"),
    CheckConstraint("cause IN ('short payment', 'cancelled', 'wrong details', 'price', 'other')", name="cause"),
    CheckConstraint("gross_micros > 0 AND net_micros >= 0 AND tax_micros >= 0", name="signs"),
    CheckConstraint("net_micros + tax_micros = gross_micros", name="adds_up"),
    CheckConstraint("returned_micros >= 0 AND returned_micros <= gross_micros", name="returned"),
    CheckConstraint("returned_net_micros >= 0 AND returned_net_micros <= net_micros", name="returned_net"),
    CheckConstraint("gross_micros <= before_micros", name="not_more_than_the_invoice"),
    CheckConstraint("language IN ('en', 'fr')", name="language"),
    sqlite_strict=True,
)
Index("ix_credit_note_issued_on", credit_note.c.issued_on, credit_note.c.id)
