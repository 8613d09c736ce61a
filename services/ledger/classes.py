"""The classes of movement an explanation of credit speaks of, in the order it speaks of them."""

from __future__ import annotations

from enum import StrEnum

from services.errors import BrokenInvariant
from services.ledger.chart import USAGE_KINDS, Kind

__all__ = ["BESIDE_CREDIT", "MOVES_CREDIT", "MovementClass", "class_of", "kinds_of", "usual_direction"]


class MovementClass(StrEnum):
    """Why credit rose or fell; the order of the members is the order on screen, in a waterfall and on paper."""

    CARD = "card"
    BANK = "bank"
    GRANTED = "granted"
    USAGE = "usage"
    RENTAL = "rental"
    FEES = "fees"
    COMMITMENT = "commitment"
    ADJUSTMENTS = "adjustments"
    REFUNDS = "refunds"
    DISPUTES = "disputes"

    @property
    def label(self) -> str:
        """The words on screen."""
        return _LABELS[self]

    @property
    def by_kind(self) -> bool:
        """Whether an explanation speaks of each kind in it apart: usage is seen by product (rule 22)."""
        return self is MovementClass.USAGE

    @property
    def is_use(self) -> bool:
        """Whether it is what credit is for: sending, number rental and custom fees."""
        return all(kind.is_use for kind in kinds_of(self))

    @property
    def is_charge(self) -> bool:
        """Whether it takes from the balance: use, and what a postpaid commitment lacks of its minimum."""
        return self.is_use or self is MovementClass.COMMITMENT


_LABELS = {
    MovementClass.CARD: "Card payments",
    MovementClass.BANK: "Bank transfers",
    MovementClass.GRANTED: "Granted",
    MovementClass.USAGE: "Usage",
    MovementClass.RENTAL: "Number rental",
    MovementClass.FEES: "Custom fees",
    MovementClass.COMMITMENT: "Commitment",
    MovementClass.ADJUSTMENTS: "Adjustments",
    MovementClass.REFUNDS: "Refunds",
    MovementClass.DISPUTES: "Disputed card payments",
}

# The one place that says what belongs where: a new kind is one word here, a new class one member and one line.
_KINDS: dict[MovementClass, frozenset[Kind]] = {
    MovementClass.CARD: frozenset({Kind.CARD_TOP_UP}),
    MovementClass.BANK: frozenset({Kind.BANK_TOP_UP, Kind.PROVISIONAL_CREDIT, Kind.FEE_ABSORBED}),
    MovementClass.GRANTED: frozenset({Kind.PROMO_GRANT, Kind.PROMO_EXPIRED}),
    MovementClass.USAGE: USAGE_KINDS,
    MovementClass.RENTAL: frozenset({Kind.RENTAL}),
    MovementClass.FEES: frozenset({Kind.CUSTOM_FEE}),
    MovementClass.COMMITMENT: frozenset({Kind.TRUE_UP}),
    MovementClass.ADJUSTMENTS: frozenset(
        {Kind.GOODWILL, Kind.CREDIT_CORRECTION, Kind.CARRYING_DIFFERENCE, Kind.DEBT_WRITTEN_OFF, Kind.TAX_TURNED}
    ),
    MovementClass.REFUNDS: frozenset({Kind.USAGE_REFUND, Kind.RENTAL_REFUND, Kind.INVOICE_CREDITED}),
    MovementClass.DISPUTES: frozenset({Kind.DISPUTE_LOST}),
}
_CLASSES = {kind: each for each, kinds in _KINDS.items() for kind in kinds}

# Entries that move money, receivables or income but never a customer's credit itself.
BESIDE_CREDIT = frozenset(
    {
        Kind.BANK_OPENING,
        Kind.BANK_RECEIPT,
        Kind.BANK_PAYMENT,
        Kind.BANK_SORTED,
        Kind.RECEIPT_HELD,
        Kind.RECEIPT_REFUNDED,
        Kind.INVOICE_ISSUED,
        Kind.CARD_FEE,
        Kind.CARD_EXCHANGED,
        Kind.CARD_OWED_BACK,
        Kind.CARD_REFUNDED,
        Kind.CARD_DISPUTED,
        Kind.SETTLED_SHORT,
        Kind.WRITTEN_OFF,
    }
)


def class_of(kind: Kind) -> MovementClass:
    """The class of a kind that moves credit; raises `BrokenInvariant` for one that never does."""
    found = _CLASSES.get(kind)
    if found is None:
        raise BrokenInvariant(f"{kind} does not move credit, so no explanation speaks of it")
    return found


def kinds_of(of: MovementClass) -> tuple[Kind, ...]:
    """The kinds of a class, in the chart's order."""
    return tuple(kind for kind in Kind if kind in _KINDS[of])


def usual_direction(kind: Kind) -> int:
    """Where a kind moves credit unless it undoes an earlier movement: 1 up, -1 down, 0 for one that may do both."""
    if kind in _EITHER_WAY:
        return 0
    return -1 if kind.is_use or kind in _TAKING else 1


_TAKING = frozenset({Kind.PROMO_EXPIRED, Kind.INVOICE_CREDITED, Kind.DISPUTE_LOST, Kind.TRUE_UP})
_EITHER_WAY = frozenset({Kind.PROVISIONAL_CREDIT, Kind.CREDIT_CORRECTION, Kind.CARRYING_DIFFERENCE, Kind.TAX_TURNED})

MOVES_CREDIT = tuple(kind for each in MovementClass for kind in kinds_of(each))
