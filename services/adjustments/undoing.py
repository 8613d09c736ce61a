"""Taking an adjustment back: its entry is reversed today, and undelivered messages can be refunded again."""

from __future__ import annotations

from sqlalchemy import select, update

from services.access.audit import record
from services.access.model import Principal, require
from services.adjustments.model import UNDO, Adjustment, CannotUndo, Spent, State
from services.adjustments.queries import adjustment as adjustment_by_id
from services.adjustments.tables import adjustment as table
from services.db.engine import Transaction
from services.ledger.operations import CreditTooSmall, reverse
from services.texts import checked_reason
from services.usage.refunding import release_records


def undo_adjustment(tx: Transaction, *, by: Principal, adjustment_id: int, reason: str) -> Adjustment:
    """Reverse an adjustment today. Raises `InvalidForm` without a reason, `CannotUndo`, `Spent` when it was used."""
    require(by, UNDO)
    reason = checked_reason(reason, ask="Say why the adjustment is taken back.")
    tx.conn.execute(select(table.c.id).where(table.c.id == adjustment_id).with_for_update())
    found = adjustment_by_id(tx.conn, adjustment_id)
    if found.state is not State.POSTED or found.entry_id is None:
        raise CannotUndo(f"This adjustment is {found.state.label.lower()}, so there is nothing to take back.")
    if found.expired_micros is not None:
        raise CannotUndo("This promotion has expired, and what was left of it is taken back already.")
    amount = found.wanted.amount.text()
    try:
        undone = reverse(tx, by=by, entry_id=found.entry_id, on=tx.today, reason=reason)
    except CreditTooSmall as error:
        raise Spent(f"The {amount} cannot be taken back: some of it has been used already.") from error
    done = {"undone_at": tx.at, "undone_by": by.name, "undone_reason": reason, "reversal_entry_id": undone.entry_id}
    tx.conn.execute(update(table).where(table.c.id == adjustment_id).values(done))
    if found.wanted.period:
        release_records(tx, adjustment_id=adjustment_id)
    before = {"kind": found.wanted.kind, "customer_id": found.wanted.customer_id, "amount": amount}
    record(tx, by=by, act=UNDO.name, subject="adjustment", subject_id=adjustment_id, before=before, reason=reason)
    return adjustment_by_id(tx.conn, adjustment_id)
