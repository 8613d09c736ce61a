"""When evidence is as good as a valid reference, so that nobody need look: the rules of what is automatic."""

from __future__ import annotations

import re
from collections.abc import Sequence

from services.reconciliation.model import FRESH_DAYS, Claim, Fit, Receipt
from services.reconciliation.references import Naming

AGREES = 25  # points from which a payer counts as the customer: a name at least 90 % like theirs, or a known account
_NEAR = 12  # points from which a payer's name at least resembles the customer's

_ELSE = re.compile(
    r"\b(?:REFUND|REVERSAL|REVERSED|RETURN(?:ED)?|RECALL|CHARGEBACK|DISHONOUR|INTEREST|DIVIDEND|PAYOUT|SETTLEMENT|"
    r"SALARY|WAGES|LOAN|RENT|DEPOSIT|REMBOURSEMENT|INTERETS|CREDIT NOTE)\b"
)
_SAYS_A_NUMBER = re.compile(r"\d{4}|\bCS\W?\d|\bINV\W?\d", re.IGNORECASE)


def is_sure(namings: Sequence[Naming], payer_points: int, fit: Fit) -> bool:
    """Whether a text that names every claim so, a payer and an amount together leave no doubt (decision 0008).

    The lead over the runner-up is asked besides.
    """
    exact, close = fit is Fit.EXACT, fit in {Fit.EXACT, Fit.FEE}
    agrees = payer_points >= AGREES
    weakest = min((each.value for each in namings), default=0)
    if weakest == Naming.DIGITS.value:
        return exact or agrees
    if weakest >= Naming.EDIT.value and all(each is Naming.EDIT for each in namings):
        return exact or agrees or (close and payer_points >= _NEAR)
    if weakest >= Naming.CUT.value:
        return agrees and close
    return False


def says_nothing(receipt: Receipt) -> bool:
    """Whether a text neither names anything nor says that the money is for something else."""
    return not _SAYS_A_NUMBER.search(receipt.text) and not _ELSE.search(receipt.text.upper())


def settles_all(receipt: Receipt, claim: Claim, owed: Sequence[Claim]) -> bool:
    """Whether the claim is all the customer owes and fresh, and the receipt is exactly what is open of it."""
    fresh = (receipt.booked_on - claim.issued_on).days <= FRESH_DAYS
    return fresh and {each.id for each in owed} == {claim.id} and claim.open == receipt.open
