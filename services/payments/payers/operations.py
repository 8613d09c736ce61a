"""Forgetting a payer that was learned wrongly."""

from __future__ import annotations

from sqlalchemy import insert

from services.access.audit import record
from services.access.model import Principal, require
from services.db.engine import Transaction
from services.db.keys import next_id
from services.db.turns import wait_for_turn
from services.payments.payers import queries
from services.payments.payers.model import FORGET
from services.payments.payers.tables import forgotten_payer
from services.texts import checked_reason


def forget_payer(tx: Transaction, *, by: Principal, account: str, customer_id: int, reason: str) -> None:
    """Let an account speak for a customer no more; what was matched stays, what is matched later is learned anew.

    Raises `NotRemembered` and `InvalidForm` without a reason.
    """
    require(by, FORGET)
    reason = checked_reason(reason, ask="Say why the account is not this customer’s.")
    wait_for_turn(tx, f"payer:{account}")
    row = {
        "id": next_id(tx, forgotten_payer),
        "account": account,
        "customer_id": customer_id,
        "upto": queries.newest_of(tx.conn, account=account, customer_id=customer_id),
        "reason": reason,
        "forgotten_at": tx.at,
        "forgotten_by": by.name,
    }
    tx.conn.execute(insert(forgotten_payer), row)
    before = {"account": account, "customer_id": customer_id}
    record(tx, by=by, act=FORGET.name, subject="payer", subject_id=row["id"], before=before, reason=reason)
