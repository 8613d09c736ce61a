"""Giving back rental charged after a number's end: prepared, once a rental, by two people when it is much (rule 18)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import insert, select

from services.access.approvals import request_approval
from services.access.model import Principal, require
from services.access.tables import approval
from services.db.engine import Transaction
from services.errors import Forbidden, Stale
from services.ledger.balances import entry
from services.ledger.chart import Purpose
from services.ledger.model import BASE_CURRENCY
from services.ledger.operations import post
from services.money import Money, zero
from services.numbers.accounting import refund_draft
from services.numbers.model import (
    APPROVE_RENTAL_REFUND,
    REFUND_RENTAL,
    TWO_PEOPLE_FROM,
    CannotRefund,
    Overcharge,
)
from services.numbers.queries.overcharged import overcharged
from services.numbers.tables import number_refund
from services.numbers.writing import locked, record
from services.pricing.queries import rate_on
from services.texts import checked_reason

RENTAL_REFUND = "numbers.rental_refund"  # the act's name in the register of approvals


class SamePerson(Forbidden):
    """Who asked for a refund cannot also approve it."""


@dataclass(frozen=True, slots=True)
class RentalRefund:
    """What became of a prepared refund: given back now, or waiting for a second person under `approval_id`."""

    e164: str
    amount: Money
    approval_id: int | None = None


def refund_after_end(tx: Transaction, *, by: Principal, number_id: int, reason: str) -> RentalRefund:
    """Give back every rental charged for days after a number's end; each rental only once.

    From 500 AUD or the equivalent nothing moves before another person approves. Raises `NoSuchNumber`, `InvalidForm`
    without a reason, `CannotRefund` when there is nothing to give back or it waits already.
    """
    require(by, REFUND_RENTAL)
    reason = checked_reason(reason, ask="Say why it is given back: it is kept with the refund.")
    found = locked(tx, number_id)
    prepared = _prepared(tx, number_id, found.e164)
    amount = _total(prepared)
    if rate_on(tx.conn, amount.currency, tx.today).to_aud(amount) < TWO_PEOPLE_FROM:
        _give_back(tx, prepared, by=by, reason=reason)
        return RentalRefund(found.e164, amount)
    if _waits(tx, number_id):
        raise CannotRefund(f"Giving back the rental of {found.e164} waits for a second person already; see Approvals.")
    payload = {"number_id": number_id, "e164": found.e164, "micros": amount.micros, "requested_by_id": by.person_id}
    asked = request_approval(
        tx,
        by=by,
        act=RENTAL_REFUND,
        subject=_subject(number_id),
        payload=payload | {"requested_by": by.name, "reason": reason, "changes": _months(prepared)},
        summary=f"Give back rental of {found.e164} after its end",
        reason=reason,
        amount=amount,
    )
    return RentalRefund(found.e164, amount, asked)


def apply_rental_refund(tx: Transaction, *, by: Principal, payload: Mapping[str, Any]) -> RentalRefund:
    """Give back what was asked for; runs when `by`, the second person, approves.

    Raises `SamePerson`, `CannotRefund` when it was given back meanwhile, `Stale` when the amount is another by now.
    """
    require(by, APPROVE_RENTAL_REFUND)
    if by.person_id == payload["requested_by_id"]:
        raise SamePerson("You asked for this refund yourself; another person has to approve it.")
    found = locked(tx, payload["number_id"])
    prepared = _prepared(tx, found.id, found.e164)
    if _total(prepared).micros != payload["micros"]:
        raise Stale(f"What is to be given back for {found.e164} has changed; decline this and ask again.")
    asker = Principal(payload["requested_by_id"], payload["requested_by"], None)
    _give_back(tx, prepared, by=by, reason=payload["reason"], asked_by=asker)
    return RentalRefund(found.e164, _total(prepared))


def _prepared(tx: Transaction, number_id: int, e164: str) -> list[Overcharge]:
    prepared = overcharged(tx.conn, number_id=number_id)
    if not prepared:
        raise CannotRefund(f"No rental of {e164} is left to give back; look at the list again.")
    return prepared


def _give_back(
    tx: Transaction, prepared: list[Overcharge], *, by: Principal, reason: str, asked_by: Principal | None = None
) -> None:
    for one in prepared:
        posted = post(tx, refund_draft(one, on=tx.today, rate=_carried_rate(tx, one)), by=by)
        row = {
            "rental_id": one.rental_id,
            "number_id": one.number_id,
            "starts_on": one.days.starts_on,
            "ends_before": one.days.ends_before,
            "micros": one.refund.micros,
            "currency": one.refund.currency,
            "entry_id": posted.entry_id,
            "refunded_on": tx.today,
            "refunded_by": asked_by.name if asked_by else by.name,
            "approved_by": by.name if asked_by else "",
            "reason": reason,
        }
        tx.conn.execute(insert(number_refund).values(row))
    months = ", ".join(f"{month} {amount}" for month, amount in _months(prepared).items())
    after = {"given_back": _total(prepared).text(), "months": months}
    permission = APPROVE_RENTAL_REFUND if asked_by else REFUND_RENTAL
    record(tx, by, prepared[0].number_id, after, reason=reason, permission=permission)


def _carried_rate(tx: Transaction, one: Overcharge) -> Decimal | None:
    """AUD for one unit as the rental took it out of credit, so that what comes back is carried as before."""
    if one.refund.currency == BASE_CURRENCY:
        return None
    taken = next(
        line for line in entry(tx.conn, one.entry_id).postings if line.account.purpose is Purpose.CREDIT and line.micros
    )
    return Decimal(taken.base_micros) / Decimal(taken.micros)


def _total(prepared: list[Overcharge]) -> Money:
    return sum((one.refund for one in prepared), zero(prepared[0].refund.currency))


def _months(prepared: list[Overcharge]) -> dict[str, str]:
    return {f"{one.days.starts_on:%B %Y}": one.refund.text() for one in prepared}


def _subject(number_id: int) -> str:
    return f"number {number_id}"


def _waits(tx: Transaction, number_id: int) -> bool:
    c = approval.c
    waiting = select(c.id).where(c.act == RENTAL_REFUND, c.subject == _subject(number_id), c.decision.is_(None))
    return tx.conn.execute(waiting).first() is not None
