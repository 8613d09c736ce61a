"""A dedicated number, what its rental costs for any days, and when it is charged next."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from services.access.model import EVERYONE, Permission, Role
from services.errors import NotFound, Refused
from services.money import MICROS, Money, zero
from services.numbers.registration import Registration
from services.periods import Period, add_months, month_of
from services.pricing.proration import pro_rata

SEE_NUMBERS = Permission("numbers.see", "see dedicated numbers", EVERYONE)
CHANGE_NUMBERS = Permission("numbers.change", "add or cancel a number", frozenset({Role.ACCOUNTING}))
CHARGE_RENTAL = Permission("numbers.charge", "charge number rental", frozenset({Role.ACCOUNTING}))
REFUND_RENTAL = Permission("numbers.refund", "give back number rental", frozenset({Role.ACCOUNTING}))
APPROVE_RENTAL_REFUND = Permission(
    "numbers.approve_refund", "approve giving back number rental", frozenset({Role.ACCOUNTING, Role.MANAGER})
)
TWO_PEOPLE_FROM = Money(500 * MICROS, "AUD")  # product.md: refunds from 500 AUD or the equivalent
IDLE_DAYS = 60  # a rented number without traffic for so long is idle

_E164 = re.compile(r"\+[1-9][0-9]{6,14}")  # ITU-T E.164: at most fifteen digits, the country code first


class NumberType(StrEnum):
    """What kind of number it is; sets its price and its registration."""

    MOBILE = "mobile"
    LOCAL = "local"
    TOLL_FREE = "toll-free"


class Capability(StrEnum):
    """What a number can carry."""

    SMS = "sms"
    MMS = "mms"
    VOICE = "voice"
    FAX = "fax"
    TWO_WAY = "two-way"

    @property
    def column(self) -> str:
        """The name of its column."""
        return self.value.replace("-", "_")


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
    """A number cannot be cancelled, kept or released, or not from that day."""


class CannotRefund(Refused):
    """There is no rental of the number to give back, or giving it back waits for a second person already."""


@dataclass(frozen=True, slots=True)
class PriceFrom:
    """A monthly price that holds from the first day of a month on."""

    month: date
    price: Money


@dataclass(frozen=True, slots=True)
class Overcharge:
    """Rental charged for days after the number's end, and what is given back for them.

    `days` are the days after the end; `rental_id` and `entry_id` name what was charged.
    """

    rental_id: int
    number_id: int
    customer_id: int
    entry_id: int
    e164: str
    days: Period
    charged: Money
    refund: Money


@dataclass(frozen=True, slots=True)
class DedicatedNumber:
    """A telephone number one customer rents by the month.

    `monthly_price` is the one it was added with, `prices` the later ones in the order they were set; `cancels_on` is
    the first day it is no longer rented, `cancelled_on` the day it was in fact released.
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
    setup_price: Money | None = None
    registration: Registration = Registration.REGISTERED
    capabilities: frozenset[Capability] = frozenset({Capability.SMS})
    prices: tuple[PriceFrom, ...] = ()

    def price_in(self, month: date) -> Money:
        """The monthly price of the month around a day: the change with the latest month up to it, the last one set."""
        first = month.replace(day=1)
        known = [(change.month, place) for place, change in enumerate(self.prices) if change.month <= first]
        return self.prices[max(known)[1]].price if known else self.monthly_price

    def price_change_after(self, month: date) -> PriceFrom | None:
        """The next month from which another price holds, after the month around a day; None when none is set."""
        later = sorted({change.month for change in self.prices if change.month > month.replace(day=1)})
        for first in later:
            if self.price_in(first) != self.price_in(month):
                return PriceFrom(first, self.price_in(first))
        return None

    def rented_in(self, month: Period) -> Period | None:
        """The days of a month it is rented: from activation, up to and not including the day it cancels."""
        starts_on = max(self.activated_on, month.starts_on)
        ends_before = min(self.cancels_on or month.ends_before, month.ends_before)
        return Period(starts_on, ends_before) if starts_on < ends_before else None

    def rental_for(self, month: date) -> tuple[Period, Money] | None:
        """The days and the rental of the month around a day; None when it is not rented then (rules 18 and 29)."""
        days = self.rented_in(month_of(month))
        return (days, pro_rata(self.price_in(month), days)) if days else None

    def overcharge_of(self, days: Period, charged: Money) -> Money:
        """What of a rental charged for some days of one month is for days after the end (rule 18); 0 for none.

        What is kept is exactly what would have been charged had the end been known.
        """
        if self.cancels_on is None or days.ends_before <= self.cancels_on:
            return zero(charged.currency)
        kept = Period(days.starts_on, max(days.starts_on, self.cancels_on))
        return charged - pro_rata(self.price_in(days.starts_on), kept)

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
