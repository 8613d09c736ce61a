"""The outlook of a commitment to the end of its term, from what its customer's days were; pure, and never posted.

The same function answers what if: the days to come bring more or less, or the minimum were another.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import accumulate

from services.money import Money, divide
from services.periods import Period, add_months, month_of
from services.postpaid import forecast
from services.postpaid.commitment import Contract, DueMonth
from services.postpaid.model import MonthBilled
from services.postpaid.true_up import Exit, billed_months, early_exit, shortfall

TESTED_MONTHS = 6  # of the customer's own history, for the back-test
_KNOWN_DAYS = 15  # the middle of a month, where the forecast is held against what then came
HISTORY_DAYS = 31 * (TESTED_MONTHS + 1) + 7 * forecast.WEEKS


@dataclass(frozen=True, slots=True)
class History:
    """What an outlook rests on: the contract, micros used a day until `today` (itself not over), and months billed.

    `charges_rest` where the contract was left early and its last month bills what is left of the commitment.
    """

    contract: Contract
    today: date
    daily: Mapping[date, int]
    billed: tuple[MonthBilled, ...]
    charges_rest: bool = False


@dataclass(frozen=True, slots=True)
class MonthAhead:
    """One month of the term, and the sums since its start: the plan, and what is or will likely be used, with its band.

    `used` is what is known, None for a month to come; micros in sums, money where it is billed.
    """

    due: DueMonth
    total: forecast.Forecast
    is_billed: bool
    true_up: Money
    plan: int
    expected: int
    low: int
    high: int
    used: int | None


@dataclass(frozen=True, slots=True)
class Outlook:
    """The months of a term, the one that runs (None outside it), and what the whole of it comes to."""

    months: tuple[MonthAhead, ...]
    running: MonthAhead | None
    committed: Money
    expected: Money
    true_ups: Money

    @property
    def shortfall(self) -> Money:
        """What the month that runs will likely lack of its minimum."""
        if self.running is None:
            return Money(0, self.committed.currency)
        return shortfall(self.running.due.minimum, Money(self.running.total.expected, self.committed.currency))

    @property
    def to_come(self) -> Money:
        """The true-ups of all months that are not billed yet."""
        parts = (each.true_up for each in self.months if not each.is_billed)
        return sum(parts, Money(0, self.committed.currency))


@dataclass(frozen=True, slots=True)
class Curve:
    """An outlook as points to draw, sums of micros since the start: the plan, what is used, what is expected, its band.

    The plan and the expectation have a point at the end of each month; what is used ends on the day before `today`.
    """

    plan: tuple[tuple[date, int], ...]
    used: tuple[tuple[date, int], ...]
    expected: tuple[tuple[date, int], ...]
    band: tuple[tuple[date, int, int], ...]


@dataclass(frozen=True, slots=True)
class BackTest:
    """How the forecast did at the middle of past months: mean absolute errors in micros, and how many bands held."""

    months: int
    error: int
    naive_error: int
    held: int


def outlook(history: History, *, percent: int = 100, minimum: Money | None = None) -> Outlook:
    """What the term will likely come to.

    What if the days to come brought `percent` of what is expected of them, or the months not billed yet had this
    `minimum`? Then another sum comes out, and nothing else happens.
    """
    contract = _with_minimum(history, minimum) if minimum else history.contract
    due = contract.due_months()
    code = contract.now.minimum.currency
    totals = _totals(history, due, percent)
    used = [Money(each.expected, code) for each in totals]
    trued = billed_months(contract, used, charges_rest=history.charges_rest)
    billed = {one.month for one in history.billed}
    months: list[MonthAhead] = []
    bands = forecast.bands_ahead(
        history.daily, _days_ahead(due, history.today), known_before=history.today, percent=percent
    )
    plan = expected = actual = 0
    for part, told, owed, band in zip(due, totals, trued, bands, strict=True):
        plan, expected, actual = plan + part.minimum.micros, expected + told.expected, actual + told.actual
        begun = part.days.starts_on <= history.today
        months.append(
            MonthAhead(
                part, told, part.month in billed, owed.true_up, plan, expected, max(expected - band, actual),
                expected + band, actual if begun else None,
            )
        )  # fmt: skip
    running = next((each for each in months if history.today in each.due.days), None)
    nothing = Money(0, code)
    true_ups = sum((each.true_up for each in months), nothing)
    return Outlook(tuple(months), running, Money(plan, code), Money(expected, code), true_ups)


def exit_on(history: History, left_before: date) -> Exit:
    """What would be left of the commitment if it ended early; use that is still to come counts as it is expected."""
    months = outlook(history).months
    code = history.contract.now.minimum.currency
    kept = [Money(each.total.expected, code) for each in months if each.due.days.starts_on < left_before]
    return early_exit(history.contract, kept, left_before=left_before)


def curve(told: Outlook, *, today: date) -> Curve:
    """The points of an outlook; what lies ahead goes on where what is used ends."""
    begins = told.months[0].due.days.starts_on
    over = [each for each in told.months if each.due.days.ends_before <= today]
    ahead = [each for each in told.months if each.due.days.ends_before > today]
    used = [(begins, 0), *((each.due.days.last_day, each.expected) for each in over)]
    if ahead and ahead[0].used is not None and today > ahead[0].due.days.starts_on:
        used.append((today - timedelta(days=1), ahead[0].used))
    begun, so_far = used[-1]
    return Curve(
        plan=((begins, 0), *((each.due.days.last_day, each.plan) for each in told.months)),
        used=tuple(used),
        expected=((begun, so_far), *((each.due.days.last_day, each.expected) for each in ahead)) if ahead else (),
        band=((begun, so_far, so_far), *((each.due.days.last_day, each.low, each.high) for each in ahead)),
    )


def back_test(daily: Mapping[date, int], *, today: date) -> BackTest | None:
    """The forecast at the middle of the last full months against what came, beside the naive straight line.

    None where no month has use before and in it.
    """
    error = naive = held = months = 0
    first = min((day for day, micros in daily.items() if micros > 0), default=today)
    for back in range(1, TESTED_MONTHS + 1):
        month = month_of(add_months(today.replace(day=1), -back))
        if month.starts_on - timedelta(weeks=forecast.WEEKS) < first:
            break
        known = month.starts_on + timedelta(days=_KNOWN_DAYS)
        came = sum(micros for day, micros in daily.items() if day in month)
        told = forecast.month_total(daily, month, known_before=known)
        error += abs(told.expected - came)
        naive += abs(forecast.straight_line(daily, month, known_before=known) - came)
        held += told.low <= came <= told.high
        months += 1
    return BackTest(months, divide(error, months), divide(naive, months), held) if months else None


def _days_ahead(due: Sequence[DueMonth], today: date) -> list[int]:
    """How many days from today on lie in the months up to each one's end."""
    left = [max((each.days.ends_before - max(today, each.days.starts_on)).days, 0) for each in due]
    return list(accumulate(left))


def _totals(history: History, due: Sequence[DueMonth], percent: int) -> list[forecast.Forecast]:
    """Each month's total: as billed where it is, else as forecast; what came late is in the first one not billed."""
    parts = [each.days for each in due]
    told = forecast.months_ahead(history.daily, parts, known_before=history.today, percent=percent)
    billed = {one.month: one.consumed.micros for one in history.billed}
    late = sum(each.actual - billed[part.month] for part, each in zip(due, told, strict=True) if part.month in billed)
    totals = []
    for part, each in zip(due, told, strict=True):
        if (fixed := billed.get(part.month)) is not None:
            totals.append(forecast.Forecast(fixed, fixed, fixed, fixed))
        else:
            totals.append(_later(each, late))
            late = 0
    return totals


def _later(told: forecast.Forecast, late: int) -> forecast.Forecast:
    return forecast.Forecast(told.expected + late, told.low + late, told.high + late, told.actual + late)


def _with_minimum(history: History, minimum: Money) -> Contract:
    """The contract with another minimum for every month that is not billed yet."""
    contract = history.contract
    after = [month_of(one.month).ends_before for one in history.billed]
    begins = max([contract.starts_on, *after])
    return replace(contract, versions=(*contract.versions, replace(contract.now, effective_on=begins, minimum=minimum)))


def history_days(contract: Contract, today: date) -> Period:
    """The days whose use an outlook on a day asks for."""
    return Period(min(contract.starts_on, today - timedelta(days=HISTORY_DAYS)), today)
