"""Credit ahead of a transfer: asked for on proof, approved by another person within caps."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import insert, select, update

from services.access.approvals import request_approval
from services.access.audit import record
from services.access.model import Principal, require
from services.customers.queries import customer
from services.customers.stopping import refuse_stopped
from services.db.engine import Transaction
from services.db.keys import next_id
from services.db.turns import wait_for_turn
from services.errors import InvalidForm
from services.invoices.model import Invoice
from services.invoices.queries import invoice as invoice_by_id
from services.ledger.operations import post
from services.money import Money, minor_unit, multiply
from services.pricing.queries import rate_on
from services.provisional import queries
from services.provisional.accounting import given
from services.provisional.model import (
    APPROVE,
    ASK,
    CAPS,
    LARGEST_PROOF,
    PROOF_STARTS,
    AlreadyAhead,
    OverTheCap,
    Provisional,
)
from services.provisional.tables import provisional_credit
from services.texts import checked_reason, seen

PROVISIONAL_ACT = "provisional.give"  # the act's name in the register of approvals
_WANTED = "No credit ahead of a transfer"


def request_provisional(
    tx: Transaction,
    *,
    by: Principal,
    nonce: str,
    invoice_id: int,
    amount: Money,
    proof_name: str,
    proof: bytes,
    reason: str,
    days: int | None = None,
) -> int:
    """Ask a second person for credit ahead of an invoice's transfer; gives its id. Nothing is posted before.

    `amount` is credit, at most what the invoice still brings without tax; it expires after `days` (without: the usual
    ones). Raises `InvalidForm` (amount, days, proof, reason), `AlreadyAhead`, `OverTheCap`, `Stopped`. The same nonce
    gives the same.
    """
    require(by, ASK)
    wait_for_turn(tx, CAPS)
    made = tx.conn.execute(select(provisional_credit.c.id).where(provisional_credit.c.nonce == nonce)).scalar()
    if made is not None:
        return int(made)
    invoice, caps = invoice_by_id(tx.conn, invoice_id), queries.caps(tx.conn, on=tx.today)
    days = caps.usual_days if days is None else days
    if faults := _faults(invoice, amount, days, proof, most_days=caps.most_days) | _reason_fault(reason):
        raise InvalidForm(faults)
    if queries.of_invoice(tx.conn, invoice_id=invoice_id):
        raise AlreadyAhead(f"{invoice.number} has credit ahead of its transfer, or it is asked for, already.")
    refuse_stopped(tx.conn, customer(tx.conn, invoice.customer_id), wanted=_WANTED)
    rate = rate_on(tx.conn, amount.currency, tx.today).aud_per_unit
    aud = multiply(amount.micros, rate)
    _check_caps(tx, invoice.customer_id, aud)
    row: dict[str, Any] = {
        "id": next_id(tx, provisional_credit),
        "nonce": nonce,
        "invoice_id": invoice.id,
        "customer_id": invoice.customer_id,
        "currency": amount.currency,
        "micros": amount.micros,
        "aud_micros": aud,
        "expires_on": tx.today + timedelta(days=days),
        "proof_name": seen(proof_name),
        "proof_sha256": hashlib.sha256(proof).hexdigest(),
        "proof": proof,
        "reason": reason.strip(),
        "asked_at": tx.at,
        "asked_by": by.name,
        "approved_by": "",
    }
    tx.conn.execute(insert(provisional_credit), row)
    approval_id = _ask(tx, row, amount, invoice, by=by)
    here = provisional_credit.c.id == row["id"]
    tx.conn.execute(update(provisional_credit).where(here).values(approval_id=approval_id))
    return int(row["id"])


def _ask(tx: Transaction, row: dict[str, Any], amount: Money, invoice: Invoice, *, by: Principal) -> int:
    payload = {
        "provisional_id": row["id"],
        "invoice_id": invoice.id,
        "present": {"credit": "waits for the transfer"},
        "changes": {
            "credit": f"{amount.text()} now",
            "until": row["expires_on"].isoformat(),
            "proof": f"{row['proof_name']}, SHA-256 {row['proof_sha256'][:16]}…",
        },
    }
    return request_approval(
        tx,
        by=by,
        act=PROVISIONAL_ACT,
        subject=f"provisional {row['id']}",
        payload=payload,
        summary=f"Give {amount.text()} of {invoice.number} ahead of its transfer",
        reason=row["reason"],
        amount=amount,
    )


def give_provisional(tx: Transaction, *, by: Principal, payload: Mapping[str, Any]) -> Provisional:
    """Give what was asked for; runs when `by`, the second person, approves. Caps and invoice are checked anew."""
    require(by, APPROVE)
    wait_for_turn(tx, CAPS)
    found = queries.provisional(tx.conn, provisional_id=int(payload["provisional_id"]))
    if found.entry_id is not None:
        return found
    invoice = invoice_by_id(tx.conn, found.invoice_id)
    if wrong := _amount_fault(invoice, found.amount):
        raise InvalidForm({"amount": wrong})
    refuse_stopped(tx.conn, customer(tx.conn, found.customer_id), wanted=_WANTED)
    _check_caps(tx, found.customer_id, found.aud_micros)
    rate = rate_on(tx.conn, found.amount.currency, tx.today).aud_per_unit
    memo = f"Ahead of the transfer for {invoice.number}"
    draft = given(
        provisional_id=found.id, customer_id=found.customer_id, amount=found.amount, rate=rate, on=tx.today, memo=memo
    )
    posted = {"entry_id": post(tx, draft, by=by).entry_id, "approved_by": by.name}
    posted["aud_micros"] = multiply(found.amount.micros, rate)
    tx.conn.execute(update(provisional_credit).where(provisional_credit.c.id == found.id).values(posted))
    after = {"invoice": invoice.number, "amount": found.amount.text(), "expires_on": str(found.expires_on)}
    record(tx, by=by, act=APPROVE.name, subject="provisional", subject_id=found.id, after=after, reason=found.reason)
    return queries.provisional(tx.conn, provisional_id=found.id)


def _faults(invoice: Invoice, amount: Money, days: int, proof: bytes, *, most_days: int) -> dict[str, str]:
    found = {}
    if wrong := _amount_fault(invoice, amount):
        found["amount"] = wrong
    if not 1 <= days <= most_days:
        found["days"] = f"Give 1 to {most_days} days."
    if not any(proof.startswith(start) for start in PROOF_STARTS):
        found["proof"] = "Add the proof as a PDF, PNG or JPEG, such as the bank's confirmation."
    elif len(proof) > LARGEST_PROOF:
        found["proof"] = "The proof has more than 5 MB; scan it smaller."
    return found


def _amount_fault(invoice: Invoice, amount: Money) -> str:
    most = invoice.net - invoice.cleared_net
    if not invoice.open or invoice.status.has_ended:
        return f"{invoice.number} waits for no transfer."
    if amount.currency != invoice.currency:
        return f"{invoice.number} is in {invoice.currency}; give the amount in it."
    if amount.micros <= 0 or amount.micros % minor_unit(amount.currency):
        return "Enter an amount above zero in whole coins."
    return f"{invoice.number} brings at most {most.text()} of credit." if most < amount else ""


def _reason_fault(reason: str) -> dict[str, str]:
    try:
        checked_reason(reason, ask="Say why the customer cannot wait for the transfer.")
    except InvalidForm as invalid:
        return dict(invalid.fields)
    return {}


def _check_caps(tx: Transaction, customer_id: int, aud_micros: int) -> None:
    ahead, caps = queries.ahead(tx.conn), queries.caps(tx.conn, on=tx.today)
    for most, before, whose in (
        (caps.for_one, ahead.get(customer_id, 0), "this customer"),
        (caps.in_all, sum(ahead.values()), "all customers together"),
    ):
        if before + aud_micros > most.micros:
            room = Money(max(most.micros - before, 0), "AUD").text()
            raise OverTheCap(f"At most {most.text()} may be ahead for {whose}; {room} of it is left.")
