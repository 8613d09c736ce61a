"""What may be done with what the card processor knows: import it, or one object of it."""

from __future__ import annotations

from services.cards.charging import take_charge
from services.cards.fees import take_fee
from services.cards.importing import import_card_payments
from services.cards.keeping import keep_card
from services.cards.linking import link_by_hand
from services.cards.owners import link_customer
from services.cards.returns import take_dispute, take_refund

__all__ = [
    "import_card_payments",
    "keep_card",
    "link_by_hand",
    "link_customer",
    "take_charge",
    "take_dispute",
    "take_fee",
    "take_refund",
]
