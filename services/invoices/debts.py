"""What moves when a debt ends or is owed again, whatever did it: the stop put on the customer because of it."""

from __future__ import annotations

from services.customers.stopping import debt_ended, debt_reopened
from services.db.engine import Transaction
from services.invoices.model import Invoice, InvoiceKind, InvoiceStatus


def follow(tx: Transaction, found: Invoice, now: InvoiceStatus) -> None:
    """Called wherever a status is kept, in the same transaction: `found` stood otherwise before, on a locked row."""
    if found.kind is not InvoiceKind.ARREARS or found.status.is_open == now.is_open:
        return
    if now.is_open:
        debt_reopened(tx, invoice_id=found.id)
    else:
        why = f"{found.number} is {now}."
        debt_ended(tx, customer_id=found.customer_id, invoice_id=found.id, why=why)
