"""Reads of remembered payers: whose account paid for whom, as matching asks and as a list shows."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, exists, func, or_, select

from services.banking.tables import bank_line
from services.customers.tables import customer
from services.payments.payers.model import NotRemembered, Payer
from services.payments.payers.tables import forgotten_payer
from services.payments.tables import allocation

PAGE_SIZE = 50
_A, _F, _C = allocation.c, forgotten_payer.c, customer.c


def known_payers(conn: Connection, accounts: Collection[str]) -> dict[str, frozenset[int]]:
    """For each payer's account (letters and digits, capitals) the customers whose invoices it paid before."""
    wanted = select(_A.payer_account, _A.customer_id).distinct()
    fits = (_A.payer_account.in_([account for account in accounts if account]), *_remembered())
    found: dict[str, set[int]] = {}
    for account, customer_id in conn.execute(wanted.where(*fits)):
        found.setdefault(account, set()).add(customer_id)
    return {account: frozenset(customers) for account, customers in found.items()}


def payers(conn: Connection, *, text: str = "", page: int = 1, size: int = PAGE_SIZE) -> tuple[list[Payer], int]:
    """One page of remembered payers, the last to pay first, and how many; `text` is found in account or customer."""
    fits = [_A.payer_account != "", *_remembered()]
    for word in text.split():
        like = word.casefold()
        fits.append(
            or_(
                func.lower(_C.name).contains(like, autoescape=True),
                func.lower(_A.payer_account).contains(like, autoescape=True),
            )
        )
    grouped = _grouped(fits)
    shown = grouped.add_columns(func.count().over().label("total"))
    shown = shown.order_by(func.max(_A.allocated_on).desc(), func.max(_A.id).desc())
    rows = conn.execute(shown.limit(size).offset((max(page, 1) - 1) * size)).all()
    if rows:
        total = int(rows[0].total)
    else:  # beyond the last page
        total = int(conn.execute(select(func.count()).select_from(grouped.subquery())).scalar_one())
    known = known_payers(conn, sorted({row.payer_account for row in rows}))
    names = _names(conn, [row.newest for row in rows])
    found = [
        Payer(
            row.payer_account, row.customer_id, row.name, names[row.newest], int(row.times), row.last_on,
            len(known[row.payer_account]) > 1,
        )
        for row in rows
    ]  # fmt: skip
    return found, total


def newest_of(conn: Connection, *, account: str, customer_id: int) -> int:
    """The id of the newest allocation that is remembered of a payer; raises `NotRemembered`."""
    mine = (_A.payer_account == account, _A.customer_id == customer_id, *_remembered())
    newest = conn.execute(select(func.max(_A.id)).where(*mine)).scalar()
    if newest is None or not account:
        raise NotRemembered("This account is not remembered for that customer any more; look at the list again.")
    return int(newest)


def _remembered() -> list[ColumnElement[bool]]:
    """What speaks for a payer: allocations that count and came after it was last forgotten."""
    gone = exists().where(_F.account == _A.payer_account, _F.customer_id == _A.customer_id, _F.upto >= _A.id)
    return [_A.undone_at.is_(None), ~gone]


def _grouped(fits: list[ColumnElement[bool]]) -> Select[Any]:
    last_on, newest = func.max(_A.allocated_on).label("last_on"), func.max(_A.id).label("newest")
    columns = (_A.payer_account, _A.customer_id, _C.name, func.count().label("times"), last_on, newest)
    wanted = select(*columns).join(customer, _C.id == _A.customer_id).where(*fits)
    return wanted.group_by(_A.payer_account, _A.customer_id, _C.name)


def _names(conn: Connection, allocation_ids: Collection[int]) -> dict[int, str]:
    wanted = select(_A.id, bank_line.c.counterparty).join(bank_line, bank_line.c.id == _A.bank_line_id)
    return {row.id: row.counterparty for row in conn.execute(wanted.where(_A.id.in_(list(allocation_ids))))}
