"""Credit limits: who passed 50, 80 or 100 %, who hears of it, and what the contract says happens at the limit.

A mark is alerted once until what is owed falls below it again. What is already used is a fact and always posted; at the
limit a contract may stop what is new (docs/decisions).
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from services.access.audit import record
from services.access.model import SYSTEM, Principal, require
from services.customers.model import Customer
from services.customers.queries import customer as customer_by_id
from services.customers.queries import invoice_details
from services.customers.stopping import end_stop, stop_customer, stops_of
from services.db.engine import Transaction
from services.db.keys import next_id
from services.mail.model import About, MailKind, Wanted
from services.mail.outbox import queue
from services.money import Money
from services.papers.wording import money_text
from services.postpaid.model import LIFT_STOP, MARKS, RUN_COMMITMENTS, NotReady
from services.postpaid.queries.limits import CAUSE, Moved, moved
from services.postpaid.tables import commitment, limit_alert
from services.texts import checked_reason

_ALERT = limit_alert.c
_FULL = MARKS[-1]


def limits_since(conn: Connection) -> date | None:
    """The first day on which a commitment that began has a limit; None while there is none."""
    return conn.execute(select(func.min(commitment.c.starts_on)).where(commitment.c.started_at.is_not(None))).scalar()


def watch_limits(tx: Transaction, *, by: Principal, commitment_ids: Collection[int]) -> int:
    """Note what moved past a mark of these commitments, write to the customers, begin or end their stops; how many.

    Up: each mark passed is a row, the highest is written about. Down: the marks fall, and can be passed again.
    """
    require(by, RUN_COMMITMENTS)
    _lock(tx, commitment_ids)
    found = moved(tx.conn, on=tx.today, ids=commitment_ids)
    for one in found:
        _note(tx, one)
        if one.is_last:
            _stop(tx, one)
    return len(found)


def lift_stop(tx: Transaction, *, by: Principal, commitment_id: int, reason: str) -> bool:
    """Let a customer go on beyond its limit until what is owed has fallen below it once; a person says why. Gives True.

    Raises `NotReady` when the limit does not stop it, and `InvalidForm` without a reason.
    """
    require(by, LIFT_STOP)
    why = checked_reason(reason, ask="Say why the customer may go on: it is kept with the stop.")
    _lock(tx, [commitment_id])
    watch_limits(tx, by=SYSTEM, commitment_ids=[commitment_id])
    customer_id = int(
        tx.conn.execute(select(commitment.c.customer_id).where(commitment.c.id == commitment_id)).scalar_one()
    )
    if not any(each.cause == CAUSE for each in stops_of(tx.conn, customer_id)):
        raise NotReady("Its credit limit does not stop this customer, or not any more; look at it again.")
    lifted = {"lifted_at": tx.at, "lifted_by": by.name, "lifted_why": why}
    tx.conn.execute(update(limit_alert).where(*_stands(commitment_id), _ALERT.mark == _FULL).values(lifted))
    end_stop(tx, by=by, customer_id=customer_id, cause=CAUSE, why=why, lifted=True)
    after = {"goes on beyond its credit limit": True}
    record(tx, by=by, act=LIFT_STOP.name, subject="commitment", subject_id=commitment_id, after=after, reason=why)
    return True


def _note(tx: Transaction, one: Moved) -> None:
    passed = [mark for mark in MARKS if one.kept < mark <= one.level]
    if one.level < one.kept:
        fallen = update(limit_alert).where(*_stands(one.commitment_id), _ALERT.mark > one.level)
        tx.conn.execute(fallen.values(fell_at=tx.at))
    for mark in passed:
        alert_id = next_id(tx, limit_alert)
        mail_id = _write(tx, one, alert_id) if mark == one.level else None
        row = {
            "id": alert_id, "commitment_id": one.commitment_id, "mark": mark, "owed_micros": one.owed.micros,
            "limit_micros": one.limit.micros, "crossed_at": tx.at, "mail_id": mail_id,
        }  # fmt: skip
        tx.conn.execute(insert(limit_alert), row)
    if one.level != one.kept:
        before = {"per cent of its limit": one.kept}
        after = {"per cent of its limit": one.level, "owed": one.owed.text(), "limit": one.limit.text()}
        act, subject_id = RUN_COMMITMENTS.name, one.commitment_id
        record(tx, by=SYSTEM, act=act, subject="commitment", subject_id=subject_id, before=before, after=after)


def _stop(tx: Transaction, one: Moved) -> None:
    if one.stops:
        why = f"{one.owed.text()} is owed of a credit limit of {one.limit.text()}, and its contract says to stop there."
        stop_customer(tx, by=SYSTEM, customer_id=one.customer_id, cause=CAUSE, why=why)
    else:
        why = f"{one.owed.text()} is owed of a credit limit of {one.limit.text()}."
        end_stop(tx, by=SYSTEM, customer_id=one.customer_id, cause=CAUSE, why=why)


def _write(tx: Transaction, one: Moved, alert_id: int) -> int | None:
    """Put the letter about the mark in the outbox; None for a customer without an e-mail address."""
    owner = customer_by_id(tx.conn, one.customer_id)
    details = invoice_details(tx.conn, owner.id)
    to = (details.email if details else "") or owner.email
    if not to:
        return None
    language = details.language if details else "en"
    contact = (details.contact_name if details else "") or owner.contact_name or owner.name
    wanted = Wanted(
        kind=MailKind.CREDIT_LIMIT,
        about=About.COMMITMENT,
        about_id=one.commitment_id,
        invoice_id=None,
        customer_id=owner.id,
        number=f"{one.level} %",
        to=to,
        language=language,
        facts=_facts(one, owner, contact, language),
        version=alert_id,
    )
    return queue(tx, by=SYSTEM, wanted=wanted)


def _facts(one: Moved, owner: Customer, contact: str, language: str) -> dict[str, str]:
    left = Money(max(one.limit.micros - one.owed.micros, 0), one.limit.currency)
    at_limit = ("stopped" if one.stops else "reached") if one.level == _FULL else ""
    return {
        "share": str(one.level),
        "at_limit": at_limit,
        "owed": money_text(one.owed.rounded(), language),
        "limit": money_text(one.limit, language),
        "left": money_text(left.rounded(), language),
        "account": f"{owner.username} ({owner.account_id})",
        "contact": contact,
    }


def _stands(commitment_id: int) -> tuple[Any, ...]:
    return (_ALERT.commitment_id == commitment_id, _ALERT.fell_at.is_(None))


def _lock(tx: Transaction, ids: Collection[int]) -> None:
    tx.conn.execute(
        select(commitment.c.id).where(commitment.c.id.in_(ids)).order_by(commitment.c.id).with_for_update()
    ).all()
