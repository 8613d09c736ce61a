"""A wrong charge leaves the books by its reversal, with a reason; the month stays charged and is not charged again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Row, insert, select

from services.access import audit
from services.access.model import Principal, require
from services.db.engine import Transaction
from services.fees.deciding import (
    REVERSE_FEE,
    Author,
    ask,
    author_of,
    judge,
    locked,
    request_of,
    reversals_decided_alone,
)
from services.fees.model import APPROVE_FEES, SET_FEES, CannotReverse, Decided, NoSuchFee, WaitsAlready
from services.fees.tables import custom_fee, custom_fee_charge
from services.ledger.operations import reverse
from services.money import Money
from services.texts import checked_reason


def reverse_charge(tx: Transaction, *, by: Principal, charge_id: int, reason: str) -> Decided:
    """Take a charge back with effect today, or ask a second person where the day's reversals reach the limit of two.

    Raises `NoSuchFee`, `InvalidForm` without a reason, `CannotReverse`, `WaitsAlready`, `NoRate`, `PeriodClosed`.
    """
    require(by, SET_FEES)
    reason = checked_reason(reason, ask="Say what was wrong with the charge: it is kept with the reversal.")
    owner = locked(tx, _charge(tx, charge_id).customer_id)
    found = _reversible(tx, charge_id)
    if request_of(tx, REVERSE_FEE, name="charge_id", value=charge_id, waiting=True) is not None:
        raise WaitsAlready("The reversal of this charge waits for a second person already; see Approvals.")
    amount = Money(found.micros, found.currency)
    judged = judge(tx, amount, earlier=reversals_decided_alone(tx, owner.id))
    if not judged.needs_two:
        _write(tx, by, found, reason=reason, author=Author(by.person_id, by.name))
        return Decided(found.fee_id)
    asked = ask(
        tx,
        by=by,
        act=REVERSE_FEE,
        judged=judged,
        amount=amount,
        summary=f"Take back a fee of {owner.name} charged on {found.posted_on}: {found.description}",
        reason=reason,
        payload={"charge_id": charge_id, "reason": reason},
    )
    return Decided(None, asked)


def approve_reversal(tx: Transaction, *, by: Principal, payload: Mapping[str, Any]) -> int:
    """Take back a charge as approved; `by` is the second person. Gives the reversing entry's id.

    Raises `SamePerson`, `CannotReverse` when it was reversed meanwhile, `PeriodClosed`.
    """
    require(by, APPROVE_FEES)
    author, charge_id = author_of(payload, by), int(payload["charge_id"])
    locked(tx, _charge(tx, charge_id).customer_id)
    return _write(tx, by, _reversible(tx, charge_id), reason=payload["reason"], author=author)


def _charge(tx: Transaction, charge_id: int) -> Row[Any]:
    query = select(custom_fee_charge, custom_fee.c.description).join_from(
        custom_fee_charge, custom_fee, custom_fee.c.id == custom_fee_charge.c.fee_id
    )
    row = tx.conn.execute(query.where(custom_fee_charge.c.id == charge_id)).one_or_none()
    if row is None:
        raise NoSuchFee(f"There is no charge {charge_id} of a custom fee; look it up in the fee's history.")
    return row


def _reversible(tx: Transaction, charge_id: int) -> Row[Any]:
    found = _charge(tx, charge_id)
    if found.reverses_id is not None:
        raise CannotReverse("This is a reversal itself; set a new fee if it was wrong.")
    c = custom_fee_charge.c
    if tx.conn.execute(select(c.id).where(c.reverses_id == charge_id)).first():
        raise CannotReverse("This charge was taken back already; see the fee's history.")
    return found


def _write(tx: Transaction, by: Principal, found: Row[Any], *, reason: str, author: Author) -> int:
    posted = reverse(tx, by=by, entry_id=found.entry_id, on=tx.today, reason=reason)
    row = {
        "fee_id": found.fee_id,
        "customer_id": found.customer_id,
        "visible": found.visible,
        "month": found.month,
        "starts_on": found.starts_on,
        "ends_before": found.ends_before,
        "posted_on": tx.today,
        "posted_month": tx.today.replace(day=1),
        "micros": -found.micros,
        "currency": found.currency,
        "entry_id": posted.entry_id,
        "reverses_id": found.id,
        "charged_by": author.name,
        "approved_by": author.approved_by,
        "reason": reason,
    }
    tx.conn.execute(insert(custom_fee_charge).values(row))
    after = {"amount": Money(found.micros, found.currency).text(), "charged_on": found.posted_on}
    after |= {"set_by": author.name, "approved_by": author.approved_by}
    audit.record(tx, by=by, act=SET_FEES.name, subject="fee", subject_id=found.fee_id, after=after, reason=reason)
    return posted.entry_id
