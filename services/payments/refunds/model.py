"""What a refund of a receipt is: money that bought nothing and goes back to the account it came from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from services.access.model import Permission, Role
from services.banking.fingerprint import account_key, normalised
from services.banking.model import BankLine
from services.errors import NotFound, Refused, Stale
from services.money import MICROS, Money

REFUND = Permission("payments.refund", "refund a receipt to its payer", frozenset({Role.ACCOUNTING}))
APPROVE_REFUND = Permission(
    "payments.approve_refund", "approve the refund of a receipt", frozenset({Role.ACCOUNTING, Role.MANAGER})
)
UNDO_REFUND = Permission("payments.undo_refund", "take back the refund of a receipt", frozenset({Role.ACCOUNTING}))
REFUND_ACT = "payments.refund_receipt"  # the act's name in the register of approvals

ALONE_BELOW = Money(500 * MICROS, "AUD")  # product.md: refunds from 500 (AUD equivalent) need two people


class NoSuchRefund(NotFound):
    """No refund of a receipt has this id."""


class NothingToRefund(Refused):
    """Nothing of the receipt is left to refund, or less than was asked for."""


class RefundAsked(Refused):
    """A refund of the same receipt waits for a second person."""


class AlreadyUndone(Stale):
    """Somebody took the refund back before."""


class AlreadyPaid(Refused):
    """The refund left the bank, so it cannot be taken back or paid again as things stand."""


class NotThisRefund(Refused):
    """The bank line does not pay this refund."""


class RefundState(StrEnum):
    """How far a refund has come."""

    TO_PAY = "to_pay"
    PAID = "paid"
    UNDONE = "undone"

    @property
    def label(self) -> str:
        """The words on screen."""
        return {"to_pay": "To pay", "paid": "Paid", "undone": "Taken back"}[self]


@dataclass(frozen=True, slots=True)
class Refund:
    """Part of a receipt that goes back. `base_micros` is its worth in AUD, `pay_to` the account it is paid to.

    `paid_line_id` is the bank line that paid it and `paid_on` when, None until one is tied to it.
    """

    id: int
    nonce: str
    bank_line_id: int
    amount: Money
    base_micros: int
    payer: str
    pay_to: str
    reason: str
    entry_id: int
    refunded_on: date
    refunded_at: datetime
    refunded_by: str
    approved_by: str
    undone_at: datetime | None = None
    undone_by: str | None = None
    undone_reason: str | None = None
    reversal_entry_id: int | None = None
    paid_line_id: int | None = None
    paid_on: date | None = None

    @property
    def state(self) -> RefundState:
        """How far it has come."""
        if self.undone_at is not None:
            return RefundState.UNDONE
        return RefundState.TO_PAY if self.paid_line_id is None else RefundState.PAID


@dataclass(frozen=True, slots=True)
class Expected:
    """The refund a line of money out probably pays, and why, in words."""

    refund: Refund
    reason: str


def expected(line: BankLine, owed: Sequence[Refund]) -> Expected | None:
    """The refund that a line pays: the same amount, to the account or the name it came from, or the only such amount.

    None where several could be meant, or where the line names another account. It is proposed and never automatic.
    """
    same = [each for each in owed if each.amount == -line.amount]
    account, name = account_key(line.counterparty_account), normalised(line.counterparty)
    to_account = [each for each in same if account and account_key(each.pay_to) == account]
    to_name = [each for each in same if name and normalised(each.payer) == name]
    unnamed = [each for each in same if not account or not account_key(each.pay_to)]
    for found, why in (
        (to_account, "the amount, and the account it came from"),
        (to_name, "the amount, and the name of the payer"),
        (unnamed, "the only refund of this amount"),
    ):
        if found:
            return Expected(found[0], why) if len(found) == 1 else None
    return None
