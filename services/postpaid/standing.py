"""How a commitment stands on a day: the meters of month and contract, and what the month will likely bring."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Connection

from services.ledger.day_totals import kind_days
from services.ledger.model import Purpose
from services.money import Money
from services.periods import Period, month_of
from services.postpaid import forecast
from services.postpaid.consuming import CONSUMES, consumed, exposure
from services.postpaid.model import Commitment
from services.postpaid.outlook import History, history_days
from services.postpaid.queries.commitments import months_billed
from services.postpaid.true_up import shortfall

ALERTS = (50, 80, 100)  # per cent of the credit limit


@dataclass(frozen=True, slots=True)
class Standing:
    """A commitment on a day. `month` is None outside its days; `expected` is the month's likely total and its band.

    `true_up` is what a shortfall of the month would be billed as things look; `committed` and `consumed` are the whole
    contract's. `owed` is held against the credit limit, `alert` the highest mark of 50, 80, 100 % it has passed.
    """

    minimum: Money
    month: Money | None
    expected: forecast.Forecast | None
    true_up: Money
    consumed: Money
    planned: Money
    committed: Money
    owed: Money
    limit: Money

    @property
    def used_of_limit(self) -> int:
        """Per cent of the credit limit that is owed, whole ones."""
        return 100 * self.owed.micros // self.limit.micros

    @property
    def alert(self) -> int | None:
        """The highest of the marks that was passed."""
        return max((mark for mark in ALERTS if self.used_of_limit >= mark), default=None)


def standing(conn: Connection, found: Commitment, *, today: date) -> Standing:
    """The meters of one commitment on a day, from the daily roll-ups."""
    contract, code = found.contract, found.currency
    nothing = Money(0, code)
    due = next((each for each in contract.due_months() if today in each.days), None)
    so_far = Period(
        contract.starts_on, max(min(today + timedelta(days=1), contract.days.ends_before), contract.starts_on)
    )
    used = consumed(conn, customer_id=found.customer_id, currency=code, days=so_far)
    used += sum((each.true_up for each in months_billed(conn, found.id)), nothing)
    month = expected = None
    true_up = nothing
    if due:
        month = consumed(conn, customer_id=found.customer_id, currency=code, days=due.days)
        expected = forecast.month_total(_daily(conn, found, due.days), due.days, known_before=today)
        true_up = shortfall(due.minimum, Money(expected.expected, code))
    planned = sum((each.minimum for each in contract.due_months() if each.days.ends_before <= today), nothing)
    return Standing(
        minimum=due.minimum if due else contract.now.minimum,
        month=month,
        expected=expected,
        true_up=true_up,
        consumed=used,
        planned=planned,
        committed=contract.committed,
        owed=exposure(conn, customer_id=found.customer_id, currency=code),
        limit=contract.terms_on(today).credit_limit,
    )


def history(conn: Connection, found: Commitment, *, today: date) -> History:
    """What the outlook of a commitment on a day rests on, in two queries whatever its length."""
    days = history_days(found.contract, today)
    billed = tuple(months_billed(conn, found.id))
    return History(found.contract, today, daily_use(conn, found, days), billed)


def daily_use(conn: Connection, found: Commitment, days: Period) -> dict[date, int]:
    """Micros consumed on each of the days."""
    sums: dict[date, int] = {}
    for each in kind_days(
        conn, period=days, purpose=Purpose.CREDIT, customer_id=found.customer_id, currency=found.currency,
        kinds=CONSUMES, apart=False,
    ):  # fmt: skip
        sums[each.day] = sums.get(each.day, 0) + each.debit - each.credit
    return sums


def _daily(conn: Connection, found: Commitment, days: Period) -> dict[date, int]:
    """Micros consumed on each day of a month and of the weeks a forecast looks back on."""
    begins = days.starts_on - timedelta(weeks=forecast.WEEKS + 5)
    return daily_use(conn, found, Period(begins, month_of(days.starts_on).ends_before))
