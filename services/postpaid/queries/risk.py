"""What a list of commitments is ordered by: marks of the limit passed, then how far the month is behind its minimum."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, and_, case, cast, extract, func, literal, select

from services.ledger.model import Purpose
from services.ledger.tables import account, account_balance, account_day
from services.periods import month_of
from services.postpaid.consumes import CONSUMES
from services.postpaid.model import MARKS
from services.postpaid.tables import commitment

OF_CREDIT = and_(
    account.c.customer_id == commitment.c.customer_id,
    account.c.purpose == Purpose.CREDIT.value,
    account.c.currency == commitment.c.currency,
)


def by_risk(on: date, version: Any, *, ends: ColumnElement[date]) -> list[ColumnElement[Any]]:
    """What to order by, the largest risk first; the account of `OF_CREDIT` and its balance are joined.

    Behind is what the days of the month gone by lack of their even share of the minimum, in thousandths of the minimum,
    so that currencies compare; nothing outside the days of the contract.
    """
    month = month_of(on)
    c = commitment.c
    gone = (on - month.starts_on).days + 1
    days = case(
        (c.starts_on > month.starts_on, gone - cast(extract("day", c.starts_on), BigInteger) + 1), else_=literal(gone)
    )
    d = account_day.c
    inside = and_(d.account_id == account.c.id, d.kind.in_(CONSUMES), d.day >= month.starts_on, d.day <= on)
    used = select(func.coalesce(func.sum(d.debit - d.credit), 0)).where(inside, d.day >= c.starts_on)
    lacks = version.minimum_micros * days / month.days - cast(
        used.correlate(account, c.id.table).scalar_subquery(), BigInteger
    )
    behind = lacks / (version.minimum_micros / 1000)
    runs = and_(c.starts_on <= on, ends > on)
    owed = func.coalesce(account_balance.c.balance, 0)
    mark = case(*((owed * 100 >= version.limit_micros * each, each) for each in reversed(MARKS)), else_=0)
    return [case((runs, mark), else_=0).desc(), case((and_(runs, lacks > 0), behind), else_=0).desc()]
