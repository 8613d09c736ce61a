"""A commitment: at least so much a month for at least twelve months, and what its contract says besides."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from services.errors import Refused
from services.money import MICROS, Money, minor_unit
from services.periods import Period, add_months, month_of, months_between
from services.pricing.model import BASE, RATE_PLACES, ExchangeRate
from services.pricing.proration import pro_rata

LEAST_MONTHLY = Money(1_000 * MICROS, BASE)  # product.md, rule 8
LEAST_MONTHS = 12
MOST_MONTHS = 60
TERMS_DAYS = (7, 14, 30, 45, 60)
NOTICE_DAYS = (30, 60, 90)


class TrueUp(StrEnum):
    """When a shortfall is billed: each month for itself (the default), or once for the whole term."""

    MONTHLY = "monthly"
    TERM = "term"

    @property
    def label(self) -> str:
        """The words on screen."""
        return {"monthly": "Each month", "term": "At the end of the term"}[self.value]


class AtLimit(StrEnum):
    """What happens when unbilled use and unpaid invoices reach the credit limit."""

    ALERT = "alert"
    STOP = "stop"

    @property
    def label(self) -> str:
        """The words on screen."""
        return {"alert": "Tell accounting, keep sending", "stop": "Ask for sending to stop"}[self.value]


class BelowCommitment(Refused):
    """A commitment is smaller or shorter than the business accepts."""


@dataclass(frozen=True, slots=True)
class LeastCommitment:
    """The least monthly minimum in a currency and the stored, dated rate it was judged at (AUD for one unit)."""

    minimum: Money
    rate: Decimal
    rate_on: date
    source: str


def least_commitment(rate: ExchangeRate) -> LeastCommitment:
    """1,000 AUD at the rate, rounded up to the currency's coin, so that nothing accepted is worth less (rule 8)."""
    coin = minor_unit(rate.currency)
    coins = -(-LEAST_MONTHLY.micros * 10**RATE_PLACES // (rate.nano * coin))
    return LeastCommitment(Money(coins * coin, rate.currency), rate.aud_per_unit, rate.on, rate.source)


def check_commitment(minimum: Money, months: int, least: LeastCommitment) -> None:
    """Refuse a smaller minimum or a shorter term, saying what is needed; both edges themselves are accepted."""
    if minimum < least.minimum:
        at = "" if minimum.currency == BASE else f" ({LEAST_MONTHLY.text()} at {least.rate} AUD of {least.rate_on})"
        raise BelowCommitment(f"A commitment is at least {least.minimum.text()} a month{at}; raise it.")
    if not LEAST_MONTHS <= months <= MOST_MONTHS:
        raise BelowCommitment(f"A commitment runs for {LEAST_MONTHS} to {MOST_MONTHS} months; choose within.")


@dataclass(frozen=True, slots=True)
class Terms:
    """What one version of a contract says; money is in the customer's currency.

    `minimum` is a month's, before tax; the version holds from `effective_on`, the contract until `ends_before`. `aud`
    is what the minimum was worth at signature at `rate` (AUD for one unit) of `rate_on`: frozen, it never drifts with
    later rates (rule 8). `payment_days` is how long a monthly invoice may stay unpaid.
    """

    effective_on: date
    ends_before: date
    minimum: Money
    true_up: TrueUp
    payment_days: int
    credit_limit: Money
    notice_days: int
    at_limit: AtLimit
    aud: Money
    rate: Decimal
    rate_on: date
    rate_source: str


@dataclass(frozen=True, slots=True)
class DueMonth:
    """The part of one calendar month a commitment covers, and the minimum due for it."""

    days: Period
    minimum: Money

    @property
    def month(self) -> date:
        """The first day of the calendar month."""
        return self.days.starts_on.replace(day=1)

    @property
    def is_whole(self) -> bool:
        """Whether it is a full calendar month."""
        return self.days == month_of(self.days.starts_on)


@dataclass(frozen=True, slots=True)
class Contract:
    """A commitment as agreed and changed: its first day, every version oldest first, and an early end if there is one.

    The newest version says when the term ends and when a shortfall is billed; a month's minimum is that of the version
    in force on its first covered day.
    """

    starts_on: date
    versions: tuple[Terms, ...]
    left_before: date | None = None

    @property
    def now(self) -> Terms:
        """The newest version."""
        return self.versions[-1]

    @property
    def term(self) -> Period:
        """The days agreed."""
        return Period(self.starts_on, self.now.ends_before)

    @property
    def days(self) -> Period:
        """The days it really runs: the term, or less of it when it was left early."""
        return Period(self.starts_on, min(self.left_before or self.now.ends_before, self.now.ends_before))

    def terms_on(self, day: date) -> Terms:
        """The version in force on a day; the first one before it."""
        spoken = [each for each in self.versions if each.effective_on <= day]
        return spoken[-1] if spoken else self.versions[0]

    def due_months(self) -> list[DueMonth]:
        """Each month it runs with its minimum.

        A first part of a month owes its days' share, rounded once to the coin. The part that closes the term owes the
        rest of a month, so that a term of n months owes exactly n minimums. A month cut short by leaving early owes its
        days' share.
        """
        return [self._due(first) for first in self.days.months()]

    @property
    def is_of_whole_months(self) -> bool:
        """Whether the term ends on the day of the month it began on, or on the last there is."""
        months = months_between(self.starts_on, self.term.ends_before)
        return self.term.ends_before == add_months(self.starts_on, months)

    @property
    def committed(self) -> Money:
        """What the whole agreed term comes to, however it ends."""
        agreed = Contract(self.starts_on, self.versions)
        return sum((each.minimum for each in agreed.due_months()), Money(0, self.now.minimum.currency))

    def _due(self, first: date) -> DueMonth:
        whole = month_of(first)
        covered = Period(max(whole.starts_on, self.days.starts_on), min(whole.ends_before, self.days.ends_before))
        minimum = self.terms_on(covered.starts_on).minimum
        closes = covered.ends_before == self.term.ends_before and covered.starts_on == whole.starts_on
        if closes and covered != whole and self.is_of_whole_months:
            begun = Period(self.starts_on, month_of(self.starts_on).ends_before)
            return DueMonth(covered, minimum - pro_rata(minimum, begun))
        return DueMonth(covered, pro_rata(minimum, covered))
