"""What a customer's own year suggests: a monthly minimum and a credit limit, with the formula; never a decision."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from services.money import MICROS, Money

LOOKS_BACK = 6  # full months: long enough to be calm, short enough to follow growth
_SHARE_OF_USE = (8, 10)  # a minimum one can live with in a weak month
_STEP = 50  # whole units a suggestion is rounded to


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A minimum and a limit of one currency, and the sentence that says how they came about; None without use."""

    minimum: Money
    limit: Money
    formula: str


def suggest(monthly: Sequence[int], least: Money, *, payment_days: int) -> Suggestion | None:
    """From the use of full months (micros, oldest first) and the least commitment of the currency.

    Minimum: eight tenths of the median of the last six months, rounded down to fifty, at least the least commitment.
    Limit: the largest of those months or the minimum, which is owed in a weak month too, for itself and the days its
    invoice may stay unpaid, rounded up to fifty.
    """
    recent = [micros for micros in monthly[-LOOKS_BACK:] if micros > 0]
    if not recent:
        return None
    unit = _STEP * MICROS
    top, bottom = _SHARE_OF_USE
    middle, most = round(median(recent)), max(recent)
    minimum = max(middle * top // bottom // unit * unit, least.micros)
    days = 30 + payment_days
    limit = -(-max(most, minimum) * days // (30 * unit)) * unit
    code = least.currency
    formula = (
        f"Minimum: 8/10 of the median month of {len(recent)} ({Money(middle, code).rounded().text()}), at least "
        f"{least.text()}. Limit: the largest month ({Money(most, code).rounded().text()}) or the minimum, for {days} "
        "days."
    )
    return Suggestion(Money(minimum, code), Money(limit, code), formula)
