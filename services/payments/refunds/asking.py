"""What of a receipt is to go back, what that is worth, and asking a second person for it."""

from __future__ import annotations

from dataclasses import dataclass

from services.access.approvals import request_approval
from services.access.model import Principal
from services.banking.model import BankLine
from services.db.engine import Transaction
from services.money import Money, multiply
from services.payments.refunds import queries
from services.payments.refunds.model import ALONE_BELOW, REFUND_ACT
from services.pricing.queries import rate_on


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to go back: `held_id` where it is in suspense, which it leaves first; who `asked` for it."""

    nonce: str
    line: BankLine
    amount: Money
    pay_to: str
    reason: str
    held_id: int | None
    asked: str


def in_aud(tx: Transaction, wanted: Wanted) -> Money:
    """What goes back of the receipt with this, at today's stored rate: a limit cannot be split."""
    before = sum(each.amount.micros for each in queries.refunds_of_line(tx.conn, wanted.line.id))
    rate = rate_on(tx.conn, wanted.amount.currency, tx.today).aud_per_unit
    return Money(multiply(before + wanted.amount.micros, rate), ALONE_BELOW.currency)


def ask(tx: Transaction, wanted: Wanted, *, by: Principal) -> None:
    """Ask a second person; nothing is posted before."""
    line = wanted.line
    payer = line.counterparty or "an unnamed payer"
    given = "" if line.counterparty_account.strip() else " (typed by hand: the bank does not say it)"
    payload = {
        "nonce": wanted.nonce,
        "line_id": line.id,
        "micros": wanted.amount.micros,
        "pay_to": wanted.pay_to,
        "reason": wanted.reason,
        "held_id": wanted.held_id,
        "asked_by": by.name,
        "present": {"received": line.amount.text(), "unallocated": line.unallocated.text()},
        "changes": {
            "received": f"from {payer}, booked {line.booked_on} on {line.bank_account}",
            "unallocated": (line.unallocated if wanted.held_id else line.unallocated - wanted.amount).text(),
            "paid back": wanted.amount.text(),
            "paid to": f"{wanted.pay_to}{given}",
        },
    }
    request_approval(
        tx,
        by=by,
        act=REFUND_ACT,
        subject=queries.subject_of(line.id),
        payload=payload,
        summary=f"Refund {wanted.amount.text()} to {payer}",
        reason=wanted.reason,
        amount=wanted.amount,
    )
