"""What the recurring fees of a month still cost: one query however many fees there are."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, func, or_, select

from services.fees.tables import custom_fee, custom_fee_charge, custom_fee_version
from services.periods import month_of
from services.pricing.shares import MonthShares


def due_by_fee(conn: Connection, *, month: date) -> Select[Any]:
    """What of a month's recurring fees is not charged yet, fee by fee: customer_id, currency, micros.

    A select, so that others can add to it; it works out what `charging.due_fees` does, to the coin, with those that
    round to nothing.
    """
    days, c, charge = month_of(month), custom_fee.c, custom_fee_charge.c
    charged = (
        select(charge.id)
        .where(charge.fee_id == c.id, charge.month == days.starts_on, charge.reverses_id.is_(None))
        .exists()
    )
    amount = MonthShares(conn, month).of(
        _amount_in(days.starts_on), starts_on=c.starts_on, ends_before=c.ends_before, currency=c.currency
    )
    return select(c.customer_id, c.currency, amount.label("micros")).where(
        c.recurring.is_(True),
        c.starts_on < days.ends_before,
        or_(c.ends_before.is_(None), and_(c.ends_before > days.starts_on, c.ends_before > c.starts_on)),
        ~charged,
    )


def _amount_in(month: date) -> ColumnElement[int]:
    """`Fee.amount_in` as a column beside `custom_fee`: the latest decision that speaks of the month, or the first."""
    versions = custom_fee_version.c
    own = select(versions.micros).where(versions.fee_id == custom_fee.c.id).limit(1)
    spoken = own.where(versions.from_month <= month).order_by(versions.version.desc())
    return func.coalesce(spoken.scalar_subquery(), own.order_by(versions.version).scalar_subquery())
