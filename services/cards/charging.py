"""Taking a charge of the processor's into the books: once, by its own id, with the invoice of what it bought.

Money already taken is a fact: less than the least top-up, or on a brand we do not take, it is posted and flagged.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import Row, insert

from services.access.audit import record
from services.access.model import Principal, require
from services.cards.accounting import captured, owed_back
from services.cards.charges import ReadCharge
from services.cards.keeping import Kept, charge_kept
from services.cards.model import IMPORT_CARDS, brand_words
from services.cards.objects import WrongObject
from services.cards.owners import owner_of
from services.cards.tables import card_payment, card_settlement
from services.customers.model import Customer
from services.db.engine import Transaction
from services.db.keys import next_id
from services.db.turns import wait_for_turn
from services.invoices.by_card import issue_paid_by_card
from services.invoices.mailing import queue_invoice
from services.invoices.model import Invoice, InvoiceKind
from services.invoices.operations import record_payment
from services.invoices.paid_by import PaidByCard
from services.invoices.queries import open_invoices
from services.ledger.lateness import days_of_effect
from services.ledger.operations import post
from services.ledger.queries import credit_balance
from services.money import Money, next_share
from services.pricing.queries import currency, rate_on

MAILED_WITHIN = timedelta(days=7)  # an older charge comes with a back-import: nobody waits for its invoice


def take_charge(tx: Transaction, *, by: Principal, found: ReadCharge, livemode: bool) -> Kept:
    """Take in a charge that is over; said again it changes nothing. A failed one is listed and posts nothing.

    A prepaid customer is issued the invoice of the credit it bought, paid at once and e-mailed (rules 21 and 26); one
    who pays afterwards pays what it owes, the oldest first, and what is more is owed back. Raises `WrongObject` for an
    unknown customer, another currency than the customer's, and other facts than before; `NotFound` without a rate.
    """
    require(by, IMPORT_CARDS)
    wait_for_turn(tx, f"card_payment:{found.external_id}")
    owner = owner_of(tx.conn, found.whose)
    kept = charge_kept(tx.conn, found.external_id)
    if kept is not None:
        _refuse_changed(found, kept, owner)
        return Kept.REPEATED
    if found.gross.currency != owner.currency:
        raise WrongObject(f"It is in {found.gross.currency}, and {owner.name} is billed in {owner.currency}.")
    row = _row(tx, by, found, owner, livemode=livemode)
    if found.has_failed:
        tx.conn.execute(insert(card_payment), row)
        return Kept.ADDED
    wait_for_turn(tx, f"card money:{owner.id}")
    owed = _owed(tx, owner) if owner.pays_afterwards else []
    if owner.pays_afterwards:
        row["owed_back_micros"] = max(0, found.gross.micros - sum(each.open.micros for each in owed))
    tx.conn.execute(insert(card_payment), row)
    if owner.pays_afterwards:
        _pay_owed(tx, by, row, owed)
    else:
        _top_up(tx, by, found, owner, row)
    after = {"charge": found.external_id, "amount": found.gross.text(), "card": found.facts.words}
    record(tx, by=by, act=IMPORT_CARDS.name, subject="card_payment", subject_id=row["id"], after=after)
    return Kept.ADDED


def _row(tx: Transaction, by: Principal, found: ReadCharge, owner: Customer, *, livemode: bool) -> dict[str, Any]:
    day = found.charged_at.astimezone(tx.timezone).date()
    on = days_of_effect(tx, [day])[day]
    code = found.gross.currency
    worth = 0 if found.has_failed else rate_on(tx.conn, code, on).to_aud(found.gross).micros
    return {
        "id": next_id(tx, card_payment),
        "external_id": found.external_id,
        "payment_intent": found.payment_intent,
        "payment_method": found.payment_method,
        "customer_id": owner.id,
        "status": found.status,
        "failure_code": found.failure_code,
        "failure": found.failure,
        "brand": found.facts.brand,
        "last_four": found.facts.last_four,
        "currency": code,
        "gross_micros": found.gross.micros,
        "base_micros": worth,
        "owed_back_micros": 0,
        "under_least": found.gross < currency(tx.conn, code).minimum_top_up,
        "charged_at": found.charged_at,
        "effective_on": on,
        "livemode": livemode,
        "noted_at": tx.at,
        "noted_by": by.name,
    }


def _refuse_changed(found: ReadCharge, kept: Row[Any], owner: Customer) -> None:
    was = Money(kept.gross_micros, kept.currency)
    if (kept.status, was) != (found.status, found.gross):
        raise WrongObject(
            f"{found.external_id} is in the books as {kept.status} with {was.text()}, not {found.status} with "
            f"{found.gross.text()}."
        )
    if kept.customer_id != owner.id:
        raise WrongObject(f"{found.external_id} is in the books as a payment of another customer.")


def _top_up(tx: Transaction, by: Principal, found: ReadCharge, owner: Customer, row: dict[str, Any]) -> None:
    """The invoice of the credit bought, and its payment."""
    charged_on = found.charged_at.astimezone(tx.timezone).date()
    paid = PaidByCard(brand_words(found.facts.brand), found.facts.last_four, charged_on)
    made = issue_paid_by_card(
        tx,
        by=by,
        nonce=f"card:{found.external_id}",
        buyer=owner,
        gross=found.gross,
        paid=paid,
        on=row["effective_on"],
    )
    made = _settle(tx, by, row, made, made.gross, base_micros=row["base_micros"], key="captured")
    if made.details.email and tx.at - found.charged_at <= MAILED_WITHIN:
        queue_invoice(tx, by=by, invoice=made)


def _owed(tx: Transaction, owner: Customer) -> list[Invoice]:
    every = open_invoices(tx.conn, owner.currency, customer_id=owner.id)
    return [each for each in every if each.kind is InvoiceKind.ARREARS]


def _pay_owed(tx: Transaction, by: Principal, row: dict[str, Any], owed: list[Invoice]) -> None:
    """What is owed, the oldest first; the parts are worth together what the charge is worth."""
    left, worth, given = row["gross_micros"], row["base_micros"], 0
    code, key = row["currency"], f"{row['external_id']}:captured"
    for place, invoice in enumerate(owed, 1):
        if not left:
            return
        part = min(left, invoice.open.micros)
        base = next_share(worth, row["gross_micros"], before=row["gross_micros"] - left, given=given, part=part)
        _settle(tx, by, row, invoice, Money(part, code), base_micros=base, key=f"captured:{place}")
        left, given = left - part, given + base
    if left:
        draft = owed_back(
            payment_id=row["id"], key=f"{key}:owed_back", customer_id=row["customer_id"], rest=Money(left, code),
            base_micros=worth - given, on=row["effective_on"],
        )  # fmt: skip
        post(tx, draft, by=by)


def _settle(
    tx: Transaction, by: Principal, row: dict[str, Any], invoice: Invoice, paid: Money, *, base_micros: int, key: str
) -> Invoice:
    net, on = invoice.share(paid), max(row["effective_on"], invoice.issued_on)
    draft = captured(
        payment_id=row["id"],
        key=f"{row['external_id']}:{key}",
        invoice=invoice,
        paid=paid,
        net=net,
        base_micros=base_micros,
        owing=credit_balance(tx.conn, invoice.customer_id, paid.currency).micros < 0,
        on=on,
        memo=f"{invoice.number}, paid by {brand_words(row['brand'])} ending {row['last_four']}",
    )
    entry_id = post(tx, draft, by=by).entry_id
    settled = {"card_payment_id": row["id"], "invoice_id": invoice.id, "paid_micros": paid.micros}
    settled |= {"net_micros": net.micros, "base_micros": base_micros, "settled_on": on, "entry_id": entry_id}
    tx.conn.execute(insert(card_settlement), settled)
    return record_payment(tx, invoice_id=invoice.id, paid=paid, fee=Money(0, paid.currency), net=net)
