"""Saying by hand whose a customer of the processor's is, where none of its objects holds our account id."""

from __future__ import annotations

import re

from services.access.model import Principal, require
from services.cards.model import IMPORT_CARDS
from services.cards.owners import link_customer, linked
from services.cards.told import mode_of_books, mode_words
from services.customers.queries import customer
from services.db.engine import Transaction
from services.db.turns import wait_for_turn
from services.errors import InvalidForm, Refused
from services.texts import checked_reason

_CUSTOMER_ID = re.compile(r"cus_[A-Za-z0-9]{1,251}")
_ASK = "Say how you know whose it is: the link never changes."


class NotLinked(Refused):
    """What the processor calls a customer cannot be linked to one of ours."""


def link_by_hand(
    tx: Transaction, *, by: Principal, external_id: str, customer_id: int, livemode: bool, reason: str
) -> str:
    """Keep whose a customer of the processor's is, for a reason that is audited; gives its name.

    Raises `InvalidForm` (external_id, reason), `NotLinked` where it is linked already or of the mode that these books
    do not hold, `WrongObject` where it is another's: a link never changes, because money is posted by it.
    """
    require(by, IMPORT_CARDS)
    wanted = external_id.strip()
    if not _CUSTOMER_ID.fullmatch(wanted):
        raise InvalidForm({"external_id": "This is no customer of the processor's: it begins with cus_."})
    why = checked_reason(reason, ask=_ASK)
    wait_for_turn(tx, "card import")  # which may be deciding the mode of these books
    owner = customer(tx.conn, customer_id)
    known = mode_of_books(tx.conn)
    if known is not None and known != livemode:
        said = f"{wanted} is of the processor's {mode_words(livemode)} mode"
        raise NotLinked(f"{said}, and these books hold {mode_words(known)} ones.")
    if linked(tx.conn, wanted) == customer_id:
        raise NotLinked(f"{wanted} is linked to {owner.name} already: import the file, and what waits is taken.")
    link_customer(tx, by=by, external_id=wanted, customer_id=customer_id, livemode=livemode, reason=why)
    return owner.name
