"""Charging recurring fees on the 1st in advance: what is due, and charging each fee's month once."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, insert, or_, select

from services.access.model import Principal, require
from services.customers.queries import names
from services.db.engine import Transaction
from services.fees.accounting import fee_draft
from services.fees.model import CHARGE_FEES, DueFee, Fee
from services.fees.queries.reading import fees
from services.fees.tables import custom_fee, custom_fee_charge
from services.ledger.model import BASE_CURRENCY
from services.ledger.operations import post_many
from services.money import Money
from services.periods import Period, month_of
from services.pricing.queries import rate_on

Charge = tuple[Fee, Period, Money]


def due_fees(conn: Connection, *, month: date) -> list[DueFee]:
    """The recurring fees due in the month around a day and not charged yet, by fee id; also of a month to come."""
    due = _due(conn, month, _running(month_of(month)))
    called = names(conn, sorted({one.customer_id for one, _, _ in due})) if due else {}
    return [
        DueFee(one.id, one.customer_id, called[one.customer_id], one.description, days, amount)
        for one, days, amount in due
    ]


def charge_fees(tx: Transaction, *, by: Principal, month: date, fee_ids: Collection[int] | None = None) -> int:
    """Charge the recurring fees of the month around a day, each once; gives how many were charged now.

    `fee_ids` restricts it to some fees. Meant for the 1st, in advance; run again it charges nobody twice, and after
    downtime it catches up. Posts even where the credit does not suffice: what was agreed falls due. Raises what
    `ledger.post_many` raises.
    """
    require(by, CHARGE_FEES)
    where = _running(month_of(month))
    if fee_ids is not None:
        where.append(custom_fee.c.id.in_(sorted(set(fee_ids))))
    # locked first and read for charges after: two runs at once take turns
    tx.conn.execute(select(custom_fee.c.id).where(*where).order_by(custom_fee.c.id).with_for_update())
    return charge(tx, _due(tx.conn, month, where), by=by)


def charge(tx: Transaction, charges: Sequence[Charge], *, by: Principal, decided: bool = False) -> int:
    """Post charges of months not charged yet and keep each; `decided` when a person set the fee just now."""
    due = [each for each in charges if each[2]]  # a day of a cheap fee can round to nothing
    if not due:
        return 0
    drafts = [fee_draft(*each, rate=_rate(tx, each), decided=decided) for each in due]
    ids = post_many(tx, drafts, by=by)
    rows: list[dict[str, Any]] = [
        {
            "fee_id": one.id,
            "customer_id": one.customer_id,
            "visible": one.visible,
            "month": days.starts_on.replace(day=1),
            "starts_on": days.starts_on,
            "ends_before": days.ends_before,
            "posted_on": days.starts_on,
            "posted_month": days.starts_on.replace(day=1),
            "micros": amount.micros,
            "currency": amount.currency,
            "entry_id": entry_id,
            "charged_by": by.name,
            "approved_by": "",
            "reason": "",
        }
        for (one, days, amount), entry_id in zip(due, ids, strict=True)
    ]
    tx.conn.execute(insert(custom_fee_charge), rows)
    return len(rows)


def _running(month: Period) -> list[ColumnElement[bool]]:
    c = custom_fee.c
    return [
        c.recurring.is_(True),
        c.starts_on < month.ends_before,
        or_(c.ends_before.is_(None), c.ends_before > month.starts_on),
    ]


def _due(conn: Connection, month: date, where: Sequence[ColumnElement[bool]]) -> list[Charge]:
    c, first = custom_fee_charge.c, month.replace(day=1)
    charged = set(
        conn.execute(select(c.fee_id).where(c.posted_month == first, c.month == first, c.reverses_id.is_(None)))
        .scalars()
    )  # fmt: skip
    found = [(one, one.charge_for(month)) for one in fees(conn, *where) if one.id not in charged]
    return [(one, *due) for one, due in found if due and due[1]]


def _rate(tx: Transaction, each: Charge) -> Any:
    _, days, amount = each
    if amount.currency == BASE_CURRENCY:
        return None
    return rate_on(tx.conn, amount.currency, days.starts_on).aud_per_unit
