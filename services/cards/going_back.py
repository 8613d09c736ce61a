"""The processor's refunds and disputes, read field by field: what of a charge went back, or may."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from services.cards.charges import currency_of, money_of, reference_of
from services.cards.objects import Json, Whose, WrongObject, moment_of, own_id, shortened, text_of, whole_of
from services.money import Money

_NOBODY = Whose("", "")


class RefundState(StrEnum):
    """How far the processor's refund has come."""

    PENDING = "pending"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELED = "canceled"


class DisputeState(StrEnum):
    """Whether a dispute is undecided, or who kept the money: we (`WON`) or the cardholder (`LOST`)."""

    OPEN = "open"
    WON = "won"
    LOST = "lost"


_REFUNDS = {"requires_action": RefundState.PENDING} | {each.value: each for each in RefundState}
_DISPUTES = {
    "needs_response": DisputeState.OPEN,
    "under_review": DisputeState.OPEN,
    "won": DisputeState.WON,
    "lost": DisputeState.LOST,
}


@dataclass(frozen=True, slots=True)
class ReadRefund:
    """A `refund` of a charge, and how far it has come."""

    external_id: str
    charge: str
    amount: Money
    made_at: datetime
    state: RefundState

    @property
    def whose(self) -> Whose:
        """Nobody: it names its charge."""
        return _NOBODY


@dataclass(frozen=True, slots=True)
class ReadDispute:
    """A `dispute` of a charge; `fees` are what the processor kept or gave back for it, by balance transaction."""

    external_id: str
    charge: str
    amount: Money
    made_at: datetime
    state: DisputeState
    reason: str
    fees: tuple[tuple[str, Money], ...]

    @property
    def whose(self) -> Whose:
        """Nobody: it names its charge."""
        return _NOBODY


def refund_of(value: Json) -> ReadRefund:
    """A `refund` of a charge. Raises `WrongObject`."""
    status = text_of(value, "status")
    if status not in _REFUNDS:
        raise WrongObject(f"Its status “{shortened(status)}” is no state of a refund.")
    own = own_id(value, "re_", "pyr_")
    return ReadRefund(own, _charge(value), _amount(value), moment_of(value, "created"), _REFUNDS[status])


def dispute_of(value: Json) -> ReadDispute:
    """A `dispute` of a charge. Raises `WrongObject`, also for an inquiry, which takes no money."""
    status = text_of(value, "status")
    if status not in _DISPUTES:
        raise WrongObject(f"Its status is “{shortened(status)}”: no money was taken, so there is nothing to post.")
    return ReadDispute(
        external_id=own_id(value, "dp_", "du_"),
        charge=_charge(value),
        amount=_amount(value),
        made_at=moment_of(value, "created"),
        state=_DISPUTES[status],
        reason=shortened(text_of(value, "reason")).replace("_", " "),
        fees=_fees(value),
    )


def _charge(value: Json) -> str:
    if not (found := reference_of(value, "charge")):
        raise WrongObject("It names no charge.")
    return found


def _amount(value: Json) -> Money:
    amount = whole_of(value, "amount")
    if amount <= 0:
        raise WrongObject(f"Its amount is {amount}; what goes back is above zero.")
    return money_of(amount, currency_of(value))


def _fees(value: Json) -> tuple[tuple[str, Money], ...]:
    """What its balance transactions say was kept for it, where they are inside it."""
    inside = value.get("balance_transactions")
    every = [each for each in inside if isinstance(each, dict)] if isinstance(inside, list) else []
    read = [(own_id(each, "txn_"), money_of(whole_of(each, "fee"), currency_of(each))) for each in every]
    return tuple((name, fee) for name, fee in read if fee)
