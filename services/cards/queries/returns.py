"""Reads of what went back of charges: how each refund and dispute stands, and what a charge says that nobody told."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, select

from services.cards.charges import ReadCharge
from services.cards.model import CANCELED, FEE, LOST, PENDING, REFUND, REFUND_FAILED, WITHDRAWN, WON
from services.cards.tables import card_payment, card_return
from services.money import Money

_R = card_return.c
_WORDS = {
    PENDING: "Refund pending",
    CANCELED: "Refund cancelled",
    REFUND: "Refunded",
    REFUND_FAILED: "Refund failed",
    WITHDRAWN: "Disputed",
    WON: "Dispute won",
    LOST: "Dispute lost",
}
_LATER = (PENDING, CANCELED, REFUND, REFUND_FAILED, WITHDRAWN, WON, LOST)  # the later in it, the later it is


@dataclass(frozen=True, slots=True)
class Returned:
    """A refund or a dispute of a charge, and the last that is known to have happened to it."""

    external_id: str
    payment_id: int
    act: str
    amount: Money

    @property
    def words(self) -> str:
        """As people say it: "Refunded 55.00"."""
        return f"{_WORDS[self.act]} {self.amount.text().removesuffix(f' {self.amount.currency}')}"


def returns_of(conn: Connection, payment_ids: Collection[int]) -> dict[int, list[Returned]]:
    """By charge: its refunds and disputes as they stand, the oldest first."""
    wanted = select(card_return).where(_R.card_payment_id.in_(payment_ids), _R.act != FEE)
    latest: dict[str, Returned] = {}
    for row in conn.execute(wanted.order_by(_R.happened_at, _R.external_id, _R.id)):
        one = Returned(row.external_id, row.card_payment_id, row.act, Money(row.micros, row.currency))
        was = latest.get(row.external_id)
        if was is None or _LATER.index(was.act) < _LATER.index(one.act):
            latest[row.external_id] = one
    found: dict[int, list[Returned]] = {}
    for one in latest.values():
        found.setdefault(one.payment_id, []).append(one)
    return found


def not_told(conn: Connection, charges: Sequence[ReadCharge]) -> list[str]:
    """What charges say went back of them and no refund or dispute in the books says, a sentence a charge."""
    said = [each for each in charges if each.refunded or each.is_disputed]
    names = select(card_payment.c.external_id, card_payment.c.id)
    rows = conn.execute(names.where(card_payment.c.external_id.in_([each.external_id for each in said])))
    ids: dict[str, int] = {row.external_id: row.id for row in rows}
    known = returns_of(conn, ids.values())
    return [sentence for each in said for sentence in _missing(each, known.get(ids.get(each.external_id, 0), []))]


def _missing(charge: ReadCharge, known: list[Returned]) -> Iterator[str]:
    refunded = sum(one.amount.micros for one in known if one.act in {REFUND, REFUND_FAILED})
    if charge.refunded and refunded < charge.refunded.micros:
        yield f"{charge.refunded.text()} of {charge.external_id} was refunded: import its refunds."
    if charge.is_disputed and not any(one.act in {WITHDRAWN, WON, LOST} for one in known):
        yield f"{charge.external_id} is or was disputed: import its dispute."
