"""Reads of allocations: one, those of a receipt or an invoice, a page of them, and which account paid for whom."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import pandas as pd
from sqlalchemy import Connection, Row, bindparam, func, select

from services.banking.tables import bank_line
from services.invoices.tables import invoice
from services.money import Money
from services.payments.model import Allocation, Evidence, NoSuchAllocation, Short
from services.payments.tables import allocation as allocation_table
from services.periods import Period

PAGE_SIZE = 50
# built once: a whole class of receipts is accepted one by one
_BY_ID = select(allocation_table).where(allocation_table.c.id == bindparam("allocation_id"))
_BY_NONCE = select(allocation_table).where(allocation_table.c.nonce == bindparam("form"))


@dataclass(frozen=True)
class AllocationsPage:
    """One page of allocations and how many fit in all.

    `rows`: id, allocated_on, bank_line_id, booked_on, counterparty, invoice_id, number, customer_id, username,
    currency, paid_micros, fee_micros, net_micros, rule, score, allocated_by, undone_at, undone_by, undone_reason.
    """

    rows: pd.DataFrame
    total: int


def allocation(conn: Connection, allocation_id: int) -> Allocation:
    """The allocation; raises `NoSuchAllocation`."""
    row = conn.execute(_BY_ID, {"allocation_id": allocation_id}).one_or_none()
    if row is None:
        raise NoSuchAllocation(f"There is no allocation {allocation_id}; look at the receipt again.")
    return from_row(row)


def allocation_by_nonce(conn: Connection, nonce: str) -> Allocation | None:
    """What the form with this nonce allocated, if it did."""
    row = conn.execute(_BY_NONCE, {"form": nonce}).one_or_none()
    return from_row(row) if row is not None else None


def allocations_of_line(conn: Connection, bank_line_id: int, *, undone: bool = False) -> list[Allocation]:
    """Where a receipt went, oldest first; `undone` adds those taken back."""
    return _of(conn, allocation_table.c.bank_line_id == bank_line_id, undone=undone)


def allocations_of_invoice(conn: Connection, invoice_id: int, *, undone: bool = False) -> list[Allocation]:
    """What was received on an invoice, oldest first; `undone` adds those taken back."""
    return _of(conn, allocation_table.c.invoice_id == invoice_id, undone=undone)


def page(
    conn: Connection,
    *,
    period: Period | None = None,
    customer_id: int | None = None,
    undone: bool | None = None,
    page: int = 1,
    size: int = PAGE_SIZE,
) -> AllocationsPage:
    """One page (the first is 1), newest first; `undone` True shows only those taken back, False only the others."""
    kept = allocation_table.c
    fits = []
    if period is not None:
        fits += [kept.allocated_on >= period.starts_on, kept.allocated_on < period.ends_before]
    if customer_id is not None:
        fits.append(kept.customer_id == customer_id)
    if undone is not None:
        fits.append(kept.undone_at.is_not(None) if undone else kept.undone_at.is_(None))
    total = conn.execute(select(func.count()).select_from(allocation_table).where(*fits)).scalar_one()
    shown = [kept.id, kept.allocated_on, kept.bank_line_id, bank_line.c.booked_on, bank_line.c.counterparty]
    shown += [kept.invoice_id, invoice.c.number, kept.customer_id, invoice.c.username, kept.currency]
    shown += [kept.paid_micros, kept.fee_micros, kept.net_micros, kept.rule, kept.score, kept.allocated_by]
    shown += [kept.undone_at, kept.undone_by, kept.undone_reason]
    wanted = (
        select(*shown)
        .join(bank_line, bank_line.c.id == kept.bank_line_id)
        .join(invoice, invoice.c.id == kept.invoice_id)
        .where(*fits)
        .order_by(kept.allocated_on.desc(), kept.id.desc())
    )
    found = conn.execute(wanted.limit(size).offset((page - 1) * size))
    frame = pd.DataFrame([tuple(row) for row in found], columns=[column.name for column in shown], dtype=object)
    return AllocationsPage(frame, int(total))


def invoice_numbers(conn: Connection, allocation_ids: Collection[int]) -> dict[int, str]:
    """The number of the invoice each allocation paid, also of those taken back."""
    kept = allocation_table.c
    wanted = select(kept.id, invoice.c.number).join(invoice, invoice.c.id == kept.invoice_id)
    return {row.id: row.number for row in conn.execute(wanted.where(kept.id.in_(allocation_ids)))}


def from_row(row: Row[Any]) -> Allocation:
    """The allocation a row holds."""
    code = row.currency
    return Allocation(
        id=row.id,
        nonce=row.nonce,
        bank_line_id=row.bank_line_id,
        invoice_id=row.invoice_id,
        customer_id=row.customer_id,
        paid=Money(row.paid_micros, code),
        fee=Money(row.fee_micros, code),
        net=Money(row.net_micros, code),
        base_micros=row.base_micros,
        short=Short(row.short),
        entry_id=row.entry_id,
        short_entry_id=row.short_entry_id,
        allocated_on=row.allocated_on,
        allocated_at=row.allocated_at,
        allocated_by=row.allocated_by,
        evidence=Evidence(
            row.rule,
            row.score,
            tuple(json.loads(row.reasons)),
            row.algorithm,
            None if row.automatic is None else bool(row.automatic),
        ),
        undone_at=row.undone_at,
        undone_by=row.undone_by,
        undone_reason=row.undone_reason,
        reversal_entry_id=row.reversal_entry_id,
        short_reversal_entry_id=row.short_reversal_entry_id,
    )


def _of(conn: Connection, fits: Any, *, undone: bool) -> list[Allocation]:
    wanted = select(allocation_table).where(fits).order_by(allocation_table.c.id)
    if not undone:
        wanted = wanted.where(allocation_table.c.undone_at.is_(None))
    return [from_row(row) for row in conn.execute(wanted)]
