"""Writing down what a line is: its entry, its row, and the mark on the line; the last step of every way to say it."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import insert, select, update

from services.access.audit import record
from services.access.model import Principal
from services.banking.allocating import record_allocation
from services.banking.model import BankLine
from services.banking.sorting import queries
from services.banking.sorting.accounting import sorted_line
from services.banking.sorting.model import SORT, Rule, Sort, Sorting
from services.banking.sorting.tables import bank_sorting
from services.banking.tables import bank_line
from services.db.engine import Transaction
from services.db.keys import next_id
from services.ledger.lateness import days_of_effect
from services.ledger.operations import post


def lock_lines(tx: Transaction, ids: Collection[int]) -> None:
    """Wait until nobody else says anything of these lines, or undoes their import; always in the order of their ids."""
    tx.conn.execute(select(bank_line.c.id).where(bank_line.c.id.in_(ids)).order_by(bank_line.c.id).with_for_update())


def mark_sorted(tx: Transaction, line_id: int, *, is_sorted: bool) -> None:
    """On the line itself, so that what waits is found without looking at all that was ever sorted."""
    tx.conn.execute(update(bank_line).where(bank_line.c.id == line_id).values(is_sorted=is_sorted))


def write_sorting(
    tx: Transaction,
    line: BankLine,
    sort: Sort,
    *,
    by: Principal,
    customer_id: int | None = None,
    rule: Rule | None = None,
    first: Sorting | None = None,
    other_base: int | None = None,
    receipt_refund_id: int | None = None,
) -> Sorting:
    """Post what a line is on the day it was booked, or the first open day after, and keep who or which rule said it.

    `first` is the sorting of the other side of a transfer, `receipt_refund_id` the refund of a receipt that it paid;
    `other_base` as in `accounting.sorted_line`.
    """
    sorting_id = next_id(tx, bank_sorting)
    on = days_of_effect(tx, [line.booked_on])[line.booked_on]
    draft = sorted_line(
        sorting_id=sorting_id, line=line, sort=sort, on=on, customer_id=customer_id, other_base=other_base
    )
    entry_id = post(tx, draft, by=by).entry_id
    row = {
        "id": sorting_id,
        "bank_line_id": line.id,
        "sort": sort.value,
        "currency": line.amount.currency,
        "amount_micros": line.amount.micros,
        "customer_id": customer_id,
        "pair_id": first.id if first else None,
        "receipt_refund_id": receipt_refund_id,
        "rule_id": rule.id if rule else None,
        "entry_id": entry_id,
        "sorted_on": tx.today,
        "sorted_at": tx.at,
        "sorted_by": by.name,
    }
    tx.conn.execute(insert(bank_sorting), row)
    mark_sorted(tx, line.id, is_sorted=True)
    if line.amount.micros > 0:
        record_allocation(tx, line_id=line.id, amount=line.amount)
    facts = {"sort": sort, "amount": line.amount.text()} | ({"rule": rule.id} if rule else {})
    record(tx, by=by, act=SORT.name, subject="bank_line", subject_id=line.id, after=facts)
    return queries.sorting(tx.conn, sorting_id=sorting_id)
