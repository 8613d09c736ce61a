"""Lines that came before: the same payer, amount and text shortly after one another is possibly one payment twice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from services.reconciliation.model import REPEATS_WITHIN, Receipt
from services.reconciliation.names import plain

REPEATED = "A line with the same payer, amount and text came shortly before: possibly a duplicate."


def repeats(ordered: Iterable[Receipt], earlier: Iterable[Receipt]) -> set[int]:
    """Ids of receipts (in the order of their days) whose payer, amount and text came within a fortnight before."""
    seen: defaultdict[tuple[str, ...], list[Receipt]] = defaultdict(list)
    for receipt in earlier:
        seen[_likeness(receipt)].append(receipt)
    repeated = set()
    for receipt in ordered:
        before = seen[_likeness(receipt)]
        if any(_follows(receipt, each) for each in before):
            repeated.add(receipt.id)
        before.append(receipt)
    return repeated


def twins(ordered: Iterable[Receipt], earlier: Iterable[Receipt]) -> set[int]:
    """Ids of receipts with another of the same account and amount within a fortnight, whatever their texts say."""
    seen: defaultdict[tuple[str, str, int], list[Receipt]] = defaultdict(list)
    found: set[int] = set()
    for receipt in (*earlier, *ordered):
        before = seen[receipt.account, receipt.currency, receipt.amount]
        for each in before:
            if each.id != receipt.id and abs(receipt.booked_on - each.booked_on) <= REPEATS_WITHIN:
                found |= {receipt.id, each.id}
        before[:] = [*before[-20:], receipt]
    return found


def _follows(receipt: Receipt, before: Receipt) -> bool:
    return before.id != receipt.id and receipt.booked_on - before.booked_on <= REPEATS_WITHIN


def _likeness(receipt: Receipt) -> tuple[str, ...]:
    who = receipt.account or plain(receipt.payer)
    return (who, receipt.currency, str(receipt.amount), plain(receipt.text))
