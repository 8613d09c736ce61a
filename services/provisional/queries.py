"""Reads of credit ahead of transfers: what is given, what is left of it, what may be taken back."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Connection, Select, bindparam, cast, func, select

from services.access.tables import approval
from services.ledger.queries import credit_balance, promotional_credit
from services.money import Money
from services.provisional.model import AT_FIRST, Caps, NoSuchProvisional, Provisional
from services.provisional.tables import provisional_cap, provisional_credit, provisional_taking

_GIVEN, _TAKEN, _CAP = provisional_credit.c, provisional_taking.c, provisional_cap.c
_LIVE = _TAKEN.reversal_entry_id.is_(None)
_COLUMNS = [column for column in provisional_credit.c if column.name not in {"proof", "nonce"}]


def _taken() -> ColumnElement[int]:
    total = select(func.sum(_TAKEN.micros)).where(_TAKEN.provisional_id == _GIVEN.id, _LIVE).scalar_subquery()
    return cast(func.coalesce(total, 0), BigInteger)


def provisional(conn: Connection, *, provisional_id: int) -> Provisional:
    """One credit ahead; raises `NoSuchProvisional`."""
    found = _read(conn, [_GIVEN.id == provisional_id])
    if not found:
        raise NoSuchProvisional(f"No credit ahead of a transfer has the number {provisional_id}.")
    return found[0]


def of_invoice(conn: Connection, *, invoice_id: int) -> list[Provisional]:
    """What of an invoice's transfer is given ahead and still left, and what is asked for and not decided."""
    return [_from_row(row) for row in conn.execute(_of_invoice(), {"of_invoice": invoice_id})]


@cache
def _of_invoice() -> Select[Any]:
    """Built once: every receipt that is matched asks."""
    return _query([_GIVEN.invoice_id == bindparam("of_invoice"), _waits()])


def waiting(conn: Connection, *, page: int = 1, size: int = 50) -> tuple[list[Provisional], int]:
    """One page of credit ahead with something left, or not decided yet, soonest to expire first; and how many."""
    every = _read(conn, [_waits()])
    start = (max(page, 1) - 1) * size
    return every[start : start + size], len(every)


def _waits() -> ColumnElement[bool]:
    decided = select(approval.c.decision).where(approval.c.id == _GIVEN.approval_id).scalar_subquery()
    return (_GIVEN.entry_id.is_not(None) & (_GIVEN.micros > _taken())) | (_GIVEN.entry_id.is_(None) & decided.is_(None))


def ahead(conn: Connection) -> dict[int, int]:
    """AUD micros given ahead and still left, by customer."""
    left = _GIVEN.micros - _taken()
    rows = conn.execute(
        select(_GIVEN.customer_id, _GIVEN.aud_micros, _GIVEN.micros, left.label("left"))
        .where(_GIVEN.entry_id.is_not(None), _GIVEN.micros > _taken())
        .order_by(_GIVEN.id)
    )
    found: dict[int, int] = {}
    for row in rows:
        found[row.customer_id] = found.get(row.customer_id, 0) + -(-row.aud_micros * int(row.left) // row.micros)
    return found


def caps(conn: Connection, *, on: date) -> Caps:
    """What may be ahead on a day, by the newest change in force then."""
    return next(iter(_caps(conn, [_CAP.valid_from <= on], limit=1)), AT_FIRST)


def cap_changes(conn: Connection, *, limit: int = 50) -> list[Caps]:
    """Every change of what may be ahead, the newest first, those of later days too."""
    return _caps(conn, [], limit=limit)


def _caps(conn: Connection, fits: list[ColumnElement[bool]], *, limit: int) -> list[Caps]:
    newest = (_CAP.valid_from.desc(), _CAP.id.desc())
    rows = conn.execute(select(provisional_cap).where(*fits).order_by(*newest).limit(limit))
    return [
        Caps(
            Money(row.for_one_micros, "AUD"), Money(row.in_all_micros, "AUD"), row.usual_days, row.most_days,
            row.valid_from, row.changed_by, row.reason,
        )
        for row in rows
    ]  # fmt: skip


def to_take_back(conn: Connection, *, on: date, ids: Collection[int] | None = None) -> list[tuple[Provisional, Money]]:
    """Credit ahead whose transfer had not come by its last day, oldest first, and what of it is unused.

    What was used is not among them: it stays expected until the customer's next credit leaves something to take.
    """
    fits = [_GIVEN.entry_id.is_not(None), _GIVEN.expires_on < on, _GIVEN.micros > _taken()]
    unused: dict[tuple[int, str], int] = {}
    found = []
    for one in _read(conn, fits):
        whose = (one.customer_id, one.amount.currency)
        if whose not in unused:
            unused[whose] = max((credit_balance(conn, *whose) - promotional_credit(conn, *whose)).micros, 0)
        part = min(one.left.micros, unused[whose])
        unused[whose] -= part
        if part and (ids is None or one.id in ids):
            found.append((one, Money(part, one.amount.currency)))
    return found


def expires_since(conn: Connection) -> date | None:
    """The first day after which something given ahead may be taken back; None while nothing is given."""
    return conn.execute(select(func.min(_GIVEN.expires_on)).where(_GIVEN.entry_id.is_not(None))).scalar()


def proof(conn: Connection, *, provisional_id: int) -> tuple[str, bytes]:
    """The name and the very bytes of the proof; raises `NoSuchProvisional`."""
    row = conn.execute(select(_GIVEN.proof_name, _GIVEN.proof).where(_GIVEN.id == provisional_id)).one_or_none()
    if row is None:
        raise NoSuchProvisional(f"No credit ahead of a transfer has the number {provisional_id}.")
    return row.proof_name, bytes(row.proof)


def _read(conn: Connection, fits: list[ColumnElement[bool]]) -> list[Provisional]:
    return [_from_row(row) for row in conn.execute(_query(fits))]


def _query(fits: list[ColumnElement[bool]]) -> Select[Any]:
    return select(*_COLUMNS, _taken().label("taken")).where(*fits).order_by(_GIVEN.expires_on, _GIVEN.id)


def _from_row(row: Any) -> Provisional:
    return Provisional(
        row.id, row.invoice_id, row.customer_id, Money(row.micros, row.currency),
        Money(row.micros - int(row.taken), row.currency), row.aud_micros, row.expires_on, row.proof_name,
        row.proof_sha256, row.reason, row.asked_at, row.asked_by, row.approved_by, row.entry_id, row.approval_id,
    )  # fmt: skip
