"""Currencies, dated rates against the Australian dollar, tax treatments, and the rules that use them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from services.access.model import Permission, Role
from services.errors import BrokenInvariant, Refused
from services.money import MICROS, Money, digits, divide, minor_unit

BASE = "AUD"
RATE_PLACES = 9
RATE_UNIT = Decimal(1).scaleb(-RATE_PLACES)
STALE_AFTER_DAYS = 10  # a week of bank holidays passes; beyond it a screen warns
LEAST_BANK_TRANSFER = Money(200 * MICROS, BASE)  # product.md, rule 4
ANY_COUNTRY = "*"

LOAD_REFERENCE = Permission("pricing.load_reference", "load reference data", frozenset({Role.ADMIN}))
IMPORT_RATES = Permission("pricing.import_rates", "import exchange rates", frozenset({Role.ACCOUNTING, Role.ADMIN}))


class BelowMinimum(Refused):
    """An amount is smaller than the business sells."""


class AboveMaximum(Refused):
    """An amount is larger than one top-up may be."""


@dataclass(frozen=True, slots=True)
class Currency:
    """A currency credit is sold in, and the smallest and largest single card top-up (tax included)."""

    code: str
    minimum_top_up: Money
    maximum_top_up: Money

    @property
    def minor_digits(self) -> int:
        """Decimals of its smallest coin."""
        return digits(self.code)

    def check_top_up(self, gross: Money) -> None:
        """Refuse a card top-up outside the limits (product.md, rule 1); both limits themselves are allowed."""
        if gross < self.minimum_top_up:
            raise BelowMinimum(f"A top-up is at least {self.minimum_top_up.text()}; enter that or more.")
        if self.maximum_top_up < gross:
            raise AboveMaximum(f"A single top-up is at most {self.maximum_top_up.text()}; split it or raise the limit.")


@dataclass(frozen=True, slots=True)
class ExchangeRate:
    """What one unit of a currency was worth in AUD on a day, to nine places.

    `stale_days` counts from that day to the day that was asked for: a rate is published on working days only.
    """

    currency: str
    on: date
    aud_per_unit: Decimal
    source: str
    stale_days: int = 0

    @property
    def nano(self) -> int:
        """The rate as an integer count of 10^-9 AUD."""
        return int(self.aud_per_unit.scaleb(RATE_PLACES))

    @property
    def is_stale(self) -> bool:
        """Whether newer rates should have been imported by the day asked for."""
        return self.stale_days > STALE_AFTER_DAYS

    def to_aud(self, money: Money) -> Money:
        """The AUD value at this rate, rounded once to micros, halves away from zero."""
        if money.currency != self.currency:
            raise BrokenInvariant(f"a rate for {self.currency} met {money.currency}")
        return Money(divide(money.micros * self.nano, 10**RATE_PLACES), BASE)


@dataclass(frozen=True, slots=True)
class Equivalent:
    """An amount, and what it was worth in another currency at two stored, dated rates."""

    original: Money
    money: Money
    from_rate: ExchangeRate
    to_rate: ExchangeRate

    @property
    def rate(self) -> Decimal:
        """AUD for one unit of the currency converted into."""
        return self.to_rate.aud_per_unit

    @property
    def rate_on(self) -> date:
        """The older of the two rates' days."""
        return min(self.from_rate.on, self.to_rate.on)


@dataclass(frozen=True, slots=True)
class BankTransferMinimum:
    """The least a bank-transfer invoice may be for (tax included), and the rate it was judged at.

    `rate` is AUD for one unit; `aud` is the rule's own amount, 200 AUD; `stale_days` is the rate's age on the day.
    """

    minimum: Money
    rate: Decimal
    rate_on: date
    source: str
    aud: Money
    stale_days: int = 0

    def check(self, gross: Money) -> None:
        """Refuse a smaller invoice (product.md, rule 4), saying how the minimum came about."""
        if gross < self.minimum:
            raise BelowMinimum(f"A bank-transfer invoice is at least {self.minimum.text()}{self._why()}.")

    def _why(self) -> str:
        if self.minimum.currency == self.aud.currency:
            return ""
        return f" ({self.aud.text()} at {self.rate} of {self.rate_on})"


@dataclass(frozen=True, slots=True)
class TaxTreatment:
    """How an invoice to one country is taxed and worded; `rate` is the tax's share of the gross, (1, 11) for GST.

    `shows_tax` is false where no tax line and no percentage may be printed, only the note.
    """

    code: str
    title_en: str
    title_fr: str
    rate: tuple[int, int]
    note_en: str
    note_fr: str
    shows_tax: bool
    tax_name: str = ""

    def title(self, language: str) -> str:
        """The paper's title in "en" or "fr"."""
        return self.title_fr if language == "fr" else self.title_en

    def note(self, language: str) -> str:
        """The sentence about tax in "en" or "fr"."""
        return self.note_fr if language == "fr" else self.note_en


@dataclass(frozen=True, slots=True)
class TaxRule:
    """A treatment for one country ("*" for every other) from `valid_from` up to, not including, `valid_before`."""

    country: str
    valid_from: date
    valid_before: date | None
    treatment: TaxTreatment


@dataclass(frozen=True, slots=True)
class TaxSplit:
    """A gross amount and its two parts; `net + tax` is always the gross."""

    gross: Money
    net: Money
    tax: Money


@dataclass(frozen=True, slots=True)
class Rejected:
    """A line of a rates file that was not taken, and why."""

    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class RatesImported:
    """What became of a rates file: new rates, rates that were known already, and lines refused."""

    accepted: int
    repeated: int
    rejected: tuple[Rejected, ...]


@dataclass(frozen=True, slots=True)
class ReferenceLoaded:
    """How many currencies, exchange rates and tax rules a reference folder brought that were not there before."""

    currencies: int
    rates: int
    tax_rules: int


def split_gross(gross: Money, treatment: TaxTreatment) -> TaxSplit:
    """Split a tax-inclusive amount: tax is its share rounded to the coin, halves away from zero; net is the rest.

    The gross stays exact because it is what the customer pays (documents.md, 1.1).
    """
    top, bottom = treatment.rate
    coin = minor_unit(gross.currency)
    tax = Money(divide(gross.micros * top, bottom * coin) * coin, gross.currency)
    return TaxSplit(gross, gross - tax, tax)


def split_net(net: Money, treatment: TaxTreatment) -> TaxSplit:
    """Add the tax to an amount without it: the net's share rounded to the coin, halves away from zero.

    What was used is deducted without tax, so an invoice in arrears starts from the net.
    """
    top, bottom = treatment.rate
    coin = minor_unit(net.currency)
    tax = Money(divide(net.micros * top, (bottom - top) * coin) * coin, net.currency)
    return TaxSplit(net + tax, net, tax)


def convert(money: Money, from_rate: ExchangeRate, to_rate: ExchangeRate) -> Equivalent:
    """The equivalent in another currency through AUD, rounded once to micros, halves away from zero."""
    if money.currency != from_rate.currency:
        raise BrokenInvariant(f"a rate for {from_rate.currency} met {money.currency}")
    worth = Money(divide(money.micros * from_rate.nano, to_rate.nano), to_rate.currency)
    return Equivalent(money, worth, from_rate, to_rate)


def bank_transfer_minimum(rate: ExchangeRate) -> BankTransferMinimum:
    """200 AUD at the rate, rounded up to the currency's smallest coin, so that no accepted amount is worth less."""
    coin = minor_unit(rate.currency)
    coins = -(-LEAST_BANK_TRANSFER.micros * 10**RATE_PLACES // (rate.nano * coin))
    minimum = Money(coins * coin, rate.currency)
    return BankTransferMinimum(minimum, rate.aud_per_unit, rate.on, rate.source, LEAST_BANK_TRANSFER, rate.stale_days)
