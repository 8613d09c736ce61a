"""Holding what is left of a receipt in suspense, giving it to another owner, and taking it out."""

from __future__ import annotations

from typing import Any

from sqlalchemy import insert, update

from services.access.audit import record
from services.access.model import Principal, require
from services.banking.operations import record_allocation, release_allocation
from services.banking.queries import line as line_by_id
from services.db.engine import Transaction
from services.db.keys import next_id
from services.db.turns import wait_for_turn
from services.errors import InvalidForm
from services.ledger.operations import post, reverse
from services.money import Money
from services.payments.operations import NonceReused
from services.payments.parts import part_of, worth_of
from services.payments.suspense import queries
from services.payments.suspense.accounting import held as held_draft
from services.payments.suspense.model import HOLD, TAKE_OUT, AlreadyOut, Held, NothingToHold
from services.payments.suspense.tables import held_receipt
from services.texts import checked_reason

_SUBJECT = "held_receipt"


def hold(
    tx: Transaction,
    *,
    by: Principal,
    nonce: str,
    line_id: int,
    reason: str,
    owner_id: int | None = None,
    amount: Money | None = None,
) -> Held:
    """Hold what is left of a receipt, or `amount` of it, in suspense; it leaves the inbox until it is taken out.

    `owner_id` is who finds out whose it is, whoever holds it where none is given. The same form again returns what
    it held. Raises `InvalidForm` (reason, owner, amount), `NothingToHold`, `NonceReused`.
    """
    require(by, HOLD)
    reason = checked_reason(reason, ask="Say why it cannot be placed yet.")
    wait_for_turn(tx, f"hold:{nonce}", f"bank_line:{line_id}")
    if made := queries.held_by_nonce(tx.conn, nonce):
        if made.bank_line_id != line_id:
            raise NonceReused("This form was already sent for another receipt; open this receipt again.")
        return made
    line = line_by_id(tx.conn, line_id)
    part = part_of(line, amount, verb="hold", refusal=NothingToHold)
    owner = _owner(tx, by, owner_id)
    base = worth_of(tx, line, part)
    held_id = next_id(tx, held_receipt)
    memo = f"Held: {line.counterparty or 'an unnamed payer'}, {reason}"
    draft = held_draft(held_id=held_id, amount=part, base_micros=base, on=tx.today, memo=memo)
    row: dict[str, Any] = {
        "id": held_id,
        "nonce": nonce,
        "bank_line_id": line.id,
        "currency": part.currency,
        "micros": part.micros,
        "base_micros": base,
        "reason": reason,
        **owner,
        "entry_id": post(tx, draft, by=by).entry_id,
        "held_on": tx.today,
        "held_at": tx.at,
        "held_by": by.name,
    }
    tx.conn.execute(insert(held_receipt).values(row))
    record_allocation(tx, line_id=line.id, amount=part)
    after = {"receipt": line.id, "amount": part.text(), "owner": row["owner"]}
    record(tx, by=by, act=HOLD.name, subject=_SUBJECT, subject_id=held_id, after=after, reason=reason)
    return queries.held(tx.conn, held_id=held_id)


def hand_over(tx: Transaction, *, by: Principal, held_id: int, owner_id: int) -> Held:
    """Give a held receipt to another owner. Raises `AlreadyOut` and `InvalidForm` (owner)."""
    require(by, HOLD)
    found = _live(tx, held_id)
    if found.owner_id == owner_id:
        return found
    owner = _owner(tx, by, owner_id)
    tx.conn.execute(update(held_receipt).where(held_receipt.c.id == held_id).values(owner))
    was, now = {"owner": found.owner}, {"owner": owner["owner"]}
    record(tx, by=by, act=HOLD.name, subject=_SUBJECT, subject_id=held_id, before=was, after=now)
    return queries.held(tx.conn, held_id=held_id)


def take_out(tx: Transaction, *, by: Principal, held_id: int, reason: str) -> Held:
    """Take it out of suspense: its entry is reversed today and the receipt waits in the inbox again.

    Raises `AlreadyOut` and `InvalidForm` without a reason.
    """
    require(by, TAKE_OUT)
    reason = checked_reason(reason, ask="Say what was found out, or why it is taken out.")
    return leave_suspense(tx, by=by, held_id=held_id, reason=reason)


def leave_suspense(tx: Transaction, *, by: Principal, held_id: int, reason: str) -> Held:
    """What taking out does, for acts that need it on their way, such as a refund. Raises `AlreadyOut`."""
    found = _live(tx, held_id)
    undone = reverse(tx, by=by, entry_id=found.entry_id, on=tx.today, reason=reason)
    done = {"out_at": tx.at, "out_by": by.name, "out_reason": reason, "reversal_entry_id": undone.entry_id}
    tx.conn.execute(update(held_receipt).where(held_receipt.c.id == held_id).values(done))
    release_allocation(tx, line_id=found.bank_line_id, amount=found.amount)
    before = {"receipt": found.bank_line_id, "amount": found.amount.text(), "owner": found.owner}
    record(tx, by=by, act=TAKE_OUT.name, subject=_SUBJECT, subject_id=held_id, before=before, reason=reason)
    return queries.held(tx.conn, held_id=held_id)


def _live(tx: Transaction, held_id: int) -> Held:
    found = queries.held(tx.conn, held_id=held_id)
    wait_for_turn(tx, f"bank_line:{found.bank_line_id}")
    found = queries.held(tx.conn, held_id=held_id)
    if not found.counts:
        raise AlreadyOut(f"{found.out_by} took this out already; look at the receipt again.")
    return found


def _owner(tx: Transaction, by: Principal, owner_id: int | None) -> dict[str, Any]:
    if owner_id is None:
        return {"owner_id": by.person_id, "owner": by.name}
    names = queries.owners(tx.conn)
    if owner_id not in names:
        raise InvalidForm({"owner": "A held receipt belongs to somebody in accounting; choose one of them."})
    return {"owner_id": owner_id, "owner": names[owner_id]}
