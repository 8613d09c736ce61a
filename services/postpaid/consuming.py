"""What was consumed in days of a commitment, and what of it no invoice has asked for yet."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import Connection

from services.ledger.day_totals import kind_days
from services.ledger.model import Purpose
from services.ledger.queries import credit_balance
from services.money import Money
from services.periods import Period
from services.postpaid.commitment import DueMonth
from services.postpaid.consumes import CONSUMES
from services.postpaid.model import Commitment
from services.postpaid.queries import consumption


def consumed(conn: Connection, *, customer_id: int, currency: str, days: Period) -> Money:
    """All use, rental and fees with effect in those days, less what was given back, from the daily roll-ups."""
    found = kind_days(
        conn,
        period=days,
        purpose=Purpose.CREDIT,
        customer_id=customer_id,
        currency=currency,
        kinds=CONSUMES,
    )
    return Money(sum(each.debit - each.credit for each in found), currency)


def months_so_far(conn: Connection, due: Sequence[tuple[Commitment, DueMonth]]) -> dict[int, Money]:
    """By commitment what was consumed up to its month's last day and is in no month billed before.

    Late use counts once, when it is known. One month of many commitments is read in a handful of statements.
    """
    micros = dict.fromkeys((found.id for found, _ in due), 0)
    for before, ids in _by_end(due).items():
        for number, used in consumption.consumed_of(conn, ids=ids, kinds=CONSUMES, before=before).items():
            micros[number] = used
    earlier = consumption.consumed_by_month(conn, ids=list(micros))
    return {
        found.id: Money(
            micros[found.id] - sum(one.micros for month, one in earlier.get(found.id, []) if month < part.month),
            found.currency,
        )
        for found, part in due
    }


def unbilled(conn: Connection, due: Sequence[tuple[Commitment, DueMonth]]) -> dict[int, Money]:
    """By commitment what is owed for days up to its month's last and stands on no invoice: never less than zero.

    The balance below zero is all that is owed. Of it open invoices in arrears ask for their net, and what was used from
    the day after on belongs to the next invoice. Credit left from before the contract pays first by itself.
    """
    ids = [found.id for found, _ in due]
    owed, asked = consumption.owed_by(conn, ids=ids), consumption.asked_of(conn, ids=ids)
    later: dict[int, int] = {}
    for before, ended in _by_end(due).items():
        later |= consumption.consumed_after(conn, ids=ended, kinds=CONSUMES, since=before)
    return {
        found.id: Money(max(owed.get(found.id, 0) - later.get(found.id, 0) - asked.get(found.id, 0), 0), found.currency)
        for found, _ in due
    }


def exposure(conn: Connection, *, customer_id: int, currency: str) -> Money:
    """What the credit limit is held against: all that is owed before tax, on invoices or not yet."""
    return Money(max(-credit_balance(conn, customer_id, currency).micros, 0), currency)


def _by_end(due: Sequence[tuple[Commitment, DueMonth]]) -> dict[date, list[int]]:
    """The commitments by the first day after their month: most months end with the calendar's."""
    found: dict[date, list[int]] = {}
    for each, part in due:
        found.setdefault(part.days.ends_before, []).append(each.id)
    return found
