"""Bearing what a bank kept ourselves: an exception with a reason, approved by a second person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from services.access.approvals import request_approval
from services.access.model import Principal, require
from services.db.engine import Transaction
from services.db.keys import next_id
from services.db.turns import wait_for_turn
from services.errors import Stale
from services.invoices.asking import AlreadyAsked, subject_of, waiting
from services.invoices.bearing import bear_short
from services.invoices.model import Invoice
from services.invoices.queries import invoice as invoice_by_id
from services.ledger.operations import post
from services.ledger.queries import credit_balance
from services.money import Money
from services.payments.allocation import FeeTooLarge, largest_fee
from services.payments.short import queries
from services.payments.short.accounting import borne_by_us
from services.payments.short.model import (
    ABSORB_ACT,
    APPROVE_ABSORBING,
    DECIDE,
    Cause,
    Decided,
    Decision,
    NotShort,
    ShortPayment,
)
from services.payments.short.operations import keep
from services.payments.short.tables import short_decision
from services.pricing.queries import rate_on
from services.provisional.queries import of_invoice as ahead_of
from services.texts import checked_reason


@dataclass(frozen=True, slots=True)
class _Part:
    """What would be borne by us: all that is open, or all that the payer bore before (`was_fee`)."""

    amount: Money
    net: Money
    was_fee: bool


def request_absorbing(tx: Transaction, *, by: Principal, nonce: str, invoice_id: int, reason: str) -> int:
    """Ask a second person that we bear what a bank kept of an invoice; gives the request's id.

    Nothing is posted before. Raises `NotShort`, `FeeTooLarge`, `AlreadyAsked`, `InvalidForm` (reason).
    """
    require(by, DECIDE)
    reason = checked_reason(reason, ask="Say why we bear it; the approver reads this.")
    wait_for_turn(tx, f"invoice:{invoice_id}")
    found = invoice_by_id(tx.conn, invoice_id)
    short = queries.short_payment(tx.conn, invoice_id=invoice_id, today=tx.today)
    part = _part(tx, found, short)
    for request in waiting(tx.conn, invoice_id=invoice_id, act=ABSORB_ACT):
        if request.nonce == nonce:
            return request.id
        raise AlreadyAsked(found.number, "request that we bear what a bank kept")
    payload = {
        "invoice_id": invoice_id,
        "micros": part.amount.micros,
        "was_fee": part.was_fee,
        "cause": short.judgement.cause.value,
        "reason": reason,
        "nonce": nonce,
        "asked_by": by.name,
        "present": {
            "invoice amount": found.gross.text(),
            "received": found.received.text(),
            "borne by the payer": found.fee.text(),
            "still open": found.open.text(),
        },
        "changes": {
            "borne by us": f"{part.amount.text()}, an expense",
            "credit": f"{part.net.text()} more",
            "judged": f"{short.judgement.cause.label}: {'; '.join(short.judgement.reasons)}",
        },
    }
    return request_approval(
        tx,
        by=by,
        act=ABSORB_ACT,
        subject=subject_of(invoice_id),
        payload=payload,
        summary=f"Bear {part.amount.text()} that is missing of {found.number}, {found.details.company_name}",
        reason=reason,
        amount=part.amount,
    )


def absorb(tx: Transaction, *, by: Principal, payload: Mapping[str, Any]) -> Decided:
    """Bear it: runs when `by`, the second person, approves. Raises `Stale` when the invoice changed meanwhile."""
    require(by, APPROVE_ABSORBING)
    invoice_id, nonce = int(payload["invoice_id"]), str(payload["nonce"])
    wait_for_turn(tx, f"invoice:{invoice_id}")
    if made := queries.decision_by_nonce(tx.conn, nonce):
        return made
    found = invoice_by_id(tx.conn, invoice_id)
    part = _part(tx, found, queries.short_payment(tx.conn, invoice_id=invoice_id, today=tx.today))
    if (part.amount.micros, part.was_fee) != (payload["micros"], payload["was_fee"]):
        raise Stale(f"{part.amount.text()} of {found.number} is missing by now; decline this and ask again.")
    decision_id = next_id(tx, short_decision)
    draft = borne_by_us(
        decision_id=decision_id,
        invoice=found,
        amount=part.amount,
        net=part.net,
        was_fee=part.was_fee,
        rate=rate_on(tx.conn, found.currency, tx.today).aud_per_unit,
        owing=credit_balance(tx.conn, found.customer_id, found.currency).micros < 0,
        on=tx.today,
    )
    row = {
        "decision": Decision.ABSORBED.value,
        "net_micros": part.net.micros,
        "was_fee": part.was_fee,
        "entry_id": post(tx, draft, by=by).entry_id,
        "decided_by": str(payload["asked_by"]),
        "approved_by": by.name,
    }
    nothing = Money(0, found.currency)
    bear_short(
        tx,
        invoice_id=invoice_id,
        by_payer=-part.amount if part.was_fee else nothing,
        by_us=part.amount,
        net=nothing if part.was_fee else part.net,
    )
    cause, reason = Cause(payload["cause"]), str(payload["reason"])
    return keep(
        tx, by=by, decision_id=decision_id, nonce=nonce, invoice=found, amount=part.amount, cause=cause, reason=reason,
        rest=row,
    )  # fmt: skip


def _part(tx: Transaction, found: Invoice, short: ShortPayment) -> _Part:
    """What would be borne by us, as things stand; raises `NotShort` and `FeeTooLarge`."""
    if ahead_of(tx.conn, invoice_id=found.id):
        raise NotShort(f"Credit ahead of the transfer for {found.number} still stands; let it be settled first.")
    if found.open and found.received:
        part = _Part(found.open, found.share(found.open), was_fee=False)
    elif found.fee:
        part = _Part(found.fee, found.fee, was_fee=True)
    else:
        raise NotShort(f"Nothing is missing of {found.number} that we could bear; give goodwill instead.")
    if not short.bearable:
        most = largest_fee(found.currency, found.rate)
        raise FeeTooLarge(f"{part.amount.text()} is more than a bank keeps ({most.text()} here); it is no fee to bear.")
    return part
