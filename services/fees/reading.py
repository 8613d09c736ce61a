"""Fees with every decision on their amounts, read whole for whoever works out a charge."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, select

from services.fees.model import Fee, FeeKind, NoSuchFee
from services.fees.tables import custom_fee, custom_fee_version
from services.money import Money


def fee(conn: Connection, fee_id: int) -> Fee:
    """The fee; raises `NoSuchFee`."""
    found = fees(conn, custom_fee.c.id == fee_id)
    if not found:
        raise NoSuchFee(f"There is no custom fee {fee_id}; look it up in the list.")
    return found[0]


def fees(conn: Connection, *where: ColumnElement[bool]) -> list[Fee]:
    """The fees that fit, by id."""
    versions = custom_fee_version.c
    rows = conn.execute(
        select(custom_fee, versions.from_month, versions.micros)
        .join_from(custom_fee, custom_fee_version, versions.fee_id == custom_fee.c.id)
        .where(*where)
        .order_by(custom_fee.c.id, versions.version)
    )
    grouped: dict[int, list[Row[Any]]] = {}
    for row in rows:
        grouped.setdefault(row.id, []).append(row)
    return [_fee(own) for own in grouped.values()]


def _fee(rows: Sequence[Row[Any]]) -> Fee:
    first = rows[0]
    return Fee(
        id=first.id,
        customer_id=first.customer_id,
        kind=FeeKind(first.kind),
        recurring=bool(first.recurring),
        visible=bool(first.visible),
        description=first.description,
        wording=first.wording,
        starts_on=first.starts_on,
        ends_before=first.ends_before,
        amounts=tuple((row.from_month, Money(row.micros, first.currency)) for row in rows),
    )
