"""A dedicated number, what its rental costs for any days, and when it is charged next."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from services.access.model import EVERYONE, Permission, Role
from services.errors import NotFound, Refused
from services.money import Money, divide, minor_unit
from services.periods import Period, add_months, month_of

SEE_NUMBERS = Permission("numbers.see", "see dedicated numbers", EVERYONE)
CHANGE_NUMBERS = Permission("numbers.change", "add or cancel a number", frozenset({Role.ACCOUNTING}))
CHARGE_RENTAL = Permission("numbers.charge", "charge number rental", frozenset({Role.ACCOUNTING}))

_E164 = re.compile(r"\+[1-9][0-9]{6,14}")  # ITU-T E.164: at most fifteen digits, the country code first


class NumberType(StrEnum):
    """What kind of number it is; sets its price and its registration."""

    MOBILE = "mobile"
    LOCAL = "local"
    TOLL_FREE = "toll-free"


class NumberStatus(StrEnum):
    """Where a number is in its life: rented, its cancellation requested, released."""

    ACTIVE = "active"
    CANCELLING = "cancelling"
    CANCELLED = "cancelled"


class NotANumber(Refused):
    """A text is no telephone number in E.164."""


class NoSuchNumber(NotFound):
    """No dedicated number has this id."""


class NumberTaken(Refused):
    """Somebody rents the number already."""


class WrongRentalPrice(Refused):
    """A monthly price is not positive, or not in the customer's currency."""


class CannotCancel(Refused):
    """A number cannot be cancelled, or not from that day."""


@dataclass(frozen=True, slots=True)
class DedicatedNumber:
    """A telephone number one customer rents by the month.

    `cancels_on` is the first day it is no longer rented; `cancelled_on` the day it was in fact released.
    """

    id: int
    e164: str
    customer_id: int
    country: str
    type: NumberType
    monthly_price: Money
    status: NumberStatus
    activated_on: date
    cancellation_requested_on: date | None = None
    cancels_on: date | None = None
    cancelled_on: date | None = None

    def rented_in(self, month: Period) -> Period | None:
        """The days of a month it is rented: from activation, up to and not including the day it cancels."""
        starts_on = max(self.activated_on, month.starts_on)
        ends_before = min(self.cancels_on or month.ends_before, month.ends_before)
        return Period(starts_on, ends_before) if starts_on < ends_before else None

    def rental_for(self, month: date) -> tuple[Period, Money] | None:
        """The days and the rental of the month around a day; None when it is not rented then (rules 18 and 29)."""
        days = self.rented_in(month_of(month))
        return (days, pro_rata(self.monthly_price, days)) if days else None

    def next_charge(self, today: date) -> tuple[date, Money] | None:
        """The day and amount of the next charge in advance, always a 1st after today; None once cancelled by then."""
        first = max(add_months(today.replace(day=1), 1), self.activated_on)
        found = None if self.status is NumberStatus.CANCELLED else self.rental_for(first)
        return (found[0].starts_on, found[1]) if found else None


def check_e164(text: str) -> str:
    """The number without spaces; raises `NotANumber` unless it is "+", a country code and at most fifteen digits."""
    plain = re.sub(r"[\s()-]", "", text)
    if not _E164.fullmatch(plain):
        raise NotANumber(
            f"“{text.strip()}” is not a telephone number; write it with its country code, like +61 2 5550 1234."
        )
    return plain


def pro_rata(monthly: Money, days: Period) -> Money:
    """The share of a month's price for days inside that one month, rounded once to the coin (rule 29)."""
    coin = minor_unit(monthly.currency)
    whole = month_of(days.starts_on).days
    return Money(divide(monthly.micros * days.days, whole * coin) * coin, monthly.currency)
