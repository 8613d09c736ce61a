"""A custom fee: what it costs in any month, which days it is charged for, and when two people must agree to it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from services.access.model import EVERYONE, Permission, Role
from services.errors import NotFound, Refused
from services.money import MICROS, Money
from services.periods import Period, add_months, month_of
from services.pricing.model import BASE
from services.pricing.proration import pro_rata

SEE_FEES = Permission("fees.see", "see custom fees", EVERYONE)
SET_FEES = Permission("fees.set", "set, change, end or reverse a custom fee", frozenset({Role.ACCOUNTING}))
APPROVE_FEES = Permission("fees.approve", "approve a custom fee", frozenset({Role.ACCOUNTING, Role.MANAGER}))
CHARGE_FEES = Permission("fees.charge", "charge custom fees", frozenset({Role.ACCOUNTING}))

TWO_PEOPLE_FROM = Money(250 * MICROS, BASE)  # product.md, "Decisions taken"
LARGEST = Money(1_000_000 * MICROS, BASE)  # beyond it a digit too many was typed
FURTHEST_MONTHS = 24  # a fee begins at most so far ahead


class FeeKind(StrEnum):
    """What a fee is for."""

    KEYWORD = "keyword"
    SHORT_CODE = "short_code"
    SET_UP = "set_up"
    OTHER = "other"

    @property
    def label(self) -> str:
        """The words on screen."""
        return {"short_code": "Short code", "set_up": "Set-up"}.get(self.value, self.value.capitalize())


class FeeStatus(StrEnum):
    """Where a fee is in its life; a one-off fee is only ever charged or reversed."""

    UPCOMING = "upcoming"
    ACTIVE = "active"
    ENDING = "ending"
    ENDED = "ended"
    CHARGED = "charged"
    REVERSED = "reversed"


class NoSuchFee(NotFound):
    """No custom fee, or no charge of one, has this id."""


class CannotEnd(Refused):
    """A fee cannot end, or not on that day."""


class CannotChange(Refused):
    """A fee's amount cannot change, or not from that month."""


class CannotReverse(Refused):
    """A charge is a reversal or has been reversed."""


class NotEnoughCredit(Refused):
    """A fee a person decides on would take the credit below zero."""

    def __init__(self, amount: Money, credit: Money) -> None:
        """Say how much there is, and the two ways on."""
        super().__init__(
            f"The fee of {amount.text()} is more than the credit of {credit.text()}, and nothing a person decides may"
            " create a negative balance. Have credit bought first, or let a monthly fee begin on the 1st of next month."
        )


class WaitsAlready(Refused):
    """The same thing waits for a second person already."""


@dataclass(frozen=True, slots=True)
class WantedFee:
    """A fee as a person wants it. `amount` is charged once, or each month; days are half-open; None starts it today."""

    customer_id: int
    kind: FeeKind
    recurring: bool
    amount: Money
    description: str
    wording: str
    visible: bool
    reason: str
    ticket_id: str = ""
    starts_on: date | None = None
    ends_before: date | None = None


@dataclass(frozen=True, slots=True)
class Fee:
    """A fee agreed with one customer. `amounts` holds (from month, amount) in the order they were decided.

    `description` is for us, `wording` what the customer reads where the fee is visible.
    """

    id: int
    customer_id: int
    kind: FeeKind
    recurring: bool
    visible: bool
    description: str
    wording: str
    starts_on: date
    ends_before: date | None
    amounts: tuple[tuple[date, Money], ...]

    @property
    def version(self) -> int:
        """How often its amount was decided on."""
        return len(self.amounts)

    def amount_in(self, day: date) -> Money:
        """The amount agreed for the month around a day: the latest decision that speaks of it, or the first one."""
        month = day.replace(day=1)
        spoken = [amount for since, amount in self.amounts if since <= month]
        return spoken[-1] if spoken else self.amounts[0][1]

    def days_in(self, month: Period) -> Period | None:
        """The days of a month a recurring fee runs; None when it does not."""
        starts_on = max(self.starts_on, month.starts_on)
        ends_before = min(self.ends_before or month.ends_before, month.ends_before)
        return Period(starts_on, ends_before) if self.recurring and starts_on < ends_before else None

    def charge_for(self, day: date) -> tuple[Period, Money] | None:
        """The days and the amount due in the month around a day: a part of a month costs its share, as rental does."""
        days = self.days_in(month_of(day))
        return (days, pro_rata(self.amount_in(day), days)) if days else None

    def next_charge(self, today: date) -> tuple[date, Money] | None:
        """The day and amount of the next charge in advance: a 1st after today, or the day it begins."""
        first = max(add_months(today.replace(day=1), 1), self.starts_on)
        found = self.charge_for(first)
        return (found[0].starts_on, found[1]) if found else None


@dataclass(frozen=True, slots=True)
class DueFee:
    """One recurring fee that is due for some days of a month and not charged yet."""

    fee_id: int
    customer_id: int
    customer: str
    description: str
    days: Period
    amount: Money


@dataclass(frozen=True, slots=True)
class Judged:
    """An amount held against the limit of two people: its AUD equivalent, the stored rate and that rate's day.

    `day` is the AUD equivalent of all that was decided that day for the customer by one person alone, this included.
    """

    aud: Money
    day: Money
    rate: Decimal
    rate_on: date

    @property
    def needs_two(self) -> bool:
        """Whether a second person has to agree; parts of a day count as their sum, so that splitting gains nothing."""
        return self.day >= TWO_PEOPLE_FROM


@dataclass(frozen=True, slots=True)
class Decided:
    """What became of a decision: done, for `fee_id`, or waiting for a second person as request `approval_id`."""

    fee_id: int | None
    approval_id: int | None = None

    @property
    def waits(self) -> bool:
        """Whether somebody else has to agree first."""
        return self.approval_id is not None
