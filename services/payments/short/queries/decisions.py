"""Reads of what was decided about short payments."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, select

from services.money import Money
from services.payments.short.model import Cause, Decided, Decision, NoSuchDecision
from services.payments.short.tables import short_decision

_D = short_decision.c


def decision(conn: Connection, *, decision_id: int) -> Decided:
    """One decision, taken back or not; raises `NoSuchDecision`."""
    row = conn.execute(select(short_decision).where(_D.id == decision_id)).one_or_none()
    if row is None:
        raise NoSuchDecision(f"No decision on a short payment has the number {decision_id}.")
    return from_row(row)


def decision_by_nonce(conn: Connection, nonce: str) -> Decided | None:
    """What the form with this nonce decided, if it did."""
    row = conn.execute(select(short_decision).where(_D.nonce == nonce)).one_or_none()
    return None if row is None else from_row(row)


def decided_of_invoice(conn: Connection, *, invoice_id: int) -> list[Decided]:
    """Every decision on an invoice, those taken back too, oldest first."""
    rows = conn.execute(select(short_decision).where(_D.invoice_id == invoice_id).order_by(_D.id))
    return [from_row(row) for row in rows]


def standing_settled(conn: Connection, *, invoice_id: int) -> Decided | None:
    """The decision by which the payer bears the rest of the invoice, if one stands."""
    live = (_D.invoice_id == invoice_id, _D.undone_at.is_(None), _D.decision == Decision.SETTLED.value)
    row = conn.execute(select(short_decision).where(*live).order_by(_D.id.desc()).limit(1)).one_or_none()
    return None if row is None else from_row(row)


def from_row(row: Row[Any]) -> Decided:
    """The decision a row holds."""
    return Decided(
        id=row.id,
        invoice_id=row.invoice_id,
        decision=Decision(row.decision),
        cause=Cause(row.cause),
        amount=Money(row.micros, row.currency),
        net=Money(row.net_micros, row.currency),
        was_fee=bool(row.was_fee),
        reason=row.reason,
        wait_until=row.wait_until,
        entry_id=row.entry_id,
        decided_at=row.decided_at,
        decided_by=row.decided_by,
        approved_by=row.approved_by,
        undone_at=row.undone_at,
        undone_by=row.undone_by,
        undone_reason=row.undone_reason,
        reversal_entry_id=row.reversal_entry_id,
    )
