"""Deciding on a short payment: the payer bears the rest, or it is waited for; and taking a decision back."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import insert, update

from services.access.audit import record
from services.access.model import Principal, require
from services.db.engine import Transaction
from services.db.keys import next_id
from services.db.turns import wait_for_turn
from services.errors import InvalidForm
from services.invoices.bearing import bear_short
from services.invoices.model import Invoice, InvoiceStatus
from services.invoices.queries import invoice as invoice_by_id
from services.ledger.operations import CreditTooSmall, post, reverse
from services.ledger.queries import credit_balance
from services.money import Money
from services.payments.allocation import FeeTooLarge, largest_fee
from services.payments.operations import CreditSpent, NonceReused
from services.payments.short import queries
from services.payments.short.accounting import borne_by_payer
from services.payments.short.model import (
    DECIDE,
    UNDO_DECISION,
    AlreadyTakenBack,
    Cause,
    Decided,
    Decision,
    NotShort,
)
from services.payments.short.tables import short_decision
from services.texts import checked_reason

LONGEST_WAIT = 90  # days


def settle_short(tx: Transaction, *, by: Principal, nonce: str, invoice_id: int, reason: str) -> Decided:
    """Let the payer bear what is still open of a part-paid invoice: it asks for nothing more, credit is what arrived.

    Only untaxed: a taxed one needs its adjustment note. Raises `NotShort`, `FeeTooLarge`, `InvalidForm` (reason).
    """
    require(by, DECIDE)
    reason = checked_reason(reason, ask="Say why the rest is not asked for.")
    if made := _turn(tx, nonce, invoice_id):
        return made
    found = part_paid(tx, invoice_id)
    if found.is_taxed:
        raise NotShort(f"{found.number} is taxed: issue its adjustment note over {found.open.text()} instead.")
    short = queries.short_payment(tx.conn, invoice_id=invoice_id, today=tx.today)
    if not short.bearable:
        most = largest_fee(found.currency, found.rate)
        raise FeeTooLarge(f"{found.open.text()} is more than a bank keeps ({most.text()} here); ask for it, or wait.")
    decision_id = next_id(tx, short_decision)
    draft = borne_by_payer(decision_id=decision_id, invoice=found, amount=found.open, on=tx.today)
    row = {
        "decision": Decision.SETTLED.value,
        "net_micros": found.open.micros,
        "entry_id": post(tx, draft, by=by).entry_id,
    }
    bear_short(tx, invoice_id=invoice_id, by_payer=found.open, by_us=Money(0, found.currency), net=found.open)
    return keep(
        tx, by=by, decision_id=decision_id, nonce=nonce, invoice=found, amount=found.open,
        cause=short.judgement.cause, reason=reason, rest=row,
    )  # fmt: skip


def wait_for_rest(
    tx: Transaction, *, by: Principal, nonce: str, invoice_id: int, until: date, reason: str = ""
) -> Decided:
    """Note that the rest of a part-paid invoice is waited for until a day; nothing is posted.

    Raises `NotShort` and `InvalidForm` (until).
    """
    require(by, DECIDE)
    if made := _turn(tx, nonce, invoice_id):
        return made
    found = part_paid(tx, invoice_id)
    if not 0 < (until - tx.today).days <= LONGEST_WAIT:
        raise InvalidForm({"until": f"Choose a day after today, at most {LONGEST_WAIT} days away."})
    short = queries.short_payment(tx.conn, invoice_id=invoice_id, today=tx.today)
    row = {"decision": Decision.WAITS.value, "net_micros": 0, "wait_until": until}
    kept = reason.strip() or "The rest is expected."
    return keep(
        tx, by=by, decision_id=next_id(tx, short_decision), nonce=nonce, invoice=found, amount=found.open,
        cause=short.judgement.cause, reason=kept, rest=row,
    )  # fmt: skip


def undo_short(tx: Transaction, *, by: Principal, decision_id: int, reason: str) -> Decided:
    """Take a decision back: its entry is reversed today and the invoice stands as before it.

    Raises `AlreadyTakenBack`, `NotShort` when we bear since what the payer did, and `CreditSpent`.
    """
    require(by, UNDO_DECISION)
    reason = checked_reason(reason, ask="Say why the decision is taken back.")
    found = queries.decision(tx.conn, decision_id=decision_id)
    wait_for_turn(tx, f"invoice:{found.invoice_id}")
    found = queries.decision(tx.conn, decision_id=decision_id)
    if not found.counts:
        raise AlreadyTakenBack(f"{found.undone_by} took this back already; look at the invoice again.")
    done: dict[str, Any] = {"undone_at": tx.at, "undone_by": by.name, "undone_reason": reason}
    if found.entry_id is not None:
        done["reversal_entry_id"] = _reverse(tx, found, reason, by=by)
    tx.conn.execute(update(short_decision).where(short_decision.c.id == decision_id).values(done))
    before = {"invoice": found.invoice_id, "decision": found.decision, "amount": found.amount.text()}
    record(
        tx,
        by=by,
        act=UNDO_DECISION.name,
        subject="short_decision",
        subject_id=decision_id,
        before=before,
        reason=reason,
    )
    return queries.decision(tx.conn, decision_id=decision_id)


def _reverse(tx: Transaction, found: Decided, reason: str, *, by: Principal) -> int:
    invoice, nothing = invoice_by_id(tx.conn, found.invoice_id), Money(0, found.amount.currency)
    by_us = found.decision is Decision.ABSORBED
    if not by_us and invoice.fee < found.amount:
        raise NotShort(f"We bear what the payer bore of {invoice.number}; take that back first.")
    payer = found.amount if by_us and found.was_fee else nothing if by_us else -found.amount
    cleared = nothing if found.was_fee else -found.net
    bear_short(tx, invoice_id=invoice.id, by_payer=payer, by_us=-found.amount if by_us else nothing, net=cleared)
    try:
        return reverse(tx, by=by, entry_id=found.entry_id or 0, on=tx.today, reason=reason).entry_id
    except CreditTooSmall as error:
        left = credit_balance(tx.conn, invoice.customer_id, found.net.currency)
        raise CreditSpent(
            f"This gave {found.net.text()} of credit and only {left.text()} is left, so it cannot be taken back."
        ) from error


def part_paid(tx: Transaction, invoice_id: int) -> Invoice:
    """The invoice, of which something arrived and something is still open; raises `NotShort`."""
    found = invoice_by_id(tx.conn, invoice_id)
    if found.status is not InvoiceStatus.PART_PAID:
        raise NotShort(f"{found.number} is {found.status}; only a part-paid invoice has a rest to decide on.")
    return found


def keep(
    tx: Transaction,
    *,
    by: Principal,
    decision_id: int,
    nonce: str,
    invoice: Invoice,
    amount: Money,
    cause: Cause,
    reason: str,
    rest: dict[str, Any],
) -> Decided:
    """Write a decision down with its audit event; the last step of each."""
    row = {
        "id": decision_id,
        "nonce": nonce,
        "invoice_id": invoice.id,
        "cause": cause.value,
        "currency": amount.currency,
        "micros": amount.micros,
        "was_fee": False,
        "reason": reason,
        "decided_at": tx.at,
        "decided_by": by.name,
        "approved_by": "",
    } | rest
    tx.conn.execute(insert(short_decision).values(row))
    after = {"invoice": invoice.number, "decision": row["decision"], "amount": amount.text(), "cause": cause.value}
    record(tx, by=by, act=DECIDE.name, subject="short_decision", subject_id=decision_id, after=after, reason=reason)
    return queries.decision(tx.conn, decision_id=decision_id)


def _turn(tx: Transaction, nonce: str, invoice_id: int) -> Decided | None:
    """Wait for this form and invoice; what the form decided already, if it did."""
    wait_for_turn(tx, f"short:{nonce}", f"invoice:{invoice_id}")
    made = queries.decision_by_nonce(tx.conn, nonce)
    if made is not None and made.invoice_id != invoice_id:
        raise NonceReused("This form was already sent for another invoice; open it again.")
    return made
