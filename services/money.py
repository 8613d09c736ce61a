"""Exact money: integer micro-units of one currency, the one rounding function and the one way to split."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from services.errors import BrokenInvariant, Refused

MICROS = 1_000_000
LARGEST_MICROS = 2**63 - 1

# ISO 4217, table A.1: the minor units that are not two.
_UNUSUAL = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    3: "BHD IQD JOD KWD LYD OMR TND",
    4: "CLF UYW",
}
_DIGITS = {code: places for places, codes in _UNUSUAL.items() for code in codes.split()}
_CODE = re.compile(r"[A-Z]{3}")
_MOST_DIGITS = 20  # beyond it no amount fits 64 bits, and decimals would round
_SAID = 40  # characters of a wrong amount that a sentence repeats
_PLAIN_NUMBER = re.compile(r"[+-]?(\d{1,3}(,\d{3})+|\d+)(\.\d+)?")


class CurrencyMismatch(BrokenInvariant):
    """Two currencies met in one sum: a bug, because amounts are converted only at a stated rate."""


class NotAnAmount(Refused):
    """A text is not an amount of money this currency can hold."""


def digits(currency: str) -> int:
    """Digits of the currency's smallest coin (ISO 4217): 0 for JPY, 3 for KWD, 4 for CLF, mostly 2."""
    if not _CODE.fullmatch(currency):
        raise NotAnAmount(f"“{currency}” is not a currency code; use three capital letters such as AUD.")
    return _DIGITS.get(currency, 2)


def minor_unit(currency: str) -> int:
    """Micros in the smallest coin of the currency: 10,000 for AUD, 1,000,000 for JPY."""
    return MICROS // int(10 ** digits(currency))


def divide(numerator: int, denominator: int) -> int:
    """The one rounding: the quotient as an integer, halves away from zero (`architecture.md`, rule 4)."""
    if denominator == 0:
        raise BrokenInvariant("divided an amount by zero")
    if denominator < 0:
        numerator, denominator = -numerator, -denominator
    quotient = (2 * abs(numerator) + denominator) // (2 * denominator)
    return quotient if numerator >= 0 else -quotient


def multiply(micros: int, factor: Decimal) -> int:
    """`micros` times an exact decimal factor (a rate, a quantity), rounded once to micros."""
    top, bottom = factor.as_integer_ratio()
    return divide(micros * top, bottom)


def round_to(micros: int, unit: int) -> int:
    """`micros` rounded to a multiple of `unit` micros, halves away from zero."""
    return divide(micros, unit) * unit


def allocate(total: int, weights: Sequence[int], *, unit: int = 1) -> list[int]:
    """Split `total` micros by non-negative weights into multiples of `unit` that sum to it exactly.

    Largest remainder (Hamilton); ties go to the earlier part. What does not divide by `unit` stays with the
    first largest part. Raises `BrokenInvariant` when no weight is positive.
    """
    whole = sum(weights)
    if whole <= 0 or min(weights) < 0:
        raise BrokenInvariant("allocation needs non-negative weights, one of them positive")
    sign = 1 if total >= 0 else -1
    units, odd = divmod(abs(total), unit)
    parts = [units * weight // whole for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda i: (-(units * weights[i] % whole), i))
    for index in by_remainder[: units - sum(parts)]:
        parts[index] += 1
    shares = [part * unit for part in parts]
    shares[max(range(len(weights)), key=lambda i: (weights[i], -i))] += odd
    return [sign * share for share in shares]


def next_share(total: int, whole: int, *, before: int, given: int, part: int, unit: int = 1) -> int:
    """What `part` of `whole` gets of `total`, when the parts `before` it got `given`; all in micros.

    The sum of shares follows the sum of parts, rounded to `unit`, so that the last part makes it exactly `total` in
    whatever order and sizes they come. Never negative and never beyond the total, also after some were taken back.
    """
    due = total if before + part == whole else divide(total * (before + part), whole * unit) * unit
    return min(max(due - given, 0), total - given)


@dataclass(frozen=True, slots=True)
class Money:
    """An exact amount of one currency, in integer micro-units (10^-6)."""

    micros: int
    currency: str

    def __post_init__(self) -> None:
        """Refuse anything but a plain integer: floats, bools and decimals never become money by accident."""
        if type(self.micros) is not int:
            raise BrokenInvariant(f"money takes int micros, not {type(self.micros).__name__}")

    @classmethod
    def parse(cls, text: str, currency: str) -> Money:
        """Read a typed amount such as "1,250.50" exactly; raises `NotAnAmount` with what to do."""
        plain = text.strip().replace("\u00a0", "").replace("\u202f", "").replace(" ", "")
        if not plain:
            raise NotAnAmount("Write an amount like 1250.50.")
        if not _PLAIN_NUMBER.fullmatch(plain):
            raise NotAnAmount(f"“{text.strip()[:_SAID]}” is not an amount; write it like 1250.50.")
        value = cls.of(Decimal(plain.replace(",", "")), currency)
        if value.micros % minor_unit(currency):
            raise NotAnAmount(f"{text.strip()} has more decimals than {currency} has; use {digits(currency)}.")
        return value

    @classmethod
    def of(cls, amount: Decimal | int | str, currency: str) -> Money:
        """The exact amount; raises `NotAnAmount` beyond six decimals or 64 bits."""
        digits(currency)
        decimal = Decimal(amount)
        if decimal.is_finite() and decimal.adjusted() > _MOST_DIGITS:
            raise NotAnAmount(f"{str(amount)[:_SAID]} {currency} is more than this ledger can hold; enter less.")
        if not decimal.is_finite() or decimal != decimal.quantize(Decimal("0.000001")):
            raise NotAnAmount(f"{amount} has more than six decimals; no price here needs them.")
        micros = int(decimal * MICROS)
        if abs(micros) > LARGEST_MICROS:
            raise NotAnAmount(f"{amount} {currency} is more than this ledger can hold; enter less.")
        return cls(micros, currency)

    @property
    def amount(self) -> Decimal:
        """The amount as an exact decimal number of currency units."""
        return Decimal(self.micros) / MICROS

    def text(self) -> str:
        """Plain text for messages and logs: "1,250.50 AUD", rounded to the coin for showing only."""
        return f"{self.plain(grouped=True)} {self.currency}"

    def plain(self, *, grouped: bool = False) -> str:
        """The number alone with the currency's digits: "1250.50"."""
        places = digits(self.currency)
        shown = Decimal(round_to(self.micros, minor_unit(self.currency))) / MICROS
        return f"{shown:,.{places}f}" if grouped else f"{shown:.{places}f}"

    def rounded(self) -> Money:
        """The amount rounded to the currency's smallest coin."""
        return Money(round_to(self.micros, minor_unit(self.currency)), self.currency)

    def __add__(self, other: Money) -> Money:
        """Sum of two amounts of one currency."""
        return Money(self.micros + self._same(other), self.currency)

    def __sub__(self, other: Money) -> Money:
        """Difference of two amounts of one currency."""
        return Money(self.micros - self._same(other), self.currency)

    def __neg__(self) -> Money:
        """The opposite amount."""
        return Money(-self.micros, self.currency)

    def __lt__(self, other: Money) -> bool:
        """Whether this is the smaller of two amounts of one currency."""
        return self.micros < self._same(other)

    def __le__(self, other: Money) -> bool:
        """Whether this is not the larger of two amounts of one currency."""
        return self.micros <= self._same(other)

    def __bool__(self) -> bool:
        """Whether there is any amount at all."""
        return self.micros != 0

    def _same(self, other: Money) -> int:
        if other.currency != self.currency:
            raise CurrencyMismatch(f"{self.currency} met {other.currency}")
        return other.micros


def zero(currency: str) -> Money:
    """Nothing, in that currency."""
    return Money(0, currency)
