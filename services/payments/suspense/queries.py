"""Reads of held receipts: one, a page of those in suspense, their worth on a line, and who may own one."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Connection, Row, cast, func, select

from services.access.model import Role
from services.access.tables import person
from services.banking.ageing import Aged, ageing
from services.banking.model import BankLine
from services.banking.queries import from_row as line_from_row
from services.banking.tables import bank_line
from services.db.folding import Folded
from services.money import Money
from services.payments.suspense.model import Held, NoSuchHeld
from services.payments.suspense.tables import held_receipt

PAGE_SIZE = 50
_H, _L = held_receipt.c, bank_line.c


def held(conn: Connection, *, held_id: int) -> Held:
    """One held receipt, taken out or not; raises `NoSuchHeld`."""
    row = conn.execute(select(held_receipt).where(_H.id == held_id)).one_or_none()
    if row is None:
        raise NoSuchHeld(f"No held receipt has the number {held_id}.")
    return from_row(row)


def held_by_nonce(conn: Connection, nonce: str) -> Held | None:
    """What the form with this nonce held, if it did."""
    row = conn.execute(select(held_receipt).where(_H.nonce == nonce)).one_or_none()
    return None if row is None else from_row(row)


def held_base(conn: Connection, line_id: int) -> int:
    """AUD micros of a bank line that are in suspense."""
    total = select(cast(func.coalesce(func.sum(_H.base_micros), 0), BigInteger))
    return int(conn.execute(total.where(_H.bank_line_id == line_id, _H.out_at.is_(None))).scalar_one())


def waiting_by_age(conn: Connection, *, today: date) -> list[Aged]:
    """`banking.ageing.ageing`, told what of suspense is receipts that are held."""
    total = select(_H.currency, cast(func.sum(_H.micros), BigInteger)).where(_H.out_at.is_(None)).group_by(_H.currency)
    return ageing(conn, today=today, held={code: int(micros) for code, micros in conn.execute(total)})


def in_suspense(
    conn: Connection, *, owner_id: int | None = None, out: bool = False, page: int = 1, size: int = PAGE_SIZE
) -> tuple[list[tuple[Held, BankLine]], int]:
    """One page of held receipts with their lines, the longest held first, and how many; `out` adds those taken out."""
    fits: list[ColumnElement[bool]] = [] if out else [_H.out_at.is_(None)]
    if owner_id is not None:
        fits.append(_H.owner_id == owner_id)
    total = int(conn.execute(select(func.count()).select_from(held_receipt).where(*fits)).scalar_one())
    wanted = select(held_receipt).where(*fits).order_by(_H.held_on, _H.id)
    rows = [from_row(row) for row in conn.execute(wanted.limit(size).offset((max(page, 1) - 1) * size))]
    ids = [each.bank_line_id for each in rows]
    lines = {row.id: line_from_row(row) for row in conn.execute(select(bank_line).where(_L.id.in_(ids)))}
    return [(each, lines[each.bank_line_id]) for each in rows], total


def owners(conn: Connection) -> dict[int, str]:
    """The names of who may own a held receipt, by id, in the order of their names."""
    wanted = select(person.c.id, person.c.name).where(person.c.active.is_(True), person.c.role == Role.ACCOUNTING.value)
    return {row.id: row.name for row in conn.execute(wanted.order_by(Folded(person.c.name), person.c.id))}


def from_row(row: Row[Any]) -> Held:
    """The held receipt a row holds."""
    return Held(
        id=row.id,
        bank_line_id=row.bank_line_id,
        amount=Money(row.micros, row.currency),
        base_micros=row.base_micros,
        reason=row.reason,
        owner_id=row.owner_id,
        owner=row.owner,
        entry_id=row.entry_id,
        held_on=row.held_on,
        held_at=row.held_at,
        held_by=row.held_by,
        out_at=row.out_at,
        out_by=row.out_by,
        out_reason=row.out_reason,
        reversal_entry_id=row.reversal_entry_id,
    )
