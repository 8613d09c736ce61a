"""Usage by day, and its two roll-ups that let a screen add up millions of rows without reading them."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, PrimaryKeyConstraint, Table, UniqueConstraint

from services.db.types import Day, Id, Micros, Whole, Words, metadata
from services.usage.model import Product

_PRODUCTS = "product IN ({})".format(", ".join(f"'{product.value}'" for product in Product))
# An undone import will add the opposite rows: all figures of a row share one sign.
_ONE_SIGN = "(messages >= 0 AND parts >= 0 AND micros >= 0) OR (messages <= 0 AND parts <= 0 AND micros <= 0)"

usage_day = Table(
    "usage_day",
    metadata,
    Column("id", Id, primary_key=True),
    Column("source", Words, nullable=False),
    Column("day", Day, nullable=False),
    Column("customer_id", Id, ForeignKey("customer.id", ondelete="RESTRICT"), nullable=False),
    Column("product", Words, nullable=False),
    Column("country", Words, nullable=False),
    Column("currency", Words, nullable=False),
    Column("messages", Whole, nullable=False),
    Column("parts", Whole, nullable=False),
    Column("micros", Micros, nullable=False),
    Column("entry_id", Id, ForeignKey("journal_entry.id", ondelete="RESTRICT"), nullable=True),
    CheckConstraint(_PRODUCTS, name="product"),
    CheckConstraint(_ONE_SIGN, name="one_sign"),
    CheckConstraint("length(country) = 2 AND length(currency) = 3", name="codes"),
    CheckConstraint("entry_id IS NOT NULL OR micros = 0", name="posted"),
    UniqueConstraint("source", "day", "customer_id", "product", "country", name="uq_usage_day_source"),
    Index("ix_usage_day_customer", "customer_id", "day"),
    Index("ix_usage_day_day", "day", "id"),
    sqlite_strict=True,
)


def _roll_up(name: str, grain: str) -> Table:
    return Table(
        name,
        metadata,
        Column(grain, Day, nullable=False),
        Column("product", Words, nullable=False),
        Column("country", Words, nullable=False),
        Column("currency", Words, nullable=False),
        Column("row_count", Whole, nullable=False),
        Column("messages", Whole, nullable=False),
        Column("parts", Whole, nullable=False),
        Column("micros", Micros, nullable=False),
        PrimaryKeyConstraint(grain, "product", "country", "currency"),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )


usage_total_day = _roll_up("usage_total_day", "day")
usage_total_month = _roll_up("usage_total_month", "month")
