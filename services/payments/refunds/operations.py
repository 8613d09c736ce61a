"""Refunding what is left of a receipt, tying the bank line that paid it, and taking the refund back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import insert, update

from services.access.audit import record
from services.access.model import Principal, require
from services.banking.model import BankLine
from services.banking.operations import record_allocation, release_allocation
from services.banking.queries import line as line_by_id
from services.banking.sorting.model import SORT, AlreadySorted, Sort, Sorting
from services.banking.sorting.queries import sorting_of_line
from services.banking.sorting.writing import lock_lines, write_sorting
from services.db.engine import Transaction
from services.db.keys import next_id
from services.db.turns import wait_for_turn
from services.errors import InvalidForm, Stale
from services.ledger.operations import post, reverse
from services.money import Money
from services.payments.operations import NonceReused
from services.payments.parts import part_of, worth_of
from services.payments.refunds import queries
from services.payments.refunds.accounting import refunded
from services.payments.refunds.asking import Wanted, ask, in_aud
from services.payments.refunds.model import (
    ALONE_BELOW,
    APPROVE_REFUND,
    REFUND,
    UNDO_REFUND,
    AlreadyPaid,
    AlreadyUndone,
    NothingToRefund,
    NotThisRefund,
    Refund,
    RefundAsked,
)
from services.payments.refunds.tables import receipt_refund
from services.payments.suspense.operations import leave_suspense
from services.payments.suspense.queries import held as held_by_id
from services.texts import checked_reason, text_fault

_SUBJECT = "receipt_refund"


def refund_receipt(
    tx: Transaction,
    *,
    by: Principal,
    nonce: str,
    line_id: int,
    reason: str,
    amount: Money | None = None,
    pay_to: str = "",
    held_id: int | None = None,
) -> Refund | None:
    """Pay what is left of a receipt, or `amount` of it, back to its payer; or all that is held of it (`held_id`).

    It goes to the account it came from; `pay_to` is needed only where the bank did not say which. From 500 AUD
    equivalent, counting what was refunded of the receipt before, a second person is asked and None returned. The same
    form again returns what it made. Raises `InvalidForm` (reason, amount, pay_to), `NothingToRefund`, `RefundAsked`,
    `NonceReused`, `suspense.AlreadyOut`.
    """
    require(by, REFUND)
    reason = checked_reason(reason, ask="Say why the money goes back.")
    wait_for_turn(tx, f"refund:{nonce}", f"bank_line:{line_id}")
    if made := queries.refund_by_nonce(tx.conn, nonce):
        return _repeated(made, line_id)
    line = line_by_id(tx.conn, line_id)
    account = line.counterparty_account.strip() or pay_to.strip()
    wrong = text_fault(account) if account else "The bank does not say where it came from: give the payer’s account."
    if wrong:
        raise InvalidForm({"pay_to": wrong})
    part = _part(tx, line, amount, held_id)
    wanted = Wanted(nonce, line, part, account, reason, held_id, by.name)
    if waits := queries.asked(tx.conn, line_ids=[line_id]):
        if waits[line_id] == nonce:
            return None
        raise RefundAsked("A refund of this receipt waits for a second person already; decide on it or withdraw it.")
    if in_aud(tx, wanted) < ALONE_BELOW:
        return _post(tx, wanted, by=by, approved_by="")
    ask(tx, wanted, by=by)
    return None


def apply_refund(tx: Transaction, *, by: Principal, payload: Mapping[str, Any]) -> Refund:
    """Refund what was asked for: runs when `by`, the second person, approves. Raises `Stale` where less is left."""
    require(by, APPROVE_REFUND)
    nonce, line_id = str(payload["nonce"]), int(payload["line_id"])
    wait_for_turn(tx, f"refund:{nonce}", f"bank_line:{line_id}")
    if made := queries.refund_by_nonce(tx.conn, nonce):
        return made
    line = line_by_id(tx.conn, line_id)
    amount = Money(int(payload["micros"]), line.amount.currency)
    try:
        part = _part(tx, line, amount, payload["held_id"])
    except NothingToRefund as error:
        raise Stale(f"{error} Decline this and ask again.") from error
    wanted = Wanted(
        nonce, line, part, str(payload["pay_to"]), str(payload["reason"]), payload["held_id"], str(payload["asked_by"])
    )
    return _post(tx, wanted, by=by, approved_by=by.name)


def match_refund(tx: Transaction, *, by: Principal, line_id: int, refund_id: int) -> Sorting:
    """Say that a line of money out paid a refund: the same amount, to the coin; undone as any sorted line.

    Raises `NotThisRefund`, `AlreadyPaid`, `AlreadyUndone`, `banking.sorting.AlreadySorted`.
    """
    require(by, SORT)
    owed = queries.refund(tx.conn, refund_id=refund_id)
    lock_lines(tx, [line_id])
    wait_for_turn(tx, f"refund of bank_line:{owed.bank_line_id}")
    before = sorting_of_line(tx.conn, line_id=line_id)
    if before is not None and before.receipt_refund_id == refund_id:
        return before
    if before is not None:
        raise AlreadySorted(
            f"{before.sorted_by} said meanwhile that this is: {before.sort.label}; take that back first."
        )
    found, line = _standing(tx, refund_id), line_by_id(tx.conn, line_id)
    if line.undone_at is not None or line.amount != -found.amount:
        raise NotThisRefund(f"This line is {line.amount.text()}; the refund is {(-found.amount).text()}.")
    return write_sorting(tx, line, Sort.REFUND, by=by, receipt_refund_id=refund_id, other_base=found.base_micros)


def undo_refund(tx: Transaction, *, by: Principal, refund_id: int, reason: str) -> Refund:
    """Take a refund back that no bank line paid: its entry is reversed today and the receipt waits again.

    Raises `InvalidForm` without a reason, `AlreadyUndone`, `AlreadyPaid`.
    """
    require(by, UNDO_REFUND)
    reason = checked_reason(reason, ask="Say why the refund is taken back.")
    line_id = queries.refund(tx.conn, refund_id=refund_id).bank_line_id
    wait_for_turn(tx, f"bank_line:{line_id}", f"refund of bank_line:{line_id}")
    found = _standing(tx, refund_id)
    undone = reverse(tx, by=by, entry_id=found.entry_id, on=tx.today, reason=reason)
    done = {"undone_at": tx.at, "undone_by": by.name, "undone_reason": reason, "reversal_entry_id": undone.entry_id}
    tx.conn.execute(update(receipt_refund).where(receipt_refund.c.id == refund_id).values(done))
    release_allocation(tx, line_id=line_id, amount=found.amount)
    before = {"receipt": line_id, "amount": found.amount.text(), "pay to": found.pay_to}
    record(tx, by=by, act=UNDO_REFUND.name, subject=_SUBJECT, subject_id=refund_id, before=before, reason=reason)
    return queries.refund(tx.conn, refund_id=refund_id)


def _standing(tx: Transaction, refund_id: int) -> Refund:
    found = queries.refund(tx.conn, refund_id=refund_id)
    if found.undone_at is not None:
        raise AlreadyUndone(f"{found.undone_by} took this refund back already; look at the receipt again.")
    if found.paid_line_id is not None:
        raise AlreadyPaid("A bank line paid this refund; take back what that line was said to be first.")
    return found


def _part(tx: Transaction, line: BankLine, amount: Money | None, held_id: int | None) -> Money:
    if held_id is None:
        return part_of(line, amount, verb="refund", refusal=NothingToRefund)
    held = held_by_id(tx.conn, held_id=held_id)
    if not held.counts or held.bank_line_id != line.id or amount not in (None, held.amount):
        raise NothingToRefund("This is not held any more as it was; look at the receipt again.")
    return held.amount


def _post(tx: Transaction, wanted: Wanted, *, by: Principal, approved_by: str) -> Refund:
    if wanted.held_id is not None:
        leave_suspense(tx, by=by, held_id=wanted.held_id, reason=f"Refunded: {wanted.reason}"[:500])
    line = line_by_id(tx.conn, wanted.line.id)
    refund_id = next_id(tx, receipt_refund)
    base = worth_of(tx, line, wanted.amount)
    memo = f"Refunded to {line.counterparty or 'an unnamed payer'}: {wanted.reason}"
    draft = refunded(refund_id=refund_id, amount=wanted.amount, base_micros=base, on=tx.today, memo=memo)
    row: dict[str, Any] = {
        "id": refund_id,
        "nonce": wanted.nonce,
        "bank_line_id": line.id,
        "currency": wanted.amount.currency,
        "micros": wanted.amount.micros,
        "base_micros": base,
        "payer": line.counterparty,
        "pay_to": wanted.pay_to,
        "reason": wanted.reason,
        "entry_id": post(tx, draft, by=by).entry_id,
        "refunded_on": tx.today,
        "refunded_at": tx.at,
        "refunded_by": wanted.asked,
        "approved_by": approved_by,
    }
    tx.conn.execute(insert(receipt_refund).values(row))
    record_allocation(tx, line_id=line.id, amount=wanted.amount)
    after = {"receipt": line.id, "amount": wanted.amount.text(), "pay to": wanted.pay_to}
    record(tx, by=by, act=REFUND.name, subject=_SUBJECT, subject_id=refund_id, after=after, reason=wanted.reason)
    return queries.refund(tx.conn, refund_id=refund_id)


def _repeated(made: Refund, line_id: int) -> Refund:
    if made.bank_line_id != line_id:
        raise NonceReused("This form was already sent for another receipt; open this receipt again.")
    return made
