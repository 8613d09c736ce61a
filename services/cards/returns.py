"""Refunds the processor made and disputes it was drawn into, each posted once by its own id.

They are facts. A refund and a lost dispute take the credit back by a credit note of what the charge bought; what was
used of it leaves the credit below zero, which is what the customer owes. While a dispute is open its money stands
apart, the credit is not touched, and the customer is stopped.
"""

from __future__ import annotations

from datetime import date

from services.access.model import Principal, require
from services.cards.accounting import dispute_held, dispute_taken, fee_kept, refunded
from services.cards.going_back import DisputeState, ReadDispute, ReadRefund, RefundState
from services.cards.keeping import Kept
from services.cards.model import CANCELED, FEE, IMPORT_CARDS, LOST, PENDING, REFUND, REFUND_FAILED, WITHDRAWN, WON
from services.cards.objects import WrongObject
from services.cards.returned import Part, credit_back, keep, part_of
from services.customers.stopping import DISPUTED, end_stop, stop_customer
from services.db.engine import Transaction
from services.ledger.model import Kind
from services.ledger.operations import post, reverse
from services.money import Money
from services.pricing.queries import rate_on


def take_refund(tx: Transaction, *, by: Principal, found: ReadRefund) -> Kept:
    """Take in a refund: the credit note of what it gives back, and the money off what the processor holds.

    One that failed is still owed to the customer: its money is back with the processor, the credit note stands. A
    pending or cancelled one is listed and posts nothing. Said again it changes nothing. Raises `WrongObject` before its
    charge is known, for more than was charged, and for other facts than before.
    """
    require(by, IMPORT_CARDS)
    part = part_of(tx, found)
    acts = part.acts
    if found.state in {RefundState.PENDING, RefundState.CANCELED} and REFUND not in acts:
        act = PENDING if found.state is RefundState.PENDING else CANCELED
        if acts & {act, CANCELED}:
            return Kept.REPEATED
        keep(tx, by, part, act)
        return _outcome(part, 1)
    is_back = found.state in {RefundState.FAILED, RefundState.CANCELED} or CANCELED in acts
    entry_id = next((row.entry_id for row in part.rows if row.act == REFUND), None)
    new = 0
    if entry_id is None:
        entry_id, new = _refund(tx, by, part), 1
    if is_back and REFUND_FAILED not in acts:
        on = _today(tx, part)
        back = reverse(tx, by=by, entry_id=entry_id, on=on, reason=f"{part.memo} did not reach the card").entry_id
        keep(tx, by, part, REFUND_FAILED, entry_id=back, on=on, cleared=1)
        new += 1
    return _outcome(part, new)


def take_dispute(tx: Transaction, *, by: Principal, found: ReadDispute) -> Kept:
    """Take in a dispute as it stands: withdrawn, then won or lost, and the processor's fee where it is told.

    Said again it changes nothing, and an outcome never changes. Raises `WrongObject` as `take_refund` does.
    """
    require(by, IMPORT_CARDS)
    part = part_of(tx, found)
    known, wanted = part.acts & {WON, LOST}, found.state
    if known and wanted is not DisputeState.OPEN and wanted.value not in known:
        raise WrongObject(f"{found.external_id} is in the books as {min(known)}, not {wanted}.")
    held = next((row.entry_id for row in part.rows if row.act == WITHDRAWN), None)
    new = 0
    if held is None:
        held, new = _withdraw(tx, by, part, found.reason), 1
    if not known and wanted is not DisputeState.OPEN:
        _close(tx, by, part, held, is_won=wanted is DisputeState.WON)
        new += 1
    for name, fee in found.fees:
        if f"{name}:{FEE}" not in {row.key for row in part.rows}:
            _fee(tx, by, part, name, fee)
            new += 1
    return _outcome(part, new)


def _outcome(part: Part, new: int) -> Kept:
    if not new:
        return Kept.REPEATED
    return Kept.CHANGED if part.rows else Kept.ADDED


def _today(tx: Transaction, part: Part) -> date:
    """When the processor decided is not told: what follows is of the day on which we learn it."""
    return max(tx.today, part.on)


def _refund(tx: Transaction, by: Principal, part: Part) -> int:
    credit_back(tx, by, part, act=REFUND, kind=Kind.INVOICE_CREDITED, on=part.on)
    facts = {"payment_id": part.charge.id, "customer_id": part.charge.customer_id, "memo": part.memo}
    draft = refunded(key=part.key(REFUND), back=part.amount, base_micros=part.base_micros, on=part.on, **facts)
    entry_id = post(tx, draft, by=by).entry_id
    keep(tx, by, part, REFUND, entry_id=entry_id, cleared=-1)
    return entry_id


def _withdraw(tx: Transaction, by: Principal, part: Part, reason: str) -> int:
    facts = {"payment_id": part.charge.id, "customer_id": part.charge.customer_id, "memo": part.memo}
    draft = dispute_held(key=part.key(WITHDRAWN), drawn=part.amount, base_micros=part.base_micros, on=part.on, **facts)
    entry_id = post(tx, draft, by=by).entry_id
    keep(tx, by, part, WITHDRAWN, entry_id=entry_id, cleared=-1, held=1)
    why = f"{part.amount.text()} paid by card is disputed ({part.external_id}, {reason})."
    stop_customer(tx, by=by, customer_id=part.charge.customer_id, cause=_cause(part), why=why)
    return entry_id


def _close(tx: Transaction, by: Principal, part: Part, held: int, *, is_won: bool) -> None:
    """The money comes back as it went, or is gone and the credit with it; either way the dispute stops nobody."""
    on, customer_id = _today(tx, part), part.charge.customer_id
    if is_won:
        entry_id = reverse(tx, by=by, entry_id=held, on=on, reason=f"{part.memo} was won").entry_id
        keep(tx, by, part, WON, entry_id=entry_id, on=on, cleared=1, held=-1)
    else:
        credit_back(tx, by, part, act=LOST, kind=Kind.DISPUTE_LOST, on=on)
        facts = {"payment_id": part.charge.id, "customer_id": customer_id, "memo": part.memo}
        draft = dispute_taken(key=part.key(LOST), gone=part.amount, base_micros=part.base_micros, on=on, **facts)
        keep(tx, by, part, LOST, entry_id=post(tx, draft, by=by).entry_id, on=on, held=-1)
    why = f"The dispute {part.external_id} was {WON if is_won else LOST}."
    end_stop(tx, by=by, customer_id=customer_id, cause=_cause(part), why=why)


def _fee(tx: Transaction, by: Principal, part: Part, name: str, fee: Money) -> None:
    """The processor's fee for a dispute; below zero where it gave one back."""
    rate = rate_on(tx.conn, fee.currency, part.on).aud_per_unit
    draft = fee_kept(payment_id=part.charge.id, key=f"{name}:{FEE}", fee=fee, rate=rate, on=part.on)
    keep(tx, by, part, FEE, entry_id=post(tx, draft, by=by).entry_id, cleared=-1, key=f"{name}:{FEE}", money=fee)


def _cause(part: Part) -> str:
    return f"{DISPUTED} {part.external_id}"
