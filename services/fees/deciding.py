"""Who has to agree to a fee: amounts judged against the limit of two people, and requests for the second one."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, cast, func, select

from services.access.approvals import request_approval
from services.access.model import Principal
from services.access.tables import approval
from services.customers.model import Customer
from services.customers.queries import customer as read_customer
from services.customers.tables import customer
from services.db.engine import Transaction
from services.errors import Forbidden, InvalidForm
from services.fees.model import LARGEST, Judged
from services.fees.tables import custom_fee, custom_fee_charge, custom_fee_version
from services.money import Money
from services.pricing.model import BASE, RATE_PLACES
from services.pricing.queries import rate_on

SET_FEE, CHANGE_FEE, REVERSE_FEE = "fees.set", "fees.change", "fees.reverse"  # names in the register of approvals
ACTS = (SET_FEE, CHANGE_FEE, REVERSE_FEE)


class SamePerson(Forbidden):
    """Who asked for a fee cannot also agree to it."""


@dataclass(frozen=True, slots=True)
class Author:
    """Who decided on something, and who agreed to it where two had to."""

    person_id: int | None
    name: str
    approved_by: str = ""


def locked(tx: Transaction, customer_id: int) -> Customer:
    """The customer, its fees ours alone until the end: two decisions of one day take turns. Raises `NoCustomer`."""
    tx.conn.execute(select(customer.c.id).where(customer.c.id == customer_id).with_for_update())
    return read_customer(tx.conn, customer_id)


def judge(tx: Transaction, amount: Money, *, earlier: int) -> Judged:
    """Hold an amount, and the micros decided alone before it that day, against the limit at today's stored rate.

    Raises `NoRate`, and `InvalidForm` for an amount that must be a slip of the keys.
    """
    rate = rate_on(tx.conn, amount.currency, tx.today)
    aud = rate.to_aud(amount)
    if aud > LARGEST:
        raise InvalidForm({"amount": f"A fee is at most {LARGEST.text()} or the equivalent; check the digits."})
    day = rate.to_aud(Money(amount.micros + earlier, amount.currency))
    return Judged(aud, day, rate.aud_per_unit, rate.on)


def judged_facts(tx: Transaction, judged: Judged, author: Author) -> dict[str, Any]:
    """What a version keeps of how it was decided: the equivalent with its rate and that rate's day, who, when."""
    return {
        "aud_micros": judged.aud.micros,
        "rate_nano": int(judged.rate.scaleb(RATE_PLACES)),
        "rate_on": judged.rate_on,
        "set_on": tx.today,
        "set_at": tx.at,
        "set_by_id": author.person_id,
        "set_by": author.name,
        "approved_by": author.approved_by,
    }


def fees_decided_alone(tx: Transaction, customer_id: int, *, but_fee_id: int = 0) -> int:
    """Micros of the fees one person alone set or raised today for a customer, each fee once; one fee left out."""
    version = custom_fee_version.c
    each = (
        select(func.max(version.judged_micros).label("micros"))
        .join_from(custom_fee_version, custom_fee, custom_fee.c.id == version.fee_id)
        .where(custom_fee.c.customer_id == customer_id, custom_fee.c.id != but_fee_id)
        .where(version.set_on == tx.today, version.approved_by == "")
        .group_by(version.fee_id)
        .subquery()
    )
    return int(tx.conn.execute(select(cast(func.coalesce(func.sum(each.c.micros), 0), BigInteger))).scalar_one())


def reversals_decided_alone(tx: Transaction, customer_id: int) -> int:
    """Micros of charges one person alone took back today for a customer."""
    c = custom_fee_charge.c
    given = select(cast(func.coalesce(func.sum(-c.micros), 0), BigInteger))
    mine = (c.customer_id == customer_id, c.posted_on == tx.today, c.approved_by == "", c.reverses_id.is_not(None))
    return int(tx.conn.execute(given.where(*mine)).scalar_one())


def ask(
    tx: Transaction,
    *,
    by: Principal,
    act: str,
    judged: Judged,
    amount: Money,
    summary: str,
    reason: str,
    payload: Mapping[str, Any],
) -> int:
    """Ask a second person, who reads the summary with the AUD equivalent; returns the request's id."""
    asked = {**payload, "requested_by_id": by.person_id, "requested_by": by.name}
    return request_approval(
        tx,
        by=by,
        act=act,
        subject="custom fee",
        payload=asked,
        summary=summary + _why(judged, amount),
        reason=reason,
        amount=amount,
    )


def _why(judged: Judged, amount: Money) -> str:
    at = "" if amount.currency == BASE else f" ({judged.aud.text()} at {judged.rate.normalize():f} of {judged.rate_on})"
    more = "" if judged.day == judged.aud else f"; {judged.day.text()} with what was decided alone for it that day"
    return f"{at}{more}"


def author_of(payload: Mapping[str, Any], by: Principal) -> Author:
    """Who asked, with `by` agreeing; raises `SamePerson` where they are one."""
    if by.person_id is not None and by.person_id == payload["requested_by_id"]:
        raise SamePerson("You asked for this yourself; another person has to agree to it.")
    return Author(payload["requested_by_id"], payload["requested_by"], by.name)


def request_of(tx: Transaction, act: str, *, name: str, value: object, waiting: bool) -> int | None:
    """The request of an act whose payload has this value under that name; only one that still waits, if so asked."""
    c = approval.c
    # the quoted value narrows the search; the payload itself decides
    query = select(c.id, c.payload).where(c.act == act, c.payload.contains(json.dumps(value), autoescape=True))
    if waiting:
        query = query.where(c.decision.is_(None))
    rows = tx.conn.execute(query.order_by(c.id))
    return next((int(row.id) for row in rows if json.loads(row.payload).get(name) == value), None)
