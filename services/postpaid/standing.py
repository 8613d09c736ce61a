"""How a commitment stands on a day: the meters of month and contract, and what the month will likely bring."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Connection

from services.money import Money
from services.periods import Period, month_of
from services.postpaid import forecast
from services.postpaid.consumes import CONSUMES
from services.postpaid.model import MARKS, Commitment
from services.postpaid.outlook import History, history_days
from services.postpaid.queries import consumption
from services.postpaid.queries.commitments import months_billed
from services.postpaid.true_up import true_up_of


@dataclass(frozen=True, slots=True)
class Standing:
    """A commitment on a day. `month` is None outside its days; `expected` is the month's likely total and its band.

    `true_up` is what would be billed with the month beyond its use as things look: nothing before the last month where
    a shortfall is billed at the end of the term. `committed` and `consumed` are the whole
    contract's, the latter with the true-ups billed so far, which are `trued_up`. `owed` is held against the credit
    limit, `alert` the highest mark of 50, 80, 100 % it has passed.
    """

    minimum: Money
    month: Money | None
    expected: forecast.Forecast | None
    true_up: Money
    consumed: Money
    trued_up: Money
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
        return max((mark for mark in MARKS if self.used_of_limit >= mark), default=None)


def standing(conn: Connection, found: Commitment, *, today: date) -> Standing:
    """The meters of one commitment on a day, from the daily roll-ups."""
    return standings(conn, [found], today=today)[found.id]


def standings(conn: Connection, listed: Sequence[Commitment], *, today: date) -> dict[int, Standing]:
    """The meters of many commitments on a day by id, each figure read once for all of them."""
    ids = [found.id for found in listed]
    whole = Period(today.replace(day=1) - timedelta(weeks=forecast.WEEKS + 5), month_of(today).ends_before)
    daily = consumption.daily_of(conn, ids=ids, kinds=CONSUMES, days=whole)
    true_ups, owed = consumption.true_ups_of(conn, ids=ids), consumption.owed_by(conn, ids=ids)
    used: dict[int, int] = {}
    for before, ended in _by_last_day(listed, today).items():
        used |= consumption.consumed_of(conn, ids=ended, kinds=CONSUMES, before=before)
    return {
        found.id: _standing(
            found,
            today=today,
            daily=daily.get(found.id, {}),
            used=used.get(found.id, 0),
            trued_up=true_ups.get(found.id, 0),
            owed=max(owed.get(found.id, 0), 0),
        )
        for found in listed
    }


def _by_last_day(listed: Sequence[Commitment], today: date) -> dict[date, list[int]]:
    """The commitments by the first day whose use does not count, tomorrow or the day after their last."""
    found: dict[date, list[int]] = {}
    for each in listed:
        found.setdefault(min(today + timedelta(days=1), each.contract.days.ends_before), []).append(each.id)
    return found


def _standing(
    found: Commitment, *, today: date, daily: Mapping[date, int], used: int, trued_up: int, owed: int
) -> Standing:
    contract, code = found.contract, found.currency
    months = contract.due_months()
    due = next((each for each in months if today in each.days), None)
    month = expected = None
    true_up = Money(0, code)
    if due:
        month = Money(sum(micros for day, micros in daily.items() if day in due.days), code)
        expected = forecast.month_total(daily, due.days, known_before=today)
        earlier = [Money(used - month.micros, code), *[Money(0, code)] * len(months)][: months.index(due)]
        likely = [*earlier, Money(expected.expected, code)]  # a term adds its months up, each month stands for itself
        true_up = true_up_of(contract, likely, charges_rest=found.charges_rest)
    return Standing(
        minimum=due.minimum if due else contract.now.minimum,
        month=month,
        expected=expected,
        true_up=true_up,
        consumed=Money(used + trued_up, code),
        trued_up=Money(trued_up, code),
        planned=sum((each.minimum for each in months if each.days.ends_before <= today), Money(0, code)),
        committed=contract.committed,
        owed=Money(owed, code),
        limit=contract.terms_on(today).credit_limit,
    )


def history(conn: Connection, found: Commitment, *, today: date) -> History:
    """What the outlook of a commitment on a day rests on, in two queries whatever its length."""
    days = history_days(found.contract, today)
    billed = tuple(months_billed(conn, found.id))
    return History(found.contract, today, daily_use(conn, found, days), billed, found.charges_rest)


def daily_use(conn: Connection, found: Commitment, days: Period) -> dict[date, int]:
    """Micros consumed on each of the days."""
    return consumption.daily_of(conn, ids=[found.id], kinds=CONSUMES, days=days).get(found.id, {})
