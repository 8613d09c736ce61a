"""Ending an invoice that money has not come for, and bringing an expired one back: each an act with its reason."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import func, insert, select, update

from services.access.approvals import Payload, request_approval
from services.access.audit import record
from services.access.model import Permission, Principal, require
from services.db.engine import Transaction
from services.errors import Stale
from services.invoices.accounting import forgiven, issued, taken_off
from services.invoices.asking import AlreadyAsked, subject_of, waiting
from services.invoices.debts import follow
from services.invoices.life import MOVES, Act, NotNow, refusal
from services.invoices.model import (
    APPROVE_WRITE_OFF,
    EXPIRE_INVOICES,
    VOID_INVOICE,
    WRITE_OFF,
    Invoice,
    InvoiceKind,
    InvoiceStatus,
)
from services.invoices.operations import lock
from services.invoices.queries import invoice as invoice_by_id
from services.invoices.queries.endings import lapsed
from services.invoices.tables import invoice as invoice_table
from services.invoices.tables import invoice_transition
from services.ledger.model import Kind, Purpose
from services.ledger.operations import post, reverse
from services.mail.model import About
from services.mail.outbox import withdraw
from services.pricing.model import TaxSplit
from services.texts import checked_reason

WRITE_OFF_ACT = "invoices.write_off"
_UNPAID = "Nobody paid it by its last day."


def expire_invoices(tx: Transaction, *, by: Principal, invoice_ids: Collection[int]) -> int:
    """Let invoices nobody paid expire after their last day; gives how many did. Those that cannot are passed over.

    What each asked for leaves the books by reversal; its number stays. Meant for a job, safe to repeat.
    """
    require(by, EXPIRE_INVOICES)
    ended = 0
    for invoice_id in sorted(invoice_ids):
        lock(tx, invoice_id)
        found = invoice_by_id(tx.conn, invoice_id)
        if lapsed(tx.conn, on=tx.today, ids=[invoice_id]):
            _reverse(tx, by, found, Act.EXPIRE, _UNPAID, permission=EXPIRE_INVOICES)
            withdraw(tx, by=by, about=About.INVOICE, about_id=invoice_id, why=f"{found.number} has expired")
            ended += 1
    return ended


def void_invoice(tx: Transaction, *, by: Principal, invoice_id: int, reason: str) -> Invoice:
    """Void an invoice that should not have been issued: it keeps its number, and its entry is reversed.

    Raises `InvalidForm` without a reason, and `NotNow` once money came or a credit note stands against it.
    """
    require(by, VOID_INVOICE)
    reason = checked_reason(reason, ask="Say why the invoice is void.")
    found = _ready(tx, invoice_id, Act.VOID)
    _reverse(tx, by, found, Act.VOID, reason, permission=VOID_INVOICE)
    withdraw(tx, by=by, about=About.INVOICE, about_id=invoice_id, why=f"{found.number} is void")
    return invoice_by_id(tx.conn, invoice_id)


def reinstate_invoice(tx: Transaction, *, by: Principal, invoice_id: int, reason: str) -> Invoice:
    """Bring an expired invoice back, because its money came after all: it is posted again and has a term again.

    Raises `InvalidForm` without a reason, and `NotNow` for one that has not expired.
    """
    require(by, VOID_INVOICE)
    reason = checked_reason(reason, ask="Say why the invoice is brought back.")
    found = _ready(tx, invoice_id, Act.REINSTATE)
    split = TaxSplit(net=found.net, tax=found.tax, gross=found.gross)
    again = issued(
        invoice_id=found.id,
        customer_id=found.customer_id,
        split=split,
        rate=found.rate,
        on=tx.today,
        memo=f"{found.number}, brought back",
        time=_times_issued(tx, found.id) + 1,
        gst_on_receipt=found.gst_on_receipt,
    )
    entry_id = post(tx, again, by=by).entry_id
    _move(tx, by, found, Act.REINSTATE, reason, entry_id=entry_id, off=_negative(split), permission=VOID_INVOICE)
    return invoice_by_id(tx.conn, invoice_id)


def request_write_off(tx: Transaction, *, by: Principal, invoice_id: int, reason: str) -> int:
    """Ask a second person to write off what is open of a part-paid invoice or of a debt; gives the request's id.

    An invoice in arrears is a debt also where nothing was paid on it; one for credit expires instead. Raises
    `InvalidForm` without a reason, `NotNow`, and `AlreadyAsked`.
    """
    require(by, WRITE_OFF)
    found = _ready(tx, invoice_id, Act.WRITE_OFF)
    if waiting(tx.conn, invoice_id=invoice_id, act=WRITE_OFF_ACT):
        raise AlreadyAsked(found.number, "write-off")
    present = {"status": found.status.value, "received": found.received.text(), "still open": found.open.text()}
    changes = {"status": InvoiceStatus.WRITTEN_OFF.value, "still open": "nothing"}
    facts = {"open_micros": found.open.micros, "reason": reason.strip(), "present": present, "changes": changes}
    return request_approval(
        tx,
        by=by,
        act=WRITE_OFF_ACT,
        subject=subject_of(invoice_id),
        payload={"invoice_id": invoice_id} | facts,
        summary=f"Write off {found.open.text()} of {found.number}, {found.details.company_name}",
        reason=reason,
        amount=found.open,
    )


def write_off(tx: Transaction, *, by: Principal, payload: Payload) -> Invoice:
    """Write off what is open of an invoice; what an approval sets off. Raises `NotNow`, `Stale` if it changed."""
    require(by, APPROVE_WRITE_OFF)
    found = _ready(tx, int(payload["invoice_id"]), Act.WRITE_OFF)
    if found.open.micros != payload["open_micros"]:
        raise Stale(f"{found.open.text()} of {found.number} is open by now; decline this and ask again.")
    net = found.net - found.cleared_net
    split = TaxSplit(net=net, tax=found.open - net, gross=found.open)
    draft = taken_off(Kind.WRITTEN_OFF, found, split, source="invoice", source_id=found.id, on=tx.today)
    entry_id = post(tx, draft, by=by).entry_id
    if net and found.kind is InvoiceKind.ARREARS:
        lost = forgiven(found, net, expense=Purpose.BAD_DEBT, source="invoice", source_id=found.id, on=tx.today)
        post(tx, lost, by=by)
    _move(
        tx, by, found, Act.WRITE_OFF, str(payload["reason"]), entry_id=entry_id, off=split, permission=APPROVE_WRITE_OFF
    )
    return invoice_by_id(tx.conn, found.id)


def _ready(tx: Transaction, invoice_id: int, act: Act) -> Invoice:
    lock(tx, invoice_id)
    found = invoice_by_id(tx.conn, invoice_id)
    if wrong := refusal(act, found, tx.today):
        raise NotNow(wrong)
    return found


def _reverse(tx: Transaction, by: Principal, found: Invoice, act: Act, reason: str, *, permission: Permission) -> None:
    latest = select(invoice_transition.c.entry_id).where(
        invoice_transition.c.invoice_id == found.id, invoice_transition.c.to_status == InvoiceStatus.ISSUED.value
    )
    entry_id = tx.conn.execute(latest.order_by(invoice_transition.c.id.desc()).limit(1)).scalar() or found.entry_id
    posted = reverse(tx, by=by, entry_id=entry_id, on=tx.today, reason=f"{found.number}: {reason}")
    split = TaxSplit(net=found.net, tax=found.tax, gross=found.gross)
    _move(tx, by, found, act, reason, entry_id=posted.entry_id, off=split, permission=permission)


def _move(
    tx: Transaction,
    by: Principal,
    found: Invoice,
    act: Act,
    reason: str,
    *,
    entry_id: int,
    off: TaxSplit,
    permission: Permission,
) -> None:
    ends = MOVES[act].ends
    moved: dict[str, Any] = {
        "invoice_id": found.id,
        "from_status": found.status.value,
        "to_status": ends.value,
        "moved_on": tx.today,
        "moved_at": tx.at,
        "moved_by": by.name,
        "reason": reason,
        "entry_id": entry_id,
        "gross_micros": off.gross.micros,
        "tax_micros": off.tax.micros,
    }
    tx.conn.execute(insert(invoice_transition), moved)
    tx.conn.execute(update(invoice_table).where(invoice_table.c.id == found.id).values(status=ends.value))
    follow(tx, found, ends)
    before, after = {"status": found.status.value}, {"status": ends.value, "amount": off.gross.text()}
    record(
        tx,
        by=by,
        act=permission.name,
        subject="invoice",
        subject_id=found.id,
        before=before,
        after=after,
        reason=reason,
    )


def _times_issued(tx: Transaction, invoice_id: int) -> int:
    c = invoice_transition.c
    again = select(func.count()).where(c.invoice_id == invoice_id, c.to_status == InvoiceStatus.ISSUED.value)
    return 1 + int(tx.conn.execute(again).scalar_one())


def _negative(split: TaxSplit) -> TaxSplit:
    return TaxSplit(net=-split.net, tax=-split.tax, gross=-split.gross)
