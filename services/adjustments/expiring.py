"""Taking back what is left of promotions on the day they expire."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from sqlalchemy import select, update

from services.access.audit import record
from services.access.model import Principal, require
from services.adjustments.accounting import expired
from services.adjustments.model import EXPIRE
from services.adjustments.queries import Due, due_expiries
from services.adjustments.tables import adjustment as table
from services.db.engine import Transaction
from services.ledger.operations import post
from services.pricing.queries import rate_on


def expire_promotions(
    tx: Transaction, *, by: Principal, on: date | None = None, adjustment_ids: Collection[int] | None = None
) -> int:
    """Take back what is left of every promotion that no longer counts on a day (today unless said), each once.

    Only of `adjustment_ids`, if given. Gives how many expired now. Use has drawn the oldest promotion first; of one
    used up nothing is taken. Posts on that day; raises `PeriodClosed`.
    """
    require(by, EXPIRE)
    day = on or tx.today
    wanted = [each.adjustment_id for each in due_expiries(tx.conn, on=day, adjustment_ids=adjustment_ids)]
    tx.conn.execute(select(table.c.id).where(table.c.id.in_(wanted)).order_by(table.c.id).with_for_update())
    # one after the other and looked up again: each changes what is left of the customer's next one
    return sum(_expire(tx, by, adjustment_id, day) for adjustment_id in wanted)


def _expire(tx: Transaction, by: Principal, adjustment_id: int, day: date) -> int:
    found = due_expiries(tx.conn, on=day, adjustment_ids=[adjustment_id])
    if not found:
        return 0
    due: Due = found[0]
    done: dict[str, int] = {"expired_micros": due.left.micros}
    if due.left:
        rate = rate_on(tx.conn, due.left.currency, day).aud_per_unit
        draft = expired(adjustment_id, due.wanted, left=due.left.micros, rate=rate, on=day)
        done["expiry_entry_id"] = post(tx, draft, by=by).entry_id
    tx.conn.execute(update(table).where(table.c.id == adjustment_id).values(done))
    after = {"customer_id": due.wanted.customer_id, "taken_back": due.left.text()}
    record(tx, by=by, act=EXPIRE.name, subject="adjustment", subject_id=adjustment_id, after=after)
    return 1
