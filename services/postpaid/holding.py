"""Holding one customer's monthly invoice, for a reason, and letting it go on: the run leaves it, then does it."""

from __future__ import annotations

from sqlalchemy import insert, update

from services.access.audit import record
from services.access.model import Principal, require
from services.db.engine import Transaction
from services.postpaid.model import HOLD_BILL, NotReady
from services.postpaid.queries.holds import BillHold, bill_holds
from services.postpaid.tables import commitment_hold
from services.postpaid.versions import locked
from services.texts import checked_reason

_HOLD = commitment_hold.c


def hold_bill(tx: Transaction, *, by: Principal, commitment_id: int, reason: str) -> BillHold:
    """Hold the monthly invoices of a commitment until somebody releases them; use is posted as ever, nothing is billed.

    Raises `InvalidForm` without a reason, and `NotReady` when it is held already or has ended.
    """
    require(by, HOLD_BILL)
    why = checked_reason(reason, ask="Say why the monthly invoice waits: it stands in the preview of the run.")
    locked(tx, commitment_id)
    if held := bill_holds(tx.conn, ids=[commitment_id]).get(commitment_id):
        raise NotReady(f"{held.held_by} holds this invoice already: {held.reason}")
    row = {"commitment_id": commitment_id, "reason": why, "held_at": tx.at, "held_by": by.name}
    tx.conn.execute(insert(commitment_hold), row)
    _record(tx, by, commitment_id, held=True, reason=why)
    return BillHold(commitment_id, why, by.name, tx.at)


def release_bill(tx: Transaction, *, by: Principal, commitment_id: int, reason: str) -> BillHold:
    """Let the next monthly run bill every month that waited, each for its own days and once; gives what held it.

    Raises `InvalidForm` without a reason, and `NotReady` when nothing holds it.
    """
    require(by, HOLD_BILL)
    why = checked_reason(reason, ask="Say why the monthly invoice goes on.")
    locked(tx, commitment_id)
    held = bill_holds(tx.conn, ids=[commitment_id]).get(commitment_id)
    if held is None:
        raise NotReady("Nobody holds this invoice, or not any more; look at the commitment again.")
    standing = update(commitment_hold).where(_HOLD.commitment_id == commitment_id, _HOLD.released_at.is_(None))
    tx.conn.execute(standing.values(released_at=tx.at, released_by=by.name, released_reason=why))
    _record(tx, by, commitment_id, held=False, reason=why)
    return held


def _record(tx: Transaction, by: Principal, commitment_id: int, *, held: bool, reason: str) -> None:
    after = {"monthly invoice": "held" if held else "goes on"}
    record(tx, by=by, act=HOLD_BILL.name, subject="commitment", subject_id=commitment_id, after=after, reason=reason)
