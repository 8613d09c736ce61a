"""Steps that every change of a number shares: taking turns on it, writing it, and the audit trail."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select, update

from services.access import audit
from services.access.model import Permission, Principal
from services.db.engine import Transaction
from services.numbers.model import CHANGE_NUMBERS, DedicatedNumber
from services.numbers.queries import number
from services.numbers.tables import dedicated_number


def locked(tx: Transaction, number_id: int) -> DedicatedNumber:
    """The number as it stands, held until the transaction ends; raises `NoSuchNumber`."""
    tx.conn.execute(select(dedicated_number.c.id).where(dedicated_number.c.id == number_id).with_for_update())
    return number(tx.conn, number_id)


def write(tx: Transaction, number_id: int, **values: Any) -> None:
    """Change columns of a number."""
    tx.conn.execute(update(dedicated_number).where(dedicated_number.c.id == number_id).values(values))


def record(
    tx: Transaction,
    by: Principal,
    number_id: int,
    after: dict[str, Any],
    *,
    before: dict[str, Any] | None = None,
    reason: str = "",
    permission: Permission = CHANGE_NUMBERS,
) -> None:
    """Write what happened to a number into the audit trail."""
    audit.record(
        tx,
        by=by,
        act=permission.name,
        subject="number",
        subject_id=number_id,
        before=before,
        after=after,
        reason=reason,
    )
