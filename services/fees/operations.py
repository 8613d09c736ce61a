"""Setting a fee and ending it; changing and reversing one stand beside and are offered here too."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy import func, insert, select, update

from services.access import audit
from services.access.model import Principal, require
from services.customers.model import Customer
from services.customers.queries import customer
from services.customers.stopping import refuse_stopped
from services.db.engine import Transaction
from services.errors import Refused
from services.fees.changing import approve_change, change_fee
from services.fees.charging import charge, charge_fees
from services.fees.deciding import (
    SET_FEE,
    Author,
    ask,
    author_of,
    fees_decided_alone,
    judge,
    judged_facts,
    locked,
    request_of,
)
from services.fees.model import (
    APPROVE_FEES,
    SET_FEES,
    CannotEnd,
    Decided,
    Fee,
    Judged,
    NotEnoughCredit,
    WantedFee,
)
from services.fees.reading import fee
from services.fees.reversing import approve_reversal, reverse_charge
from services.fees.tables import custom_fee, custom_fee_charge, custom_fee_version
from services.fees.wanting import checked, from_payload, payload_of, said
from services.ledger.operations import CreditTooSmall
from services.ledger.queries import credit_balance
from services.periods import Period
from services.texts import checked_reason

__all__ = [
    "approve_change",
    "approve_fee",
    "approve_reversal",
    "change_fee",
    "charge_fees",
    "end_fee",
    "reverse_charge",
    "set_fee",
]


def set_fee(tx: Transaction, *, by: Principal, nonce: str, wanted: WantedFee) -> Decided:
    """Set a fee for a customer, or ask a second person where the day's fees for it reach the limit of two people.

    A one-off fee is charged at once, of a monthly one the days left of this month (rule 29); a charge that a person
    decides now must find the credit. The same `nonce` again gives the same answer. Raises `InvalidForm`,
    `NotEnoughCredit`, `Stopped`, `NoRate`, `NoCustomer` and what `ledger.post_many` raises.
    """
    require(by, SET_FEES)
    owner = locked(tx, wanted.customer_id)
    known = tx.conn.execute(select(custom_fee.c.id).where(custom_fee.c.nonce == nonce)).scalar()
    if known is not None:
        return Decided(known)
    if (asked := request_of(tx, SET_FEE, name="nonce", value=nonce, waiting=False)) is not None:
        return Decided(None, asked)
    refuse_stopped(tx.conn, owner, wanted="No new fee")
    wanted = checked(wanted, owner=owner, today=tx.today)
    judged = judge(tx, wanted.amount, earlier=fees_decided_alone(tx, owner.id))
    if not judged.needs_two:
        return Decided(_write(tx, by, wanted, judged, author=Author(by.person_id, by.name), nonce=nonce))
    asked = ask(
        tx,
        by=by,
        act=SET_FEE,
        judged=judged,
        amount=wanted.amount,
        summary=_summary(wanted, owner),
        reason=wanted.reason,
        payload={"nonce": nonce, "fee": payload_of(wanted), "changes": said(wanted)},
    )
    return Decided(None, asked)


def approve_fee(tx: Transaction, *, by: Principal, payload: Mapping[str, Any]) -> Fee:
    """Set an approved fee; `by` is the second person. It begins on the day it was asked for, or today if that passed.

    Raises `SamePerson` and what `set_fee` raises: then the request still waits.
    """
    require(by, APPROVE_FEES)
    author = author_of(payload, by)
    wanted = from_payload(payload["fee"])
    owner = locked(tx, wanted.customer_id)
    if wanted.recurring and wanted.starts_on is not None and wanted.starts_on < tx.today:
        if wanted.ends_before is not None and wanted.ends_before <= tx.today:
            raise Refused("The days this fee was asked for are over; decline it and have it set anew.")
        wanted = replace(wanted, starts_on=tx.today)
    refuse_stopped(tx.conn, owner, wanted="No new fee")
    wanted = checked(wanted, owner=owner, today=tx.today)
    judged = judge(tx, wanted.amount, earlier=0)
    return fee(tx.conn, _write(tx, by, wanted, judged, author=author, nonce=payload["nonce"]))


def end_fee(tx: Transaction, *, by: Principal, fee_id: int, ends_before: date | None = None, reason: str) -> Fee:
    """Stop a recurring fee: `ends_before` is its first day no longer charged, by default the first one not charged yet.

    Raises `NoSuchFee`, `InvalidForm` without a reason, and `CannotEnd` for a one-off fee, a day charged already, or a
    fee that ends by then anyway.
    """
    require(by, SET_FEES)
    reason = checked_reason(reason, ask="Say why the fee ends: it is kept with it.")
    tx.conn.execute(select(custom_fee.c.id).where(custom_fee.c.id == fee_id).with_for_update())
    found = fee(tx.conn, fee_id)
    if not found.recurring:
        raise CannotEnd("A one-off fee does not run on; reverse it if it was wrong.")
    c = custom_fee_charge.c
    charged = tx.conn.execute(select(func.max(c.ends_before)).where(c.fee_id == fee_id)).scalar()
    earliest = max(tx.today, found.starts_on, charged or found.starts_on)
    wanted = ends_before or earliest
    if found.ends_before is not None and found.ends_before <= wanted:
        last = found.ends_before - timedelta(days=1)
        raise CannotEnd(f"This fee ends after {last} already; give an earlier day or leave it.")
    if wanted < earliest:
        raise CannotEnd(f"The fee is charged up to {earliest}; end it from that day on, or reverse the charge.")
    values = {"ends_before": wanted, "ended_at": tx.at, "ended_by": by.name, "end_reason": reason}
    tx.conn.execute(update(custom_fee).where(custom_fee.c.id == fee_id).values(values))
    before, after = {"ends_before": found.ends_before}, {"ends_before": wanted}
    audit.record(
        tx, by=by, act=SET_FEES.name, subject="fee", subject_id=fee_id, before=before, after=after, reason=reason
    )
    return fee(tx.conn, fee_id)


def _summary(wanted: WantedFee, owner: Customer) -> str:
    hidden = "" if wanted.visible else ", not visible to the customer"
    month = " a month" if wanted.recurring else ""
    return f"{wanted.kind.label} fee for {owner.name}{hidden}: {wanted.amount.text()}{month}"


def _write(tx: Transaction, by: Principal, wanted: WantedFee, judged: Judged, *, author: Author, nonce: str) -> int:
    starts_on = wanted.starts_on or tx.today
    facts = {
        "nonce": nonce,
        "customer_id": wanted.customer_id,
        "kind": wanted.kind.value,
        "recurring": wanted.recurring,
        "visible": wanted.visible,
        "description": wanted.description,
        "wording": wanted.wording,
        "currency": wanted.amount.currency,
        "starts_on": starts_on,
        "ends_before": wanted.ends_before,
    }
    fee_id = int(tx.conn.execute(insert(custom_fee).values(facts).returning(custom_fee.c.id)).scalar_one())
    version = {
        "fee_id": fee_id,
        "version": 1,
        "from_month": starts_on.replace(day=1),
        "micros": wanted.amount.micros,
        "judged_micros": wanted.amount.micros,
        "ticket_id": wanted.ticket_id,
        "reason": wanted.reason,
    }
    tx.conn.execute(insert(custom_fee_version).values(version | judged_facts(tx, judged, author)))
    _charge_now(tx, by, fee(tx.conn, fee_id))
    after = {key: facts[key] for key in ("customer_id", "kind", "recurring", "visible", "description", "starts_on")}
    after |= {"amount": wanted.amount.text(), "set_by": author.name, "approved_by": author.approved_by}
    audit.record(tx, by=by, act=SET_FEES.name, subject="fee", subject_id=fee_id, after=after, reason=wanted.reason)
    return fee_id


def _charge_now(tx: Transaction, by: Principal, one: Fee) -> None:
    """What is due by the decision itself: a one-off fee, or the days left of this month.

    From credit there is, or owed by a customer who pays afterwards: there the stop at its limit is the guard.
    """
    once = (Period(tx.today, tx.today + timedelta(days=1)), one.amount_in(tx.today))
    due = one.charge_for(tx.today) if one.recurring else once
    if due is None:
        return
    try:
        owner = customer(tx.conn, one.customer_id)
        charge(tx, [(one, *due)], by=by, decided=not owner.pays_afterwards)
    except CreditTooSmall as small:
        amount = due[1]
        raise NotEnoughCredit(amount, credit_balance(tx.conn, one.customer_id, amount.currency)) from small
