"""The true-up: what a customer owes beyond its use, so that a commitment is kept; pure, in the contract's currency."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from services.money import Money
from services.postpaid.commitment import Contract, DueMonth, TrueUp


@dataclass(frozen=True, slots=True)
class BilledMonth:
    """One month of a contract: what is due, what was consumed in it before tax, and the true-up billed with it."""

    due: DueMonth
    consumed: Money
    true_up: Money

    @property
    def billed(self) -> Money:
        """Use and true-up together, before tax."""
        return self.consumed + self.true_up


@dataclass(frozen=True, slots=True)
class Exit:
    """What leaving early costs: `remaining` of the commitment is neither consumed nor billed."""

    left_before: date
    whole_months: int
    remaining: Money


def shortfall(minimum: Money, consumed: Money) -> Money:
    """max(0, minimum - consumed): all use, rental and fees of the time count once, before tax (product.md)."""
    return Money(max(minimum.micros - consumed.micros, 0), minimum.currency)


def true_up_of(contract: Contract, consumed: Sequence[Money], *, charges_rest: bool = False) -> Money:
    """The true-up of the newest month in `consumed`, which holds every month of the contract up to it.

    Monthly contracts bill each month's own shortfall. A term contract bills once, with the last month of the term, what
    the whole term lacks: a good month there makes up for a weak one. The last month of a contract that was left early
    also bills what is left of the commitment, where it `charges_rest`.
    """
    months = contract.due_months()
    place = len(consumed) - 1
    closes = place == len(months) - 1
    if contract.now.true_up is TrueUp.MONTHLY:
        owed = shortfall(months[place].minimum, consumed[place])
    elif closes:
        owed = shortfall(_sum(contract, (each.minimum for each in months)), _sum(contract, consumed))
    else:
        owed = Money(0, contract.now.minimum.currency)
    if closes and charges_rest and contract.left_before:
        agreed = replace(contract, left_before=None)
        owed += early_exit(agreed, consumed, left_before=contract.left_before).remaining
    return owed


def billed_months(contract: Contract, consumed: Sequence[Money], *, charges_rest: bool = False) -> list[BilledMonth]:
    """The months of a contract, as many as `consumed` holds, each with its true-up."""
    return [
        BilledMonth(due, used, true_up_of(contract, consumed[: place + 1], charges_rest=charges_rest))
        for place, (due, used) in enumerate(zip(contract.due_months(), consumed, strict=False))
    ]


def early_exit(contract: Contract, consumed: Sequence[Money], *, left_before: date) -> Exit:
    """What is left of the commitment when a contract ends before its term.

    Monthly: the minimums of the days that are left, since every month before is made good by its own true-up. At term:
    the whole commitment less what was consumed. Nothing once the term is over.
    """
    nothing = Money(0, contract.now.minimum.currency)
    if left_before >= contract.term.ends_before:
        return Exit(left_before, 0, nothing)
    run = Contract(contract.starts_on, contract.versions, left_before)
    kept = _sum(contract, (each.minimum for each in run.due_months()))
    if contract.now.true_up is TrueUp.TERM:
        kept = max(kept, _sum(contract, consumed), key=lambda each: each.micros)
    whole = sum(each.is_whole for each in Contract(contract.starts_on, contract.versions).due_months())
    left = whole - sum(each.is_whole for each in run.due_months())
    return Exit(left_before, left, shortfall(contract.committed, kept))


def _sum(contract: Contract, parts: Iterable[Money]) -> Money:
    return sum(parts, Money(0, contract.now.minimum.currency))
