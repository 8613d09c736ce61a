"""Posting an adjustment: only paid credit is taken away, and refunded messages are marked as refunded."""

from __future__ import annotations

from services.access.model import Principal
from services.adjustments import checking
from services.adjustments.accounting import adjusted
from services.adjustments.model import Spent, Wanted
from services.db.engine import Transaction
from services.ledger.operations import CreditTooSmall, post
from services.ledger.queries import credit_balance, promotional_credit
from services.pricing.queries import rate_on
from services.usage.refunding import claim_records


def post_wanted(tx: Transaction, *, by: Principal, adjustment_id: int, wanted: Wanted) -> int:
    """Post the entry today and give its id. Raises `Spent`, `PeriodClosed`, `NoRate`."""
    rate = rate_on(tx.conn, wanted.amount.currency, tx.today).aud_per_unit
    refuse_spent(tx, wanted=wanted)
    try:
        return post(tx, adjusted(adjustment_id, wanted, rate=rate, on=tx.today), by=by).entry_id
    except CreditTooSmall as error:
        raise Spent(f"The books refuse this: {error}") from error


def refuse_spent(tx: Transaction, *, wanted: Wanted) -> None:
    """Only paid credit can be taken away: the sentence says how much of it there is. The ledger guards it again."""
    code = wanted.amount.currency
    paid = credit_balance(tx.conn, wanted.customer_id, code) - promotional_credit(tx.conn, wanted.customer_id, code)
    if wanted.amount.micros < 0 and paid < -wanted.amount:
        raise Spent(checking.too_little(wanted, paid))


def claim(tx: Transaction, *, adjustment_id: int, wanted: Wanted) -> None:
    """Mark the messages a refund is for; the row of the adjustment has to stand."""
    if wanted.period:
        claim_records(
            tx,
            adjustment_id=adjustment_id,
            customer_id=wanted.customer_id,
            period=wanted.period,
            product=wanted.product,
        )
