"""The index of terms: words, their trigrams, where they stand, and what has changed since it was last taken in."""

from __future__ import annotations

from sqlalchemy import Column, Integer, Table, UniqueConstraint

from services.db.types import Id, Words, metadata

# No foreign keys: rows of a source may come and go, and the index follows by `search_change`, which triggers write.
search_word = Table(
    "search_word",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("word", Words, nullable=False),
    UniqueConstraint("word"),
    sqlite_strict=True,
)

search_gram = Table(
    "search_gram",
    metadata,
    Column("gram", Integer, primary_key=True, autoincrement=False),
    Column("word_id", Integer, primary_key=True, autoincrement=False),
    sqlite_strict=True,
    sqlite_with_rowid=False,
)

search_entry = Table(
    "search_entry",
    metadata,
    Column("word_id", Integer, primary_key=True, autoincrement=False),
    Column("customer_id", Id, primary_key=True, autoincrement=False),
    Column("source", Integer, primary_key=True, autoincrement=False),
    Column("record_id", Id, primary_key=True, autoincrement=False),
    sqlite_strict=True,
    sqlite_with_rowid=False,
)

search_item = Table(
    "search_item",
    metadata,
    Column("record_id", Id, primary_key=True, autoincrement=False),
    Column("source", Integer, primary_key=True, autoincrement=False),
    Column("customer_id", Id, nullable=False),
    Column("words", Words, nullable=False),  # what the index holds of the record, parted by blanks
    sqlite_strict=True,
    sqlite_with_rowid=False,
)

search_change = Table(
    "search_change",
    metadata,
    Column("id", Id, primary_key=True),
    Column("source", Integer, nullable=False),
    Column("record_id", Id, nullable=False),
    Column("customer_id", Id, nullable=False),
    sqlite_strict=True,
)
