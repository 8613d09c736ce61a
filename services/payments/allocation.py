"""The arithmetic of giving a receipt to an invoice: how much fits, what a bank may keep, and shares that add up."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from services.errors import Refused
from services.invoices.model import settling_fee
from services.money import MICROS, Money, divide, minor_unit, multiply
from services.payments.model import Short

# banking.md, 3.3: what transfer banks keep, in AUD equivalent
LEAST_FEE_LIMIT = 25 * MICROS
MOST_FEE_LIMIT = 60 * MICROS
FEE_PERCENT = 6


class DoesNotFit(Refused):
    """The amount is more than the receipt has left, more than the invoice still asks for, or no amount at all."""


class FeeTooLarge(Refused):
    """The shortfall is more than transfer banks keep."""


class RestLeftOnReceipt(Refused):
    """A shortfall is called a bank fee while the receipt still has money."""


@dataclass(frozen=True, slots=True)
class Sides:
    """What both sides have before: of the receipt `unallocated`, of the invoice `open` and its core."""

    unallocated: Money
    open: Money
    gross: Money
    tax: Money
    rate: Decimal
    known_fee: Money | None = None  # what the bank says was kept on the way

    @property
    def most_kept(self) -> Money:
        """The most that may be missing and be called a bank fee: what banks keep, or what this one says it kept."""
        most = largest_fee(self.open.currency, self.rate)
        return max(most, self.known_fee) if self.known_fee is not None else most


@dataclass(frozen=True, slots=True)
class Split:
    """What the allocation takes: `paid` of the receipt, and `fee` that the invoice stops asking for."""

    paid: Money
    fee: Money


def fee_limit(gross: Money, rate: Decimal) -> Money:
    """The most a shortfall may be and pass as a bank fee without a person: 6 %, at least 25 and at most 60 AUD.

    `rate` is AUD for one unit; the limit is in the invoice's currency, rounded down to the coin.
    """
    aud = multiply(gross.micros, rate)
    return _in_coins(min(MOST_FEE_LIMIT, max(LEAST_FEE_LIMIT, divide(aud * FEE_PERCENT, 100))), gross.currency, rate)


def largest_fee(currency: str, rate: Decimal) -> Money:
    """The most a person may call a bank fee where the bank does not state it: beyond it the rest stays open."""
    return _in_coins(MOST_FEE_LIMIT, currency, rate)


def _in_coins(aud_micros: int, currency: str, rate: Decimal) -> Money:
    top, bottom = rate.as_integer_ratio()
    coin = minor_unit(currency)
    return Money(aud_micros * bottom // (top * coin) * coin, currency)


def split(sides: Sides, amount: Money | None, short: Short) -> Split:
    """How much of the receipt the invoice takes (all that fits, unless `amount` says), and the fee it settles with.

    Raises `DoesNotFit`, `FeeTooLarge` and `RestLeftOnReceipt`.
    """
    _same_currency(sides.unallocated, sides.open)
    paid = amount if amount is not None else min(sides.unallocated, sides.open)
    _fits(paid, sides)
    nothing = Money(0, paid.currency)
    shortfall = sides.open - paid
    if short is Short.PART or not shortfall:
        return Split(paid, nothing)
    if rest := sides.unallocated - paid:
        raise RestLeftOnReceipt(f"This receipt has {rest.text()} left; allocate it before calling the rest a bank fee.")
    if sides.most_kept < shortfall:
        most = sides.most_kept.text()
        raise FeeTooLarge(
            f"{shortfall.text()} is more than a bank keeps ({most} here); take it as a part payment instead."
        )
    return Split(paid, settling_fee(sides.tax, shortfall))


def _same_currency(received: Money, asked: Money) -> None:
    if received.currency != asked.currency:
        raise DoesNotFit(
            f"The receipt is in {received.currency} and the invoice in {asked.currency}; "
            "choose an invoice in the receipt's currency."
        )


def _fits(paid: Money, sides: Sides) -> None:
    if paid.micros <= 0:
        raise DoesNotFit("There is nothing left to allocate; choose another receipt or another invoice.")
    if paid.micros % minor_unit(paid.currency):
        raise DoesNotFit(f"{paid.amount} {paid.currency} is not a whole number of coins; enter a payable amount.")
    if sides.unallocated < paid:
        raise DoesNotFit(f"Only {sides.unallocated.text()} of this receipt is left; enter that or less.")
    if sides.open < paid:
        raise DoesNotFit(f"The invoice asks for only {sides.open.text()} more; enter that or less.")
