"""The months of the books: opened as time passes, closed in order, reopened only by two people."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from sqlalchemy import func, insert, select, update

from services.access.approvals import request_approval
from services.access.audit import record
from services.access.model import Principal, require
from services.db.engine import Transaction
from services.errors import Refused
from services.ledger.model import APPROVE_REOPENING, CLOSE_PERIODS
from services.ledger.tables import accounting_period
from services.ledger.writing import asked, listed
from services.periods import accounting_period as period_of
from services.periods import month_from_accounting_period, month_of

_STATUS = "SELECT period, status FROM accounting_period WHERE period :any"
REOPEN_PERIOD = "ledger.reopen_period"  # the name of the act in the register of approvals


class PeriodClosed(Refused):
    """The month of a posting is closed."""

    @property
    def month(self) -> str:
        """Which month is closed, as the first half of its sentence says it."""
        return str(self).partition(";")[0]


class NotYet(Refused):
    """A posting lies in a month that has not begun."""


class CannotClose(Refused):
    """The month cannot be closed, or reopened, as things stand."""


def require_open(tx: Transaction, days: Iterable[date]) -> None:
    """Make sure every day lies in an open month, opening months that have begun; raises `PeriodClosed`, `NotYet`."""
    wanted = {period_of(day) for day in days}
    found = {period: status for period, status in asked(tx.conn, _STATUS, listed(tx.conn, wanted))}  # noqa: C416 - rows
    for period in sorted(wanted):
        if found.get(period) == "closed":
            raise PeriodClosed(f"{_name(period)} is closed; post on a day of an open month instead.")
        if period not in found:
            _open(tx, period)


def _open(tx: Transaction, period: int) -> None:
    if month_from_accounting_period(period).starts_on > month_of(tx.today).last_day:
        raise NotYet(f"{_name(period)} has not begun; post on a day up to {month_of(tx.today).last_day}.")
    closed = tx.conn.execute(
        select(func.max(accounting_period.c.period)).where(accounting_period.c.status == "closed")
    ).scalar()
    if closed is not None and period < closed:
        raise PeriodClosed(
            f"{_name(period)} lies before the last closed month; post on a day of an open month instead."
        )
    if tx.dialect == "sqlite":
        tx.conn.execute(insert(accounting_period).values(period=period, status="open"))
        return
    tx.conn.exec_driver_sql(
        "INSERT INTO accounting_period (period, status) VALUES (%s, 'open') ON CONFLICT DO NOTHING", (period,)
    )


def close_period(tx: Transaction, *, by: Principal, period: int) -> None:
    """Close a month (202611) for good: nothing lands in it any more. Earlier months must be closed first.

    Raises `CannotClose` when an earlier month is open, the month is not over, or it is unknown.
    """
    require(by, CLOSE_PERIODS)
    if month_from_accounting_period(period).ends_before > tx.today:
        raise CannotClose(
            f"{_name(period)} is not over; close it from {month_from_accounting_period(period).ends_before}."
        )
    table = accounting_period.c
    earlier = select(func.min(table.period)).where(table.period < period, table.status == "open")
    if (still := tx.conn.execute(earlier).scalar()) is not None:
        raise CannotClose(f"{_name(still)} is still open; close it first.")
    done = tx.conn.execute(
        update(accounting_period)
        .where(table.period == period, table.status == "open")
        .values(status="closed", closed_at=tx.at, closed_by=by.name)
    )
    if not done.rowcount:
        raise CannotClose(f"{_name(period)} is not an open month of these books.")
    record(tx, by=by, act=CLOSE_PERIODS.name, subject="accounting period", subject_id=period)


def request_reopening(tx: Transaction, *, by: Principal, period: int, reason: str) -> int:
    """Ask another person to open the last closed month again; returns the request's id. Raises `CannotClose`."""
    require(by, CLOSE_PERIODS)
    _require_last_closed(tx, period)
    summary = f"Reopen {_name(period)}, so that entries can be posted into it again"
    payload = {"period": period}
    return request_approval(
        tx, by=by, act=REOPEN_PERIOD, subject="accounting period", payload=payload, summary=summary, reason=reason
    )


def reopen_period(tx: Transaction, *, by: Principal, period: int) -> None:
    """Open the last closed month again: an approved act, `by` being who approved it. Raises `CannotClose`."""
    require(by, APPROVE_REOPENING)
    _require_last_closed(tx, period)
    table = accounting_period.c
    tx.conn.execute(
        update(accounting_period).where(table.period == period).values(status="open", closed_at=None, closed_by=None)
    )
    record(tx, by=by, act=APPROVE_REOPENING.name, subject="accounting period", subject_id=period)


def _require_last_closed(tx: Transaction, period: int) -> None:
    table = accounting_period.c
    last = tx.conn.execute(select(func.max(table.period)).where(table.status == "closed")).scalar()
    if last != period:
        raise CannotClose(f"{_name(period)} is not the last closed month; only that one can be reopened.")


def _name(period: int) -> str:
    return month_from_accounting_period(period).starts_on.strftime("%B %Y")
