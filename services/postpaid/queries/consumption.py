"""What many commitments consumed and owe, each figure in one statement for all of them: what the monthly run asks."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Connection, Select, and_, cast, func, select

from services.invoices.tables import invoice
from services.ledger.model import Purpose
from services.ledger.tables import account, account_balance, account_day
from services.money import Money
from services.periods import Period
from services.postpaid.tables import commitment, commitment_month

Micros = dict[int, int]  # by commitment; one without any is not in it


def consumed_of(conn: Connection, *, ids: Collection[int], kinds: Collection[str], before: date) -> Micros:
    """Micros these commitments consumed from their first day until a day, which is excluded."""
    days = and_(account_day.c.day >= commitment.c.starts_on, account_day.c.day < before)
    return _moved(conn, ids, kinds, days)


def consumed_after(conn: Connection, *, ids: Collection[int], kinds: Collection[str], since: date) -> Micros:
    """Micros their customers consumed from a day on, in the commitments' currencies."""
    return _moved(conn, ids, kinds, account_day.c.day >= since)


def daily_of(
    conn: Connection, *, ids: Collection[int], kinds: Collection[str], days: Period
) -> dict[int, dict[date, int]]:
    """By commitment what its customer consumed on each of these days, in micros; days without any are left out."""
    c = account_day.c
    wanted = _of_credit(select(commitment.c.id, c.day, _sum(c.debit - c.credit)), ids)
    inside = and_(c.account_id == account.c.id, c.kind.in_(kinds), c.day >= days.starts_on, c.day < days.ends_before)
    found: dict[int, dict[date, int]] = {}
    for number, day, micros in conn.execute(wanted.join(account_day, inside).group_by(commitment.c.id, c.day)):
        found.setdefault(number, {})[day] = int(micros)
    return found


def true_ups_of(conn: Connection, *, ids: Collection[int]) -> Micros:
    """Micros billed as true-ups so far."""
    c = commitment_month.c
    wanted = select(c.commitment_id, _sum(c.true_up_micros)).where(c.commitment_id.in_(ids)).group_by(c.commitment_id)
    return _by_id(conn, wanted)


def owed_by(conn: Connection, *, ids: Collection[int]) -> Micros:
    """Micros the balance of their customers is below zero; negative where there is credit in hand."""
    held = _of_credit(select(commitment.c.id, account_balance.c.balance), ids)
    return _by_id(conn, held.join(account_balance, account_balance.c.account_id == account.c.id))


def asked_of(conn: Connection, *, ids: Collection[int]) -> Micros:
    """Micros of net that open invoices in arrears of their customers still ask for."""
    c = invoice.c
    mine = and_(c.customer_id == commitment.c.customer_id, c.currency == commitment.c.currency, c.kind == "arrears")
    still = _sum(c.net_micros - c.cleared_net_micros)
    wanted = select(commitment.c.id, still).join(invoice, and_(mine, c.status.in_(("issued", "part-paid"))))
    return _by_id(conn, wanted.where(commitment.c.id.in_(ids)).group_by(commitment.c.id))


def consumed_by_month(conn: Connection, *, ids: Collection[int]) -> dict[int, list[tuple[date, Money]]]:
    """The months billed of these commitments with what was consumed in each, oldest first."""
    c = commitment_month.c
    rows = conn.execute(
        select(c.commitment_id, c.month, c.consumed_micros, commitment.c.currency)
        .join_from(commitment_month, commitment, commitment.c.id == c.commitment_id)
        .where(c.commitment_id.in_(ids))
        .order_by(c.commitment_id, c.month)
    )
    found: dict[int, list[tuple[date, Money]]] = {}
    for row in rows:
        found.setdefault(row.commitment_id, []).append((row.month, Money(row.consumed_micros, row.currency)))
    return found


def _moved(conn: Connection, ids: Collection[int], kinds: Collection[str], days: ColumnElement[bool]) -> Micros:
    """From the daily roll-ups, which posting keeps."""
    c = account_day.c
    wanted = _of_credit(select(commitment.c.id, _sum(c.debit - c.credit)), ids)
    wanted = wanted.join(account_day, and_(c.account_id == account.c.id, c.kind.in_(kinds), days))
    return _by_id(conn, wanted.group_by(commitment.c.id))


def _of_credit(wanted: Select[Any], ids: Collection[int]) -> Select[Any]:
    mine = account.c.customer_id == commitment.c.customer_id
    credit = and_(mine, account.c.purpose == Purpose.CREDIT.value, account.c.currency == commitment.c.currency)
    return wanted.select_from(commitment).join(account, credit).where(commitment.c.id.in_(ids))


def _by_id(conn: Connection, wanted: Select[Any]) -> Micros:
    return {int(number): int(micros) for number, micros in conn.execute(wanted)}


def _sum(micros: ColumnElement[int]) -> ColumnElement[int]:
    return cast(func.coalesce(func.sum(micros), 0), BigInteger)
