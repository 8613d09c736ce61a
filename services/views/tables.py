"""Rows of saved views."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Table, UniqueConstraint, text

from services.db.types import Flag, Id, Instant, Words, metadata

_SHARED = text("shared")

saved_view = Table(
    "saved_view",
    metadata,
    Column("id", Id, primary_key=True),
    Column("nonce", Words, nullable=False, unique=True),
    Column("person_id", Id, ForeignKey("person.id", ondelete="RESTRICT"), nullable=False),
    Column("screen", Words, nullable=False),
    Column("name", Words, nullable=False),
    Column("name_key", Words, nullable=False),  # how it reads, whatever its capitals and spaces
    Column("query", Words, nullable=False),
    Column("shared", Flag, nullable=False),
    Column("saved_at", Instant, nullable=False),
    CheckConstraint("name <> '' AND length(name) <= 60 AND name_key <> ''", name="named"),
    CheckConstraint("screen <> '' AND length(query) <= 20000", name="query"),
    UniqueConstraint("person_id", "screen", "name_key"),
    Index("ix_saved_view_shared", "screen", sqlite_where=_SHARED, postgresql_where=_SHARED),
    sqlite_strict=True,
)
