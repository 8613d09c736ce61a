"""Reads of refunds of receipts: one, a page by state, what is to be paid, and what waits for a second person."""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Connection, Row, Select, cast, func, select

from services.access.tables import approval
from services.banking.model import BankLine
from services.banking.queries import from_row as line_from_row
from services.banking.sorting.tables import bank_sorting
from services.banking.tables import bank_line
from services.money import Money
from services.payments.refunds.model import REFUND_ACT, NoSuchRefund, Refund, RefundState
from services.payments.refunds.tables import receipt_refund

PAGE_SIZE = 50
_R, _S, _L = receipt_refund.c, bank_sorting.c, bank_line.c


def refund(conn: Connection, *, refund_id: int) -> Refund:
    """One refund, taken back or not; raises `NoSuchRefund`."""
    row = conn.execute(_refunds().where(_R.id == refund_id)).one_or_none()
    if row is None:
        raise NoSuchRefund(f"No refund of a receipt has the number {refund_id}.")
    return from_row(row)


def refund_by_nonce(conn: Connection, nonce: str) -> Refund | None:
    """What the form with this nonce refunded, if it did."""
    row = conn.execute(_refunds().where(_R.nonce == nonce)).one_or_none()
    return None if row is None else from_row(row)


def refunds_of_line(conn: Connection, line_id: int) -> list[Refund]:
    """The refunds of a receipt that count, oldest first."""
    wanted = _refunds().where(_R.bank_line_id == line_id, _R.undone_at.is_(None)).order_by(_R.id)
    return [from_row(row) for row in conn.execute(wanted)]


def refunded_base(conn: Connection, line_id: int) -> int:
    """AUD micros of a bank line that go back, or went."""
    total = select(cast(func.coalesce(func.sum(_R.base_micros), 0), BigInteger))
    return int(conn.execute(total.where(_R.bank_line_id == line_id, _R.undone_at.is_(None))).scalar_one())


def to_pay(conn: Connection, *, currency: str | None = None) -> list[Refund]:
    """The refunds no bank line paid yet, oldest first: what is expected to leave the bank."""
    fits = [*_in(RefundState.TO_PAY), *([_R.currency == currency] if currency else [])]
    return [from_row(row) for row in conn.execute(_refunds().where(*fits).order_by(_R.refunded_on, _R.id))]


def page(
    conn: Connection, *, state: RefundState | None = None, page: int = 1, size: int = PAGE_SIZE
) -> tuple[list[tuple[Refund, BankLine]], int]:
    """One page of refunds with their receipts, the oldest to pay first and others newest first; and how many."""
    fits = _in(state) if state else []
    tied = receipt_refund.outerjoin(bank_sorting, _tie())
    total = int(conn.execute(select(func.count()).select_from(tied).where(*fits)).scalar_one())
    oldest_first = (_R.refunded_on, _R.id)
    order = oldest_first if state is RefundState.TO_PAY else tuple(each.desc() for each in oldest_first)
    wanted = _refunds().where(*fits).order_by(*order).limit(size).offset((max(page, 1) - 1) * size)
    found = [from_row(row) for row in conn.execute(wanted)]
    ids = {each.bank_line_id for each in found}
    lines = {row.id: line_from_row(row) for row in conn.execute(select(bank_line).where(_L.id.in_(ids)))}
    return [(each, lines[each.bank_line_id]) for each in found], total


def asked(conn: Connection, *, line_ids: Collection[int]) -> dict[int, str]:
    """The nonces of refunds that wait for a second person, by the receipt they are of."""
    kept = approval.c
    subjects = {subject_of(each): each for each in line_ids}
    waits = (kept.act == REFUND_ACT, kept.decision.is_(None), kept.subject.in_(list(subjects)))
    rows = conn.execute(select(kept.subject, kept.payload).where(*waits))
    return {subjects[row.subject]: str(json.loads(row.payload)["nonce"]) for row in rows}


def subject_of(line_id: int) -> str:
    """What a request about a receipt names as its subject."""
    return f"receipt:{line_id}"


def _tie() -> ColumnElement[bool]:
    return (_S.receipt_refund_id == _R.id) & _S.undone_at.is_(None)


def _in(state: RefundState) -> list[ColumnElement[bool]]:
    if state is RefundState.UNDONE:
        return [_R.undone_at.is_not(None)]
    return [_R.undone_at.is_(None), _S.id.is_(None) if state is RefundState.TO_PAY else _S.id.is_not(None)]


def _refunds() -> Select[Any]:
    paid = (_S.bank_line_id.label("paid_line_id"), _L.booked_on.label("paid_on"))
    return select(receipt_refund, *paid).outerjoin(bank_sorting, _tie()).outerjoin(bank_line, _L.id == _S.bank_line_id)


def from_row(row: Row[Any]) -> Refund:
    """The refund a row holds."""
    return Refund(
        id=row.id,
        nonce=row.nonce,
        bank_line_id=row.bank_line_id,
        amount=Money(row.micros, row.currency),
        base_micros=row.base_micros,
        payer=row.payer,
        pay_to=row.pay_to,
        reason=row.reason,
        entry_id=row.entry_id,
        refunded_on=row.refunded_on,
        refunded_at=row.refunded_at,
        refunded_by=row.refunded_by,
        approved_by=row.approved_by,
        undone_at=row.undone_at,
        undone_by=row.undone_by,
        undone_reason=row.undone_reason,
        reversal_entry_id=row.reversal_entry_id,
        paid_line_id=row.paid_line_id,
        paid_on=row.paid_on,
    )
