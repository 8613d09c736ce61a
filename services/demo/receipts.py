"""Importing a statement and giving its receipts to the invoices they were meant for, as accounting would."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from functools import partial

from services.access.model import Principal
from services.banking.operations import import_statement
from services.banking.queries import unallocated_receipts
from services.db.engine import Database
from services.demo.bank import StatementFile
from services.money import Money
from services.payments.model import Allocation, Evidence, Short
from services.payments.operations import allocate

_MANY = 100_000
_NAMED = Evidence(rule="A", score=100, reasons=("the payment reference is right",), algorithm="demo")


def import_and_accept(
    database: Database, file: StatementFile, *, by: Principal, currency: str, at: datetime
) -> Iterator[tuple[int, Money]]:
    """Import one file in one act and accept each receipt that names its payer in one of its own.

    Yields the customer and the credit each receipt brought. What names nobody, and what an over-payment leaves, stays
    unallocated.
    """
    database.act(partial(import_statement, by=by, name=file.name, content=file.content), at=at)
    with database.read() as conn:
        arrived = unallocated_receipts(conn, currency=currency, limit=_MANY)
    for line in arrived:
        invoice_id = file.invoices.get(line.bank_reference)
        if invoice_id is not None:
            nonce = f"demo-{line.bank_reference}"
            accept = partial(
                allocate,
                by=by,
                bank_line_id=line.id,
                invoice_id=invoice_id,
                nonce=nonce,
                short=Short.FEE,
                evidence=_NAMED,
            )
            made: Allocation = database.act(accept, at=at)
            yield made.customer_id, made.net
