"""Keeping a card as the processor says it is; said again it changes nothing, and in any order it ends the same."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, bindparam, insert, select, update

from services.access.audit import record
from services.access.model import Principal, require
from services.cards.model import IMPORT_CARDS, CardFacts
from services.cards.objects import ReadCard, WrongObject
from services.cards.owners import owner_of
from services.cards.tables import card, card_payment
from services.db.engine import Transaction
from services.db.turns import wait_for_turn

_OF_CHARGE = select(card_payment).where(card_payment.c.external_id == bindparam("wanted"))


class Kept(StrEnum):
    """What an object of the processor's changed."""

    ADDED = "added"
    CHANGED = "changed"
    REPEATED = "repeated"


def keep_card(tx: Transaction, *, by: Principal, found: ReadCard, livemode: bool) -> Kept:
    """Keep a card on file, or what changed of it: a later expiry, or that it was taken off, which is for good.

    Of two sayings the one with the later expiry holds, because a card is only ever replaced by a later one. Raises
    `WrongObject` where its customer is not known or another's than before.
    """
    require(by, IMPORT_CARDS)
    wait_for_turn(tx, f"card:{found.external_id}")
    kept = tx.conn.execute(select(card).where(card.c.external_id == found.external_id)).one_or_none()
    if kept is None:
        return _add(tx, by, found, livemode=livemode)
    _refuse_moved(tx, found, kept)
    changes: dict[str, Any] = {}
    if (found.facts.exp_year, found.facts.exp_month) > (kept.exp_year, kept.exp_month):
        changes |= _columns(found.facts)
    elif _later_is_known(found.facts, kept):
        pass
    elif any(kept._mapping[name] != value for name, value in _identity(found.facts).items()):  # noqa: SLF001 - a row
        raise WrongObject(f"{found.external_id} is kept as another card with the same expiry.")
    if not found.is_attached and kept.removed_at is None:
        changes["removed_at"] = tx.at
    if not changes:
        return Kept.REPEATED
    tx.conn.execute(update(card).where(card.c.id == kept.id).values(changes))
    before = {name: kept._mapping[name] for name in changes}  # noqa: SLF001 - SQLAlchemy's public name for a row
    record(tx, by=by, act=IMPORT_CARDS.name, subject="card", subject_id=kept.id, before=before, after=changes)
    return Kept.CHANGED


def charge_kept(conn: Connection, external_id: str) -> Row[Any] | None:
    """A charge as the books hold it, by the processor's id."""
    return conn.execute(_OF_CHARGE, {"wanted": external_id}).one_or_none()


def _add(tx: Transaction, by: Principal, found: ReadCard, *, livemode: bool) -> Kept:
    owner = owner_of(tx.conn, found.whose)
    row = _columns(found.facts) | {
        "external_id": found.external_id,
        "customer_id": owner.id,
        "livemode": livemode,
        "added_at": found.added_at,
        "removed_at": None if found.is_attached else tx.at,
        "noted_at": tx.at,
        "noted_by": by.name,
    }
    tx.conn.execute(insert(card), row)
    return Kept.ADDED


def _refuse_moved(tx: Transaction, found: ReadCard, kept: Row[Any]) -> None:
    if (found.is_attached or found.whose.account_id) and owner_of(tx.conn, found.whose).id != kept.customer_id:
        raise WrongObject(f"{found.external_id} is kept as the card of another customer.")


def _later_is_known(facts: CardFacts, kept: Row[Any]) -> bool:
    return (facts.exp_year, facts.exp_month) < (kept.exp_year, kept.exp_month)


def _identity(facts: CardFacts) -> dict[str, Any]:
    return {"brand": facts.brand, "last_four": facts.last_four}


def _columns(facts: CardFacts) -> dict[str, Any]:
    return _identity(facts) | {
        "exp_month": facts.exp_month,
        "exp_year": facts.exp_year,
        "country": facts.country,
        "fingerprint": facts.fingerprint,
        "wallet": facts.wallet,
    }
