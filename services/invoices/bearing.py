"""Who bears what is missing of an invoice paid short: the payer, or we; a step of payments."""

from __future__ import annotations

from dataclasses import replace

from services.db.engine import Transaction
from services.invoices.life import NotNow
from services.invoices.model import Invoice
from services.invoices.operations import cover, lock
from services.invoices.queries import invoice as invoice_by_id
from services.money import Money


def bear_short(tx: Transaction, *, invoice_id: int, by_payer: Money, by_us: Money, net: Money) -> Invoice:
    """Take note of who bears what is missing of a short payment, and of the net it clears; called by payments.

    All three may be negative, where a decision is taken back. Raises `NotNow` for one that has ended.
    """
    lock(tx, invoice_id)
    found = invoice_by_id(tx.conn, invoice_id)
    if found.status.has_ended:
        raise NotNow(f"{found.number} is {found.status}: nothing of it is asked for any more.")
    covered = replace(
        found.covered,
        allocated=found.allocated + by_us,
        fee=found.fee + by_payer,
        net=found.cleared_net + net,
    )
    return cover(tx, found, covered, absorbed=found.absorbed + by_us)
