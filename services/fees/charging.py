"""Charging recurring fees on the 1st in advance: what is due, and charging each fee's month once."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, exists, func, insert, or_, select

from services.access.model import Principal, require
from services.customers.queries import names
from services.db.engine import Transaction
from services.fees.accounting import fee_draft
from services.fees.model import CHARGE_FEES, DueFee, Fee
from services.fees.reading import fees
from services.fees.tables import custom_fee, custom_fee_charge
from services.ledger.lateness import first_open_day
from services.ledger.model import BASE_CURRENCY, Draft
from services.ledger.operations import post_many
from services.money import Money
from services.periods import Period, month_of
from services.pricing.queries import rate_on

Charge = tuple[Fee, Period, Money]


def due_fees(conn: Connection, *, month: date, fee_ids: Collection[int] | None = None) -> list[DueFee]:
    """The recurring fees due in the month around a day and not charged yet, by id; of some, if named.

    A month to come can be asked for too: it shows what will be charged then.
    """
    due = _due(conn, month, _running(month_of(month), fee_ids))
    called = names(conn, sorted({one.customer_id for one, _, _ in due})) if due else {}
    return [
        DueFee(one.id, one.customer_id, called[one.customer_id], one.description, days, amount)
        for one, days, amount in due
    ]


def set_since(conn: Connection) -> date | None:
    """The first day of the first recurring fee, from which on one can be due; None before there is one."""
    c = custom_fee.c
    return conn.execute(select(func.min(c.starts_on)).where(c.recurring.is_(True))).scalar()


def charge_fees(tx: Transaction, *, by: Principal, month: date, fee_ids: Collection[int] | None = None) -> int:
    """Charge the recurring fees of the month around a day, each once; gives how many were charged now.

    `fee_ids` restricts it to some fees. Meant for the 1st, in advance; run again it charges nobody twice, and after
    downtime it catches up. Posts even where the credit does not suffice: what was agreed falls due; a month that is
    closed is posted on the first open day. Raises what `ledger.post_many` raises.
    """
    require(by, CHARGE_FEES)
    where = _running(month_of(month), fee_ids)
    # locked first and read for charges after: two runs at once take turns
    tx.conn.execute(select(custom_fee.c.id).where(*where).order_by(custom_fee.c.id).with_for_update()).all()
    return charge(tx, _due(tx.conn, month, where), by=by)


def charge(tx: Transaction, charges: Sequence[Charge], *, by: Principal, decided: bool = False) -> int:
    """Post charges of months not charged yet and keep each; `decided` when a person set the fee just now."""
    due = [each for each in charges if each[2]]  # a day of a cheap fee can round to nothing
    if not due:
        return 0
    open_from = first_open_day(tx)
    posted_on = [max(days.starts_on, open_from) for _, days, _ in due]
    drafts = [_draft(tx, each, on, decided=decided) for each, on in zip(due, posted_on, strict=True)]
    ids = post_many(tx, drafts, by=by)
    rows: list[dict[str, Any]] = [
        {
            "fee_id": one.id,
            "customer_id": one.customer_id,
            "visible": one.visible,
            "month": days.starts_on.replace(day=1),
            "starts_on": days.starts_on,
            "ends_before": days.ends_before,
            "posted_on": on,
            "posted_month": on.replace(day=1),
            "micros": amount.micros,
            "currency": amount.currency,
            "entry_id": entry_id,
            "charged_by": by.name,
            "approved_by": "",
            "reason": "",
        }
        for (one, days, amount), on, entry_id in zip(due, posted_on, ids, strict=True)
    ]
    tx.conn.execute(insert(custom_fee_charge), rows)
    return len(rows)


def _running(month: Period, fee_ids: Collection[int] | None) -> list[ColumnElement[bool]]:
    c = custom_fee.c
    found = [
        c.recurring.is_(True),
        c.starts_on < month.ends_before,
        or_(c.ends_before.is_(None), c.ends_before > month.starts_on),
    ]
    return found if fee_ids is None else [*found, c.id.in_(fee_ids)]


def _due(conn: Connection, month: date, where: Sequence[ColumnElement[bool]]) -> list[Charge]:
    c = custom_fee_charge.c
    charged = exists().where(c.fee_id == custom_fee.c.id, c.month == month.replace(day=1), c.reverses_id.is_(None))
    found = [(one, one.charge_for(month)) for one in fees(conn, *where, ~charged)]
    return [(one, *due) for one, due in found if due and due[1]]


def _draft(tx: Transaction, each: Charge, on: date, *, decided: bool) -> Draft:
    one, days, amount = each
    home = amount.currency == BASE_CURRENCY
    rate = None if home else rate_on(tx.conn, amount.currency, on).aud_per_unit
    return fee_draft(one, days, amount, rate=rate, on=on, decided=decided)
