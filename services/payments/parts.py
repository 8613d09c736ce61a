"""A part of a receipt: how much of it may be taken, and what that is worth in AUD."""

from __future__ import annotations

from services.banking.model import BankLine
from services.db.engine import Transaction
from services.errors import InvalidForm, Refused
from services.money import Money, minor_unit, next_share
from services.payments.queries import allocations_of_line
from services.payments.refunds.queries import refunded_base
from services.payments.suspense.queries import held_base


def part_of(line: BankLine, amount: Money | None, *, verb: str, refusal: type[Refused]) -> Money:
    """`amount` where it fits what is left of the receipt, all that is left where none is given.

    Raises `refusal`, whose sentence says the `verb`, and `InvalidForm` (amount).
    """
    left = line.unallocated
    if not left:
        raise refusal(f"Nothing of this receipt is left to {verb}; look at it again.")
    if amount is None:
        return left
    if amount.currency != left.currency or amount.micros <= 0 or amount.micros % minor_unit(left.currency):
        raise InvalidForm({"amount": f"Enter an amount of {left.currency} above zero in whole coins."})
    if left < amount:
        raise refusal(f"Only {left.text()} of this receipt is left; {verb} that or less.")
    return amount


def worth_of(tx: Transaction, line: BankLine, part: Money) -> int:
    """AUD micros of the next part of a receipt, so that all parts together are worth exactly the receipt.

    One running pro rata over what was allocated, held and refunded of it (decision 0030).
    """
    if not line.allocated:  # the first part, as most are the only one: nothing was given before
        return next_share(line.base_micros, line.amount.micros, before=0, given=0, part=part.micros)
    given = sum(each.base_micros for each in allocations_of_line(tx.conn, line.id))
    given += held_base(tx.conn, line.id) + refunded_base(tx.conn, line.id)
    return next_share(line.base_micros, line.amount.micros, before=line.allocated.micros, given=given, part=part.micros)
