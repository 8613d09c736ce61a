"""What the processor settled for a charge and kept as its fee, posted once by its own id."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, insert, select

from services.access.model import Principal, require
from services.cards.accounting import exchanged, fee_kept
from services.cards.charges import SUCCEEDED, ReadBalance
from services.cards.keeping import Kept, charge_kept
from services.cards.model import IMPORT_CARDS
from services.cards.objects import WrongObject
from services.cards.tables import card_fee
from services.db.engine import Transaction
from services.db.turns import wait_for_turn
from services.ledger.lateness import days_of_effect
from services.ledger.operations import post
from services.money import Money
from services.pricing.queries import rate_on


def take_fee(tx: Transaction, *, by: Principal, found: ReadBalance) -> Kept:
    """Take in a balance transaction of a charge: the fee, and what a charge in another currency was exchanged into.

    Said again it changes nothing. Raises `WrongObject` before its charge is known, and for other facts than before.
    """
    require(by, IMPORT_CARDS)
    wait_for_turn(tx, f"card_payment:{found.charge}")
    charge = charge_kept(tx.conn, found.charge)
    if charge is None or charge.status != SUCCEEDED:
        raise WrongObject(f"Its charge {found.charge} is not in the books; import that first, or with it.")
    kept = tx.conn.execute(select(card_fee).where(card_fee.c.card_payment_id == charge.id)).one_or_none()
    if kept is not None:
        _refuse_changed(found, kept)
        return Kept.REPEATED
    gross = Money(charge.gross_micros, charge.currency)
    if found.amount.currency == gross.currency and found.amount != gross:
        raise WrongObject(f"It says {found.amount.text()}, and its charge is {gross.text()}.")
    row = _posted(tx, by, found, charge)
    row |= {"external_id": found.external_id, "card_payment_id": charge.id, "currency": found.amount.currency}
    row |= {"settled_micros": found.amount.micros, "fee_micros": found.fee.micros}
    tx.conn.execute(insert(card_fee), row | {"noted_at": tx.at, "noted_by": by.name})
    return Kept.ADDED


def _posted(tx: Transaction, by: Principal, found: ReadBalance, charge: Row[Any]) -> dict[str, Any]:
    day = found.made_at.astimezone(tx.timezone).date()
    on = max(days_of_effect(tx, [day])[day], charge.effective_on)
    rate = rate_on(tx.conn, found.amount.currency, on)
    entries: dict[str, Any] = {"entry_id": None, "exchange_entry_id": None}
    if found.amount.currency != charge.currency:
        draft = exchanged(
            payment_id=charge.id,
            key=f"{found.external_id}:exchanged",
            gross=Money(charge.gross_micros, charge.currency),
            base_micros=charge.base_micros,
            into=found.amount,
            into_base_micros=rate.to_aud(found.amount).micros,
            on=on,
        )
        entries["exchange_entry_id"] = post(tx, draft, by=by).entry_id
    if found.fee:
        draft = fee_kept(
            payment_id=charge.id, key=f"{found.external_id}:fee", fee=found.fee, rate=rate.aud_per_unit, on=on
        )
        entries["entry_id"] = post(tx, draft, by=by).entry_id
    return entries


def _refuse_changed(found: ReadBalance, kept: Row[Any]) -> None:
    was = (kept.external_id, Money(kept.settled_micros, kept.currency), Money(kept.fee_micros, kept.currency))
    if was != (found.external_id, found.amount, found.fee):
        raise WrongObject(
            f"{found.charge} is in the books with {was[1].text()} and a fee of {was[2].text()} ({was[0]})."
        )
