"""What went back of a charge: which part of it, what of that is in the books, and the credit notes it takes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, insert, select

from services.access.audit import record
from services.access.model import Principal
from services.cards.charges import SUCCEEDED
from services.cards.charging import MAILED_WITHIN
from services.cards.going_back import ReadDispute, ReadRefund
from services.cards.keeping import charge_kept
from services.cards.model import FEE, IMPORT_CARDS, LOST, REFUND, REFUND_FAILED, WITHDRAWN, WON, brand_words
from services.cards.objects import WrongObject
from services.cards.tables import card_fee, card_return, card_settlement
from services.db.engine import Transaction
from services.db.turns import wait_for_turn
from services.invoices.crediting import Fact
from services.invoices.given_back import credit_given_back
from services.invoices.queries import invoice as invoice_by_id
from services.invoices.queries.credit_notes import returned_of
from services.ledger.lateness import days_of_effect
from services.ledger.model import BASE_CURRENCY, Kind
from services.money import Money, divide
from services.papers.wording import say

_R = card_return.c


@dataclass(frozen=True, slots=True)
class Part:
    """Part of a charge that goes back by an object of the processor's, which happened on a day of the books.

    `base_micros` is its worth in AUD as the charge was booked; `rows` is what of the object is in the books.
    """

    external_id: str
    charge: Row[Any]
    amount: Money
    base_micros: int
    at: datetime
    on: date
    rows: tuple[Row[Any], ...]

    @property
    def acts(self) -> set[str]:
        """What of it is in the books."""
        return {row.act for row in self.rows}

    @property
    def memo(self) -> str:
        """The object and its charge."""
        return f"{self.external_id} of {self.charge.external_id}"

    def key(self, act: str) -> str:
        """The business event, which is posted once."""
        return f"{self.external_id}:{act}"


def part_of(tx: Transaction, found: ReadRefund | ReadDispute) -> Part:
    """The part of the charge an object is about, taken for this unit of work. Raises `WrongObject`."""
    wait_for_turn(tx, f"card_payment:{found.charge}")
    charge = charge_kept(tx.conn, found.charge)
    if charge is None or charge.status != SUCCEEDED:
        raise WrongObject(f"Its charge {found.charge} is not in the books: import its charge first, or with it.")
    if found.amount.currency != charge.currency:
        raise WrongObject(f"It is in {found.amount.currency}, and its charge is in {charge.currency}.")
    _refuse_exchanged(tx, charge)
    wait_for_turn(tx, f"card money:{charge.customer_id}")
    rows = tuple(tx.conn.execute(select(card_return).where(_R.external_id == found.external_id)).all())
    for row in (each for each in rows if each.act != FEE):
        if (row.card_payment_id, row.micros) != (charge.id, found.amount.micros):
            was = Money(row.micros, row.currency).text()
            raise WrongObject(f"{found.external_id} is in the books with {was}, or of another charge.")
    base = divide(charge.base_micros * found.amount.micros, charge.gross_micros)
    on = _day(tx, charge, found.made_at)
    part = Part(found.external_id, charge, found.amount, base, found.made_at, on, rows)
    whole = Money(charge.gross_micros, charge.currency)
    if not part.acts & {REFUND, WITHDRAWN} and _gone(tx, charge, WITHDRAWN) + part.amount.micros > whole.micros:
        raise WrongObject(f"With it more would go back than the {whole.text()} of {found.charge}.")
    return part


def credit_back(tx: Transaction, by: Principal, part: Part, *, act: str, kind: Kind, on: date) -> None:
    """The credit notes of what goes back for good: what the charge paid last goes back first.

    What is owed back already needs none: what was paid beyond an invoice, notes somebody issued by hand, and the money
    of a refund that failed. Raises `NotCreditable`.
    """
    charge = part.charge
    before = _gone(tx, charge, LOST) - charge.owed_back_micros
    paid = select(card_settlement).where(card_settlement.c.card_payment_id == charge.id)
    for row in tx.conn.execute(paid.order_by(card_settlement.c.id.desc())).all():
        went, goes = (min(max(each, 0), row.paid_micros) for each in (before, before + part.amount.micros))
        before -= row.paid_micros
        invoice = invoice_by_id(tx.conn, row.invoice_id)
        missing = goes - max(went, min(returned_of(tx.conn, invoice).gross.micros, row.paid_micros))
        if missing > 0:
            language, card = invoice.language, {"brand": brand_words(charge.brand), "last_four": charge.last_four}
            credit_given_back(
                tx,
                by=by,
                nonce=f"card:{part.key(act)}:{invoice.id}",
                invoice_id=invoice.id,
                gross=Money(missing, charge.currency),
                reason=say(f"card_{act}", language, card=say("card_ending", language, **card)),
                fact=Fact(on, kind),
                send=tx.at - part.at <= MAILED_WITHIN,
            )


def keep(
    tx: Transaction,
    by: Principal,
    part: Part,
    act: str,
    *,
    entry_id: int | None = None,
    on: date | None = None,
    cleared: int = 0,
    held: int = 0,
    key: str = "",
    money: Money | None = None,
) -> None:
    """Keep what happened, once; `cleared` and `held` are the signs with which its money moved either account."""
    amount = money or part.amount
    row = {
        "key": key or part.key(act),
        "external_id": part.external_id,
        "act": act,
        "card_payment_id": part.charge.id,
        "currency": amount.currency,
        "micros": amount.micros,
        "cleared_micros": cleared * amount.micros,
        "held_micros": held * amount.micros,
        "happened_at": part.at,
        "effective_on": on or part.on,
        "entry_id": entry_id,
        "noted_at": tx.at,
        "noted_by": by.name,
    }
    tx.conn.execute(insert(card_return), row)
    after = {"charge": part.charge.external_id, "object": part.external_id, "what": act, "amount": amount.text()}
    record(tx, by=by, act=IMPORT_CARDS.name, subject="card_payment", subject_id=part.charge.id, after=after)


def _refuse_exchanged(tx: Transaction, charge: Row[Any]) -> None:
    """What goes back of an exchanged charge leaves another currency, at a rate that no object read here tells."""
    settled = tx.conn.execute(select(card_fee.c.currency).where(card_fee.c.card_payment_id == charge.id)).scalar()
    own = charge.external_id
    if settled is None and charge.currency != BASE_CURRENCY:
        raise WrongObject(f"Import the balance transaction of {own} first: it says which currency it was settled in.")
    if settled is not None and settled != charge.currency:
        raise WrongObject(
            f"The processor exchanged {own} into {settled}; what goes back of such a charge is not posted by itself: "
            "issue a credit note on its invoice."
        )


def _day(tx: Transaction, charge: Row[Any], at: datetime) -> date:
    day = at.astimezone(tx.timezone).date()
    latest = select(card_settlement.c.settled_on).where(card_settlement.c.card_payment_id == charge.id)
    earliest: list[date] = [charge.effective_on, *tx.conn.execute(latest).scalars()]
    return max(days_of_effect(tx, [day])[day], *earliest)


def _gone(tx: Transaction, charge: Row[Any], of_disputes: str) -> int:
    """Micros of a charge that went back for good: refunds, and disputes that are lost, or (withdrawn) are not won."""
    rows = tx.conn.execute(select(_R.act, _R.micros).where(_R.card_payment_id == charge.id)).all()
    signs = {REFUND: 1, REFUND_FAILED: -1} | ({LOST: 1} if of_disputes == LOST else {WITHDRAWN: 1, WON: -1})
    return sum(signs.get(row.act, 0) * row.micros for row in rows)
