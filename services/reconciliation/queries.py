"""Reads of the inbox: receipts that wait, each with the invoices it probably pays and why."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, select

from services.banking.fingerprint import account_key
from services.banking.model import BankLine
from services.banking.queries import line as line_by_id
from services.banking.queries import unallocated_receipts
from services.banking.tables import bank_line
from services.customers.tables import customer
from services.invoices.model import Invoice
from services.invoices.queries import open_invoices
from services.ledger.model import BASE_CURRENCY
from services.payments.allocation import fee_limit, largest_fee
from services.payments.payers.queries import known_payers
from services.reconciliation.inbox import Inbox, InboxLine, InboxState, Sheet
from services.reconciliation.matching import propose
from services.reconciliation.model import REPEATS_WITHIN, Claim, Proposal, Receipt

LARGEST_INBOX = 5_000  # oldest first: who has more waiting works through these before the next
_BESIDE = 500  # the receipts one is matched beside when it is accepted by itself


def inbox(
    conn: Connection,
    *,
    bank_account: str | None = None,
    state: InboxState = InboxState.WAITING,
    page: int = 1,
    size: int = 50,
) -> Inbox:
    """One page (the first is 1) of receipts with something unallocated, those that need a person first."""
    return sheet(conn, bank_account=bank_account).page(state, page=page, size=size)


def sheet(conn: Connection, *, bank_account: str | None = None) -> Sheet:
    """Every receipt with something unallocated and its proposal: all are matched together, so ask once and keep it."""
    lines = unallocated_receipts(conn, limit=LARGEST_INBOX)
    every = (InboxLine(*pair) for pair in zip(lines, _proposals(conn, lines), strict=True))
    ours = [each for each in every if bank_account is None or each.line.bank_account == bank_account]
    counts = {one: sum(one.includes(each.proposal) for each in ours) for one in InboxState}
    return Sheet(tuple(sorted(ours, key=lambda each: each.order)), counts)


def proposal(conn: Connection, line_id: int) -> Proposal:
    """What is proposed for one receipt, with the runner-up, as the inbox shows it; raises `NoSuchLine`."""
    return proposed_line(conn, line_id).proposal


def proposed_line(conn: Connection, line_id: int) -> InboxLine:
    """One receipt with its proposal (none when nothing of it is left); raises `NoSuchLine`."""
    found = line_by_id(conn, line_id)
    if not found.unallocated:
        return InboxLine(found, Proposal(line_id))
    lines = unallocated_receipts(conn, currency=found.amount.currency, limit=_BESIDE)
    if all(each.id != line_id for each in lines):
        lines.append(found)
    proposals = {each.receipt_id: each for each in _proposals(conn, lines)}
    return InboxLine(found, proposals[line_id])


def claims_of(conn: Connection, invoices: Sequence[Invoice]) -> list[Claim]:
    """Invoices as matching sees them."""
    ids = sorted({each.customer_id for each in invoices})
    rows = conn.execute(select(customer.c.id, customer.c.name).where(customer.c.id.in_(ids)))
    names = {row.id: row.name for row in rows}
    return [_claim(each, names[each.customer_id]) for each in invoices]


def _proposals(conn: Connection, lines: Sequence[BankLine]) -> list[Proposal]:
    if not lines:
        return []
    currencies = sorted({each.amount.currency for each in lines})
    claims = claims_of(conn, [each for code in currencies for each in open_invoices(conn, code)])
    known = known_payers(conn, sorted({account_key(each.counterparty_account) for each in lines}))
    return propose([_receipt(each) for each in lines], claims, known=known, earlier=_earlier(conn, lines))


def _claim(invoice: Invoice, name: str) -> Claim:
    # domestic transfers lose nothing on the way; on others a bank may keep a fee (product.md, rule 9)
    foreign = not invoice.is_taxed or invoice.currency != BASE_CURRENCY
    return Claim(
        id=invoice.id,
        number=invoice.number,
        reference=invoice.reference,
        customer_id=invoice.customer_id,
        names=(invoice.details.company_name, name, invoice.username),
        currency=invoice.currency,
        open=invoice.open.micros,
        issued_on=invoice.issued_on,
        fee_limit=fee_limit(invoice.gross, invoice.rate).micros if foreign else 0,
        largest_fee=largest_fee(invoice.currency, invoice.rate).micros if foreign else 0,
        received=invoice.received.micros,
        minimum=invoice.minimum.micros,
        taxed=invoice.is_taxed,
    )


def _receipt(line: BankLine) -> Receipt:
    stated = line.instructed if line.instructed and line.instructed.currency == line.amount.currency else None
    return Receipt(
        id=line.id,
        currency=line.amount.currency,
        amount=line.amount.micros,
        booked_on=line.booked_on,
        payer=line.counterparty,
        text=f"{line.remittance} {line.end_to_end}".strip(),
        account=account_key(line.counterparty_account),
        left=line.unallocated.micros,
        instructed=stated.micros if stated and not line.allocated else None,
    )


def _earlier(conn: Connection, lines: Sequence[BankLine]) -> list[Receipt]:
    """Receipts of the same amounts that were matched in the fortnight before: what a repeated line repeats."""
    kept = bank_line.c
    fits = (
        kept.booked_on >= min(each.booked_on for each in lines) - REPEATS_WITHIN,
        kept.booked_on <= max(each.booked_on for each in lines),
        kept.allocated_micros > 0,
        kept.amount_micros.in_(sorted({each.amount.micros for each in lines})),
    )
    columns = (kept.id, kept.currency, kept.amount_micros, kept.booked_on, kept.counterparty, kept.remittance)
    wanted = select(*columns, kept.end_to_end, kept.counterparty_account).where(*fits)
    return [
        Receipt(
            id=row.id,
            currency=row.currency,
            amount=row.amount_micros,
            booked_on=row.booked_on,
            payer=row.counterparty,
            text=f"{row.remittance} {row.end_to_end}".strip(),
            account=account_key(row.counterparty_account),
        )
        for row in conn.execute(wanted)
    ]
