"""Usage by day and by message, the imports it came by, and the roll-ups that spare a screen millions of rows."""

from __future__ import annotations

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    PrimaryKeyConstraint,
    Table,
    UniqueConstraint,
    text,
)

from services.db.types import Day, Flag, Id, Instant, Micros, Whole, Words, metadata
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
    Column("records", Whole, nullable=False, server_default="0"),  # message records behind it; none before imports
    Column("posted_on", Day),  # where its entry took effect, when that is not known to be the day itself
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
        Column("records", Whole, nullable=False, server_default="0"),
        PrimaryKeyConstraint(grain, "product", "country", "currency"),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )


usage_total_day = _roll_up("usage_total_day", "day")
usage_total_month = _roll_up("usage_total_month", "month")

usage_import = Table(
    "usage_import",
    metadata,
    Column("id", Id, primary_key=True),
    Column("source", Words, nullable=False),
    Column("file_name", Words, nullable=False),
    Column("sha256", Words, nullable=False),
    Column("format", Words, nullable=False),
    Column("status", Words, nullable=False),
    Column("rows_good", Whole, nullable=False),
    Column("rows_bad", Whole, nullable=False),
    Column("rows_repeated", Whole, nullable=False),
    Column("rows_late", Whole, nullable=False),
    Column("first_day", Day),
    Column("last_day", Day),
    Column("first_record_id", Id),
    Column("last_record_id", Id),
    Column("complete_through", Day),
    Column("imported_at", Instant, nullable=False),
    Column("imported_by", Words, nullable=False),
    Column("undone_at", Instant),
    Column("undone_by", Words),
    Column("undone_reason", Words),
    CheckConstraint("status IN ('imported', 'undone')", name="status"),
    CheckConstraint("(status = 'undone') = (undone_at IS NOT NULL)", name="undone"),
    CheckConstraint("rows_good >= 0 AND rows_bad >= 0 AND rows_repeated >= 0 AND rows_late >= 0", name="rows"),
    Index("ix_usage_import_sha256", "sha256"),
    sqlite_strict=True,
)

usage_record = Table(
    "usage_record",
    metadata,
    Column("id", Id, primary_key=True),
    Column("import_id", Id, ForeignKey("usage_import.id", ondelete="RESTRICT"), nullable=False),
    Column("line", Whole, nullable=False),
    Column("external_id", Words, nullable=False),
    Column("customer_id", Id, ForeignKey("customer.id", ondelete="RESTRICT"), nullable=False),
    Column("sub_account", Words, nullable=False),
    Column("product", Words, nullable=False),
    Column("direction", Words, nullable=False),
    Column("sent_at", Instant, nullable=False),
    Column("day", Day, nullable=False),
    Column("country", Words, nullable=False),
    Column("quantity", Whole, nullable=False),
    Column("parts", Whole, nullable=False),
    Column("unit_price_micros", Micros),
    Column("price_micros", Micros, nullable=False),
    Column("carrier_fee_micros", Micros, nullable=False),
    Column("currency", Words, nullable=False),
    Column("status", Words, nullable=False),
    Column("own_number", Words),
    Column("recipient", Words),
    Column("undone", Flag, nullable=False, server_default="0"),
    CheckConstraint(_PRODUCTS, name="product"),
    CheckConstraint("direction IN ('out', 'in')", name="direction"),
    CheckConstraint("external_id <> ''", name="external_id"),
    CheckConstraint("length(country) = 2 AND length(currency) = 3", name="codes"),
    CheckConstraint(
        "quantity > 0 AND parts >= 0 AND price_micros >= 0 AND carrier_fee_micros >= 0"
        " AND (unit_price_micros IS NULL OR unit_price_micros >= 0)",
        name="figures",
    ),
    Index("ix_usage_record_day", "day", "id"),
    Index("ix_usage_record_customer", "customer_id", "day", "id"),
    Index("ix_usage_record_product", "product", "day", "id"),
    sqlite_strict=True,
)
# What an undone import brought may be imported again.
Index(
    "uq_usage_record_external_id",
    usage_record.c.external_id,
    unique=True,
    sqlite_where=text("undone = 0"),
    postgresql_where=text("NOT undone"),
)

usage_bad_row = Table(
    "usage_bad_row",
    metadata,
    Column("id", Id, primary_key=True),
    Column("import_id", Id, ForeignKey("usage_import.id", ondelete="RESTRICT"), nullable=False, index=True),
    Column("line", Whole, nullable=False),
    Column("external_id", Words, nullable=False),
    Column("reason", Words, nullable=False),
    sqlite_strict=True,
)


def _by_sub_account(grain: str) -> Table:
    return Table(
        f"usage_sub_{grain}",
        metadata,
        Column("customer_id", Id, ForeignKey("customer.id", ondelete="RESTRICT"), nullable=False),
        Column(grain, Day, nullable=False),
        Column("sub_account", Words, nullable=False),
        Column("product", Words, nullable=False),
        Column("country", Words, nullable=False),
        Column("currency", Words, nullable=False),
        Column("records", Whole, nullable=False),
        Column("messages", Whole, nullable=False),
        Column("parts", Whole, nullable=False),
        Column("micros", Micros, nullable=False),
        PrimaryKeyConstraint("customer_id", grain, "sub_account", "product", "country", "currency"),
        # holds the figures too: a period over all customers is added up from the index alone
        Index(
            f"ix_usage_sub_{grain}_{grain}",
            *(grain, "customer_id", "sub_account", "product", "country", "currency"),
            *("records", "messages", "parts", "micros"),
        ),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )


usage_sub_day = _by_sub_account("day")
usage_sub_month = _by_sub_account("month")

# Traffic of the customers' own numbers, sent from them and received on them.
usage_number_day = Table(
    "usage_number_day",
    metadata,
    Column("e164", Words, nullable=False),
    Column("customer_id", Id, ForeignKey("customer.id", ondelete="RESTRICT"), nullable=False),
    Column("day", Day, nullable=False),
    Column("records", Whole, nullable=False),
    Column("messages", Whole, nullable=False),
    Column("micros", Micros, nullable=False),
    PrimaryKeyConstraint("e164", "customer_id", "day"),
    Index("ix_usage_number_day_customer", "customer_id", "day"),
    sqlite_strict=True,
    sqlite_with_rowid=False,
)

# A message is refunded once; who refunds says under which adjustment, and takes the row away with it.
usage_refund = Table(
    "usage_refund",
    metadata,
    Column("record_id", Id, ForeignKey("usage_record.id", ondelete="RESTRICT"), primary_key=True, autoincrement=False),
    Column("adjustment_id", Id, ForeignKey("adjustment.id", ondelete="RESTRICT"), nullable=False, index=True),
    sqlite_strict=True,
)
