"""What a foreign posting is worth in AUD: given, at the day's rate, carried by the account, or what is left over."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from services.errors import BrokenInvariant
from services.ledger.model import BASE_CURRENCY, CARRIED, PLUG, Draft, Leg
from services.money import divide, multiply


class NoRate(BrokenInvariant):
    """A foreign leg needs the draft's exchange rate and has none."""


class BaseUnbalanced(BrokenInvariant):
    """The AUD amounts of an entry do not sum to zero and no leg takes the difference."""


@dataclass(slots=True)
class Running:
    """The balance of a customer's account while a batch is being posted, in micros, and its number of postings."""

    balance: int
    base: int
    version: int
    min_balance: int | None = None
    max_balance: int | None = None


def settle_bases(draft: Draft, running: dict[str, Running]) -> list[tuple[Leg, int]]:
    """Each leg with its base in AUD micros, summing to zero; legs that move nothing are dropped.

    `running` holds the kept balances by account code and is not changed. A prepayment keeps the rate of its day
    (IFRIC 22), so what is drawn from it goes at its weighted carrying value and the last draw takes what is left.
    Raises `NoRate` and `BaseUnbalanced`.
    """
    if all(leg.account.currency == BASE_CURRENCY for leg in draft.legs):  # a draft sums to zero in each currency
        return [(leg, leg.micros) for leg in draft.legs if leg.micros]
    settled: list[tuple[Leg, int | None]] = []
    within: dict[str, tuple[int, int]] = {}
    for leg in draft.legs:
        code = leg.account.code
        held = running.get(code)
        balance, base = within.get(code) or ((held.balance, held.base) if held else (0, 0))
        own = _base_of(leg, draft.rate, balance, base)
        settled.append((leg, own))
        if own is not None:
            within[code] = (balance + leg.micros, base + own)
    missing = -sum(own for _, own in settled if own is not None)
    plugged = [(leg, missing if own is None else own) for leg, own in settled]
    if sum(base for _, base in plugged):
        raise BaseUnbalanced(f"{draft.source} {draft.key}: the AUD amounts are off by {missing}")
    return [(leg, base) for leg, base in plugged if leg.micros or base]


def _base_of(leg: Leg, rate: Decimal | None, balance: int, base: int) -> int | None:
    if leg.account.currency == BASE_CURRENCY:
        return leg.micros
    if leg.base_micros is PLUG:
        return None
    if leg.base_micros is CARRIED:
        return _carried(leg, rate, balance, base)
    return leg.base_micros if isinstance(leg.base_micros, int) else _at_rate(leg.micros, rate)


def _carried(leg: Leg, rate: Decimal | None, balance: int, base: int) -> int:
    if not balance or (balance > 0) == (leg.micros > 0):
        return _at_rate(leg.micros, rate)
    if abs(leg.micros) < abs(balance):
        return divide(base * leg.micros, balance)
    beyond = leg.micros + balance
    return -base + (_at_rate(beyond, rate) if beyond else 0)


def _at_rate(micros: int, rate: Decimal | None) -> int:
    if not micros:
        return 0
    if rate is None:
        raise NoRate("a foreign posting needs the exchange rate of its day")
    return multiply(micros, rate)
