"""What becomes of credit ahead: its receipt settles it, or it is taken back when its transfer did not come."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import insert, select, update

from services.access.audit import record
from services.access.model import Principal, require
from services.db.engine import Transaction
from services.db.keys import next_id
from services.db.turns import wait_for_turn
from services.ledger.operations import post, reverse
from services.money import Money, divide
from services.provisional import queries
from services.provisional.accounting import taken
from services.provisional.model import CAPS, TAKE_BACK, Provisional
from services.provisional.tables import provisional_taking


def take_back_expired(tx: Transaction, *, by: Principal, ids: Collection[int]) -> int:
    """Take back what is unused of credit whose transfer did not come in time; gives how many.

    What the customer used already stays expected, and is taken from the next credit they buy.
    """
    require(by, TAKE_BACK)
    wait_for_turn(tx, CAPS)
    unused = queries.to_take_back(tx.conn, on=tx.today, ids=ids)
    for found, part in unused:
        _take(tx, found, part, by=by, allocation_id=None, guarded=True)
    return len(unused)


def settle_with_receipt(tx: Transaction, *, by: Principal, invoice_id: int, allocation_id: int, net: Money) -> None:
    """A receipt brought `net` of credit: what was given ahead of it goes. In the transaction of its allocation."""
    for found in queries.of_invoice(tx.conn, invoice_id=invoice_id):
        part = Money(min(found.left.micros, net.micros), net.currency)
        if found.entry_id is not None and part:
            _take(tx, found, part, by=by, allocation_id=allocation_id, guarded=False)


def unsettle(tx: Transaction, *, by: Principal, allocation_id: int, reason: str) -> None:
    """The receipt was taken back from its invoice: what had been given ahead of it is given again."""
    column = provisional_taking.c
    here = (column.allocation_id == allocation_id, column.reversal_entry_id.is_(None))
    for row in tx.conn.execute(select(column.id, column.entry_id).where(*here)).all():
        undone = reverse(tx, by=by, entry_id=row.entry_id, on=tx.today, reason=reason)
        done = update(provisional_taking).where(column.id == row.id).values(reversal_entry_id=undone.entry_id)
        tx.conn.execute(done)


def _take(
    tx: Transaction, found: Provisional, part: Money, *, by: Principal, allocation_id: int | None, guarded: bool
) -> None:
    taking_id = next_id(tx, provisional_taking)
    gone = found.amount.micros - found.left.micros
    worth = [divide(found.aud_micros * micros, found.amount.micros) for micros in (gone, gone + part.micros)]
    draft = taken(
        taking_id=taking_id,
        provisional_id=found.id,
        customer_id=found.customer_id,
        amount=part,
        base_micros=worth[1] - worth[0],
        on=tx.today,
        memo="Its transfer arrived" if allocation_id else "Its transfer did not arrive in time",
        guarded=guarded,
    )
    row = {
        "id": taking_id,
        "provisional_id": found.id,
        "allocation_id": allocation_id,
        "micros": part.micros,
        "entry_id": post(tx, draft, by=by).entry_id,
        "taken_at": tx.at,
        "taken_by": by.name,
    }
    tx.conn.execute(insert(provisional_taking), row)
    facts = {"amount": part.text(), "settled": allocation_id is not None}
    record(tx, by=by, act=TAKE_BACK.name, subject="provisional", subject_id=found.id, after=facts)
