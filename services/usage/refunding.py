"""Undelivered messages that were charged for: which can be refunded, and that none is refunded twice."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import BigInteger, ColumnElement, Connection, Text, and_, cast, delete, exists, false, func, select
from sqlalchemy import literal as value

from services.db.engine import Transaction
from services.periods import Period
from services.usage.model import Product
from services.usage.tables import usage_day, usage_record, usage_refund

UNDELIVERED = ("undelivered", "expired", "failed", "rejected", "bounced")  # words a platform has for "never arrived"


@dataclass(frozen=True, slots=True)
class Undelivered:
    """Undelivered messages of one customer, product and status that were charged for and not refunded yet."""

    product: Product
    status: str
    currency: str
    records: int
    micros: int


@dataclass(frozen=True, slots=True)
class Charged:
    """What of a journal entry's usage is to be refunded, in micros."""

    entry_id: int
    micros: int


def undelivered(
    conn: Connection, *, customer_id: int, period: Period, product: Product | None = None
) -> list[Undelivered]:
    """What could be refunded of a period's messages, by product and status."""
    c = usage_record.c
    sums = (cast(func.count(), BigInteger), cast(func.sum(c.price_micros), BigInteger))
    key = (c.product, c.status, c.currency)
    query = select(*key, *sums).where(*_refundable(customer_id, period, product)).group_by(*key).order_by(*key)
    return [Undelivered(Product(row[0]), *row[1:]) for row in conn.execute(query)]


def charged_by_entry(
    conn: Connection, *, customer_id: int, period: Period, product: Product | None = None
) -> list[Charged]:
    """The same messages by the journal entry that charged for them."""
    c, day = usage_record.c, usage_day.c
    posted = and_(
        day.source == value("import:") + cast(c.import_id, Text),
        *(day[name] == c[name] for name in ("day", "customer_id", "product", "country")),
    )
    query = (
        select(day.entry_id, cast(func.sum(c.price_micros), BigInteger))
        .join_from(usage_record, usage_day, posted)
        .where(*_refundable(customer_id, period, product), day.entry_id.is_not(None))
        .group_by(day.entry_id)
        .order_by(day.entry_id)
    )
    return [Charged(*row) for row in conn.execute(query)]


def claim_records(
    tx: Transaction, *, adjustment_id: int, customer_id: int, period: Period, product: Product | None = None
) -> None:
    """Refund what can be refunded under an adjustment: from now on these messages are refunded.

    Two people at once: the database refuses the second one a message that is refunded already.
    """
    wanted = select(usage_record.c.id, value(adjustment_id)).where(*_refundable(customer_id, period, product))
    tx.conn.execute(usage_refund.insert().from_select(["record_id", "adjustment_id"], wanted))


def release_records(tx: Transaction, *, adjustment_id: int) -> None:
    """Let the messages of a refund that was taken back be refunded again."""
    tx.conn.execute(delete(usage_refund).where(usage_refund.c.adjustment_id == adjustment_id))


def refunds_of_import(conn: Connection, import_id: int) -> list[int]:
    """The adjustments that refund messages of an import; it cannot be undone while there are any."""
    query = select(usage_refund.c.adjustment_id).join_from(usage_refund, usage_record)
    found = conn.execute(query.where(usage_record.c.import_id == import_id).distinct()).scalars()
    return sorted(found)


def _refundable(customer_id: int, period: Period, product: Product | None) -> list[ColumnElement[bool]]:
    c = usage_record.c
    found: list[ColumnElement[bool]] = [
        c.customer_id == customer_id,
        c.day >= period.starts_on,
        c.day < period.ends_before,
        c.status.in_(UNDELIVERED),
        c.undone.is_(false()),
        c.price_micros > 0,
        ~exists().where(usage_refund.c.record_id == c.id),
    ]
    return found if product is None else [*found, c.product == product.value]
