"""What a payer abroad has to send so that the whole amount arrives: the amount and what banks keep on the way."""

from __future__ import annotations

from dataclasses import dataclass

from services.money import MICROS, Money, divide, minor_unit
from services.pricing.model import RATE_PLACES, ExchangeRate

# The countries euros reach whole: their banks share no charges of a SEPA transfer.
_SEPA = """
AD AT BE BG CH CY CZ DE DK EE ES FI FR GB GR HR HU IE IS IT LI LT LU LV MC MT NL NO PL PT RO SE SI SK SM VA
"""
SEPA = frozenset(_SEPA.split())
USUAL_AUD = Money(25 * MICROS, "AUD")  # what a transfer with shared charges loses on its way, while none is learned


@dataclass(frozen=True, slots=True)
class ExpectedFee:
    """What the payer's banks will keep, and how it is known: from `seen` payments, or as a usual amount.

    Those seen came from the `country`, and from one `bank` of it unless that is "".
    """

    fee: Money
    seen: int = 0
    country: str = ""
    bank: str = ""

    def gross_up(self, gross: Money) -> Money:
        """What to send so that all of `gross` arrives."""
        return gross + self.fee


def usual(country: str, rate: ExchangeRate) -> ExpectedFee | None:
    """What is usual where nothing was learned, rounded up to a whole unit; None where nothing is kept on the way.

    Nothing is kept inside Australia, nor on euros inside the SEPA area.
    """
    if country == "AU" or (rate.currency == "EUR" and country in SEPA):
        return None
    whole = max(MICROS, minor_unit(rate.currency))
    worth = divide(USUAL_AUD.micros * 10**RATE_PLACES, rate.nano)
    return ExpectedFee(Money(-(-worth // whole) * whole, rate.currency))
