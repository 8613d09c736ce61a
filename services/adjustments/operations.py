"""Giving and taking credit by decision: judged on the day's sum, posted at once or asked of a second person."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import insert, select, update

from services.access.approvals import request_approval
from services.access.audit import record
from services.access.model import Principal, require
from services.adjustments import checking
from services.adjustments.expiring import expire_promotions
from services.adjustments.model import (
    APPROVE,
    CORRECT,
    GIVE,
    Adjustment,
    AdjustmentKind,
    AlreadyPosted,
    Judged,
    NonceReused,
    RefundChanged,
    Wanted,
    in_aud,
)
from services.adjustments.posting import claim, post_wanted, refuse_spent
from services.adjustments.queries import adjustment as adjustment_by_id
from services.adjustments.queries import adjustment_by_nonce, asked_in_aud
from services.adjustments.refunds import refundable
from services.adjustments.tables import adjustment as table
from services.adjustments.undoing import undo_adjustment
from services.customers.queries import customer as customer_by_id
from services.db.engine import Transaction
from services.db.keys import next_id
from services.db.turns import wait_for_turn
from services.ledger.queries import credit_balance, promotional_credit
from services.money import Money
from services.periods import Period
from services.pricing.model import RATE_PLACES
from services.pricing.queries import rate_on
from services.usage.model import Product

__all__ = [
    "POST_ADJUSTMENT",
    "correct_credit",
    "expire_promotions",
    "give_goodwill",
    "grant_promotion",
    "post_adjustment",
    "refund_undelivered",
    "undo_adjustment",
]

POST_ADJUSTMENT = "adjustments.post"  # the name of the act in the register of approvals


def give_goodwill(
    tx: Transaction, *, by: Principal, nonce: str, customer_id: int, amount: Money, reason: str, ticket_id: str
) -> Adjustment:
    """Give a customer credit out of goodwill, at our expense. Raises as `_adjust`."""
    require(by, GIVE)
    wanted = Wanted(AdjustmentKind.GOODWILL, customer_id, amount, reason, ticket_id)
    return _adjust(tx, by, nonce, wanted)


def grant_promotion(
    tx: Transaction,
    *,
    by: Principal,
    nonce: str,
    customer_id: int,
    amount: Money,
    reason: str,
    ticket_id: str,
    expires_on: date | None = None,
) -> Adjustment:
    """Give promotional credit, which use draws first and no refund pays out. Raises as `_adjust`.

    `expires_on` is the first day on which what is left of it no longer counts.
    """
    require(by, CORRECT)
    wanted = Wanted(AdjustmentKind.PROMOTION, customer_id, amount, reason, ticket_id, expires_on)
    return _adjust(tx, by, nonce, wanted)


def correct_credit(
    tx: Transaction, *, by: Principal, nonce: str, customer_id: int, amount: Money, reason: str, ticket_id: str
) -> Adjustment:
    """Put credit right: up, or down where `amount` is negative, but only credit that was paid for. Raises as `_adjust`.

    A correction downwards raises `Spent` when there is less paid credit than that.
    """
    require(by, CORRECT)
    wanted = Wanted(AdjustmentKind.CORRECTION, customer_id, amount, reason, ticket_id)
    return _adjust(tx, by, nonce, wanted)


def refund_undelivered(
    tx: Transaction,
    *,
    by: Principal,
    nonce: str,
    customer_id: int,
    period: Period,
    expected: Money,
    reason: str,
    ticket_id: str,
    product: Product | None = None,
) -> Adjustment:
    """Give back what undelivered messages of a period were charged; each message once. Raises as `_adjust`.

    `expected` is the sum that was shown: raises `RefundChanged` when it is another one now, `NothingToRefund`.
    """
    require(by, GIVE)
    if made := adjustment_by_nonce(tx.conn, nonce):
        return _repeated(made, AdjustmentKind.UNDELIVERED, customer_id, expected)
    wanted = refundable(tx.conn, customer_id=customer_id, period=period, product=product)
    if wanted.amount != expected:
        raise RefundChanged(f"{wanted.amount.text()} can be refunded now, not {expected.text()}; look at it again.")
    return _adjust(tx, by, nonce, replace(wanted, reason=reason, ticket_id=ticket_id))


def post_adjustment(tx: Transaction, *, by: Principal, adjustment_id: int) -> Adjustment:
    """Post what was asked for: an approved act, `by` being who approved it. Raises `AlreadyPosted`, `Spent`.

    Undelivered messages are looked up again: raises `RefundChanged` when they come to another sum by now.
    """
    require(by, APPROVE)
    tx.conn.execute(select(table.c.id).where(table.c.id == adjustment_id).with_for_update())
    asked = adjustment_by_id(tx.conn, adjustment_id)
    if asked.entry_id is not None:
        raise AlreadyPosted(f"Adjustment {adjustment_id} was posted before; look at the list again.")
    if asked.wanted.expires_on and asked.wanted.expires_on <= tx.today:
        raise RefundChanged("This promotion would have expired by now; decline it and ask for a new one.")
    wanted = asked.wanted
    if wanted.period:
        found = refundable(tx.conn, customer_id=wanted.customer_id, period=wanted.period, product=wanted.product)
        if (found.amount, found.messages) != (wanted.amount, wanted.messages):
            raise RefundChanged(f"Only {found.amount.text()} can be refunded by now; decline this and ask again.")
        wanted = replace(wanted, promotional=found.promotional)
    entry_id = post_wanted(tx, by=by, adjustment_id=adjustment_id, wanted=wanted)
    done = {"entry_id": entry_id, "approved_by": by.name, "promotional_micros": wanted.promotional}
    tx.conn.execute(update(table).where(table.c.id == adjustment_id).values(done))
    claim(tx, adjustment_id=adjustment_id, wanted=wanted)
    _record(tx, by, APPROVE.name, adjustment_id, wanted)
    return adjustment_by_id(tx.conn, adjustment_id)


def _adjust(tx: Transaction, by: Principal, nonce: str, wanted: Wanted) -> Adjustment:
    """Judge, then post at once below the limit and ask a second person from it.

    `nonce` names the form: sent again it returns the adjustment it made. Raises `InvalidForm` with every wrong field's
    sentence, `NonceReused`, what `customers.queries.customer` and `pricing.queries.rate_on` raise, and `PeriodClosed`.
    """
    wait_for_turn(tx, f"adjustment:{nonce}", f"adjustments of customer:{wanted.customer_id}")
    if made := adjustment_by_nonce(tx.conn, nonce):
        return _repeated(made, wanted.kind, wanted.customer_id, wanted.amount)
    owner = customer_by_id(tx.conn, wanted.customer_id)
    wanted = checking.checked(wanted, owner, today=tx.today)
    judged = _judge(tx, wanted)
    adjustment_id = next_id(tx, table)
    row = _row(adjustment_id, nonce, wanted, judged) | {"asked_on": tx.today, "asked_at": tx.at, "asked_by": by.name}
    if judged.needs_second_person(wanted.kind):
        refuse_spent(tx, wanted=wanted)
        row["approval_id"] = _ask(
            tx, by=by, adjustment_id=adjustment_id, wanted=wanted, judged=judged, customer_name=owner.name
        )
        tx.conn.execute(insert(table).values(row))
    else:
        row["entry_id"] = post_wanted(tx, by=by, adjustment_id=adjustment_id, wanted=wanted)
        tx.conn.execute(insert(table).values(row))
        claim(tx, adjustment_id=adjustment_id, wanted=wanted)
        _record(tx, by, wanted.kind.permission.name, adjustment_id, wanted)
    return adjustment_by_id(tx.conn, adjustment_id)


def _judge(tx: Transaction, wanted: Wanted) -> Judged:
    rate = rate_on(tx.conn, wanted.amount.currency, tx.today)
    aud = in_aud(wanted.amount, rate.aud_per_unit)
    before = asked_in_aud(tx.conn, customer_id=wanted.customer_id, kind=wanted.kind, on=tx.today)
    return Judged(aud, before + aud, rate.aud_per_unit, rate.on, rate.source)


def _ask(
    tx: Transaction, *, by: Principal, adjustment_id: int, wanted: Wanted, judged: Judged, customer_name: str
) -> int:
    credit = credit_balance(tx.conn, wanted.customer_id, wanted.amount.currency)
    given = promotional_credit(tx.conn, wanted.customer_id, wanted.amount.currency)
    payload = {"adjustment_id": adjustment_id, **checking.facts(wanted, judged, credit=credit, given=given)}
    return request_approval(
        tx,
        by=by,
        act=POST_ADJUSTMENT,
        subject="adjustment",
        payload=payload,
        summary=f"{wanted.kind.label} for {customer_name}",
        reason=f"{wanted.reason} (ticket {wanted.ticket_id})",
        amount=wanted.amount,
    )


def _row(adjustment_id: int, nonce: str, wanted: Wanted, judged: Judged) -> dict[str, Any]:
    return {
        "id": adjustment_id, "nonce": nonce, "kind": wanted.kind.value, "customer_id": wanted.customer_id,
        "currency": wanted.amount.currency, "micros": wanted.amount.micros, "reason": wanted.reason,
        "ticket_id": wanted.ticket_id, "aud_micros": judged.aud.micros, "day_aud_micros": judged.day.micros,
        "rate_nano": int(judged.rate.scaleb(RATE_PLACES)), "rate_on": judged.rate_on, "rate_source": judged.rate_source,
        "expires_on": wanted.expires_on, "messages": wanted.messages,
        "first_day": wanted.period.starts_on if wanted.period else None,
        "last_day": wanted.period.last_day if wanted.period else None,
        "product": wanted.product.value if wanted.product else None, "promotional_micros": wanted.promotional,
    }  # fmt: skip


def _record(tx: Transaction, by: Principal, act: str, adjustment_id: int, wanted: Wanted) -> None:
    after = {"kind": wanted.kind, "customer_id": wanted.customer_id, "amount": wanted.amount.text()}
    after |= {"ticket_id": wanted.ticket_id}
    record(tx, by=by, act=act, subject="adjustment", subject_id=adjustment_id, after=after, reason=wanted.reason)


def _repeated(made: Adjustment, kind: AdjustmentKind, customer_id: int, amount: Money) -> Adjustment:
    if (made.wanted.kind, made.wanted.customer_id, made.wanted.amount) != (kind, customer_id, amount):
        raise NonceReused("This form was already sent with other content; open it again.")
    return made
