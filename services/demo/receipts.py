"""Importing a statement and giving its receipts to invoices: what matching is sure of at once, the rest as a person."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from services.access.model import Principal
from services.banking.model import BankLine
from services.banking.operations import import_statement
from services.banking.queries import unallocated_receipts
from services.db.engine import Database
from services.demo.bank import StatementFile
from services.invoices.queries import invoice
from services.payments.model import Allocation
from services.reconciliation.operations import accept, accept_all_automatic

_MANY = 100_000


def import_and_accept(
    database: Database, file: StatementFile, *, by: Principal, bank_account: str, currency: str, at: datetime
) -> list[Allocation]:
    """Import one file, accept what needs no person, and then what a person can tell from the line; gives allocations.

    What names nobody, and what an over-payment leaves, stays unallocated.
    """
    database.act(partial(import_statement, by=by, name=file.name, content=file.content), at=at)
    sure = partial(accept_all_automatic, by=by, nonce=f"demo-{file.name}", bank_account=bank_account)
    made = database.act(sure, at=at)
    with database.read() as conn:
        left = unallocated_receipts(conn, currency=currency, limit=_MANY)
    for line in left:
        invoice_id = file.invoices.get(line.bank_reference)
        if invoice_id is not None and not line.allocated and _is_open(database, invoice_id):
            made += _choose(database, line, invoice_id, by=by, at=at)
    return made


def _choose(database: Database, line: BankLine, invoice_id: int, *, by: Principal, at: datetime) -> list[Allocation]:
    nonce = f"demo-{line.bank_reference}"
    return database.act(partial(accept, by=by, line_id=line.id, invoice_ids=[invoice_id], nonce=nonce), at=at)


def _is_open(database: Database, invoice_id: int) -> bool:
    with database.read() as conn:
        return bool(invoice(conn, invoice_id).open)
