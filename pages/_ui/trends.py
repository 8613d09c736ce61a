"""Sums of daily movements by month, for cards and charts; exact micros in, exact micros out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pandas as pd

from services.ledger import queries as ledger
from services.ledger.classes import MovementClass, kinds_of
from services.periods import Period, add_months

# only what was paid for is sold; a new kind is neither sold nor used by itself
_USE = [kind.value for each in MovementClass if each.is_charge for kind in kinds_of(each)]
_SOLD = [kind.value for each in (MovementClass.CARD, MovementClass.BANK) for kind in kinds_of(each)]
MONTHS = 12
BEGINNING = date(2000, 1, 1)


@dataclass(frozen=True, slots=True)
class Credit:
    """Credit of one currency over the last months: sold and used in each, held at each one's end (micros)."""

    months: tuple[date, ...]
    sold: tuple[int, ...]
    used: tuple[int, ...]
    held: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Figures:
    """Home's figures of one currency: a year by month; sold and used in a period and the one before (micros)."""

    year: Credit
    sold: int
    used: int
    sold_before: int
    used_before: int


def figures(conn: Any, *, today: date, period: Period) -> dict[str, Figures]:
    """Sum every currency that ever moved, AUD first; this reads all daily totals, so ask through `cached.read`."""
    moved = ledger.totals_by_kind(conn, period=Period(BEGINNING, today + timedelta(days=1)))
    found = {}
    for code in sorted(set(moved["currency"]), key=lambda code: (code != "AUD", code)):
        rows = moved[moved["currency"] == code]
        of, before = (sold_and_used(rows, currency=code, period=each) for each in (period, period.before()))
        found[str(code)] = Figures(credit(rows, currency=code, today=today), *of, *before)
    return found


def credit(movements: pd.DataFrame, *, currency: str, today: date) -> Credit:
    """Sum `ledger.queries.totals_by_kind` of all time for one currency; used is positive, held is what we owe in it."""
    rows = movements[movements["currency"] == currency]
    month = [day.replace(day=1) for day in rows["day"]]
    use, bought = rows["kind"].isin(_USE).to_list(), rows["kind"].isin(_SOLD).to_list()
    first = add_months(today.replace(day=1), 1 - MONTHS)
    months = [add_months(first, n) for n in range(MONTHS)]
    sold, used, moved = (dict.fromkeys(months, 0) for _ in range(3))
    before = 0
    for of, is_use, is_sold, micros in zip(month, use, bought, rows["micros"], strict=True):
        if of < first:
            before += int(micros)
        elif of in moved:
            moved[of] += int(micros)
            if is_use:
                used[of] -= int(micros)
            elif is_sold:
                sold[of] += int(micros)
    held, running = [], before
    for of in months:
        running += moved[of]
        held.append(running)
    return Credit(tuple(months), tuple(sold.values()), tuple(used.values()), tuple(held))


def sold_and_used(movements: pd.DataFrame, *, currency: str, period: Period) -> tuple[int, int]:
    """Credit sold and credit used in a period, micros, both positive."""
    rows = movements[movements["currency"] == currency]
    inside = rows[[day in period for day in rows["day"]]]
    use, bought = inside["kind"].isin(_USE), inside["kind"].isin(_SOLD)
    return sum(map(int, inside["micros"][bought])), -sum(map(int, inside["micros"][use]))
