"""Rows of the outbox, the exact bytes that were sent, addresses mail came back from, and what is mailed by itself."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Table, text

from services.db.types import Bytes, Flag, Id, Instant, Whole, Words, metadata
from services.mail.model import About, MailKind, MailState, Via


def _one_of(column: str, values: type[MailKind | MailState | About | Via]) -> str:
    return "{} IN ({})".format(column, ", ".join(f"'{value.value}'" for value in values))


mail_content = Table(
    "mail_content",
    metadata,
    Column("sha256", Words, primary_key=True),
    Column("content", Bytes, nullable=False),
    Column("kept_at", Instant, nullable=False),
    CheckConstraint("length(sha256) = 64", name="hash"),
    sqlite_strict=True,
)

mail_message = Table(
    "mail_message",
    metadata,
    Column("id", Id, primary_key=True),
    Column("key", Words, nullable=False, unique=True),  # kind:thing:id:version:address
    Column("kind", Words, nullable=False),
    Column("about", Words, nullable=False),
    Column("about_id", Id, nullable=False),
    Column("version", Whole, nullable=False),
    Column("invoice_id", Id, ForeignKey("invoice.id", ondelete="RESTRICT"), index=True),
    Column("customer_id", Id, ForeignKey("customer.id", ondelete="RESTRICT"), nullable=False),
    Column("number", Words, nullable=False),
    Column("to_address", Words, nullable=False),
    Column("to_key", Words, nullable=False),
    Column("language", Words, nullable=False),
    Column("facts", Words, nullable=False),  # JSON: the words its letter names
    Column("subject", Words, nullable=False),
    Column("state", Words, nullable=False),
    Column("via", Words),
    Column("attempts", Whole, nullable=False),
    Column("next_at", Instant),
    Column("lease_until", Instant),
    Column("handed_at", Instant),  # when only the final dot was missing
    Column("message_id", Words, nullable=False, unique=True),
    Column("sha256", Words, ForeignKey("mail_content.sha256", ondelete="RESTRICT")),
    Column("queued_at", Instant, nullable=False),
    Column("queued_by", Words, nullable=False),
    Column("sent_at", Instant),
    Column("said", Words, nullable=False),
    Column("again_of_id", Id, ForeignKey("mail_message.id", ondelete="RESTRICT")),
    Column("reason", Words, nullable=False),  # why it is sent again
    CheckConstraint(_one_of("kind", MailKind), name="kind"),
    CheckConstraint(_one_of("about", About), name="about"),
    CheckConstraint(
        f"(invoice_id IS NULL) = (about IN ('{About.POSTPAID_LETTER.value}', '{About.COMMITMENT.value}'))",
        name="about_an_invoice",
    ),
    CheckConstraint(_one_of("state", MailState), name="state"),
    CheckConstraint(f"via IS NULL OR {_one_of('via', Via)}", name="via"),
    CheckConstraint("language IN ('en', 'fr')", name="language"),
    CheckConstraint("version > 0 AND attempts >= 0 AND to_key <> '' AND subject <> ''", name="whole"),
    CheckConstraint("(state = 'queued') = (next_at IS NOT NULL)", name="queued"),
    CheckConstraint("(state = 'sending') = (lease_until IS NOT NULL)", name="leased"),
    CheckConstraint("state <> 'sent' OR (via IS NOT NULL AND sent_at IS NOT NULL)", name="sent"),
    CheckConstraint("via IS NULL OR via <> 'smtp' OR sha256 IS NOT NULL", name="bytes_kept"),
    CheckConstraint("state <> 'uncertain' OR (handed_at IS NOT NULL AND sha256 IS NOT NULL)", name="uncertain"),
    CheckConstraint("(again_of_id IS NULL) = (reason = '')", name="sent_again_for_a_reason"),
    sqlite_strict=True,
)
Index("ix_mail_message_customer", mail_message.c.customer_id, mail_message.c.queued_at)
Index("ix_mail_message_queued_at", mail_message.c.queued_at, mail_message.c.id)
Index("ix_mail_message_about", mail_message.c.about, mail_message.c.about_id)
Index("ix_mail_message_again_of", mail_message.c.again_of_id)
_QUEUED, _SENDING = text("state = 'queued'"), text("state = 'sending'")
_NOT_SENT = text("state <> 'sent'")
Index("ix_mail_message_due", mail_message.c.next_at, sqlite_where=_QUEUED, postgresql_where=_QUEUED)
Index("ix_mail_message_leased", mail_message.c.lease_until, sqlite_where=_SENDING, postgresql_where=_SENDING)
Index("ix_mail_message_not_sent", mail_message.c.state, sqlite_where=_NOT_SENT, postgresql_where=_NOT_SENT)

# One row an address that mail came back from, until somebody knows better.
mail_mark = Table(
    "mail_mark",
    metadata,
    Column("address_key", Words, primary_key=True),
    Column("address", Words, nullable=False),
    Column("since", Instant, nullable=False),
    Column("said", Words, nullable=False),
    Column("mail_id", Id, ForeignKey("mail_message.id", ondelete="RESTRICT"), nullable=False),
    CheckConstraint("address_key <> ''", name="address"),
    sqlite_strict=True,
)

# The newest row counts: whether customers hear of every receipt by themselves.
mail_choice = Table(
    "mail_choice",
    metadata,
    Column("id", Id, primary_key=True),
    Column("receipts", Flag, nullable=False),
    Column("chosen_at", Instant, nullable=False),
    Column("chosen_by", Words, nullable=False),
    Column("reason", Words, nullable=False),
    sqlite_strict=True,
)
