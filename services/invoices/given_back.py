"""The credit note of money that a card's bank or the processor took back: a fact, so nobody is asked first."""

from __future__ import annotations

from services.access.model import Principal, require
from services.db.engine import Transaction
from services.invoices.credit_note import Cause, CreditNote, NotCreditable, Parts, part_returned
from services.invoices.crediting import Fact, issue_note, note_hash, note_of_form
from services.invoices.model import CREDIT_INVOICE
from services.invoices.operations import lock
from services.invoices.queries import invoice as invoice_by_id
from services.invoices.queries.credit_notes import returned_of
from services.money import Money
from services.pricing.model import TaxSplit


def credit_given_back(
    tx: Transaction, *, by: Principal, nonce: str, invoice_id: int, gross: Money, reason: str, fact: Fact, send: bool
) -> CreditNote:
    """Issue the credit note of `gross` that has gone back of what was paid, dated `fact.on`; the caller posts how.

    Credit falls by its net also where it was used: what is below zero then is owed. No second person is asked, because
    nobody decides. `nonce` names the event: asked for twice it is one note. Raises `NotCreditable` for more than was
    paid and not given back before, and the ledger's `PeriodClosed`.
    """
    require(by, CREDIT_INVOICE)
    asked = note_hash(invoice_id, gross, Cause.OTHER, reason)
    if made := note_of_form(tx, nonce, asked):
        return made
    lock(tx, invoice_id)
    found = invoice_by_id(tx.conn, invoice_id)
    before = returned_of(tx.conn, found)
    if found.status.has_ended or found.received - before.gross < gross:
        raise NotCreditable(f"{found.number} was not paid {gross.text()} that did not go back before.")
    nothing = Money(0, found.currency)
    parts = Parts(
        open=TaxSplit(gross=nothing, net=nothing, tax=nothing), returned=part_returned(found, gross, returned=before)
    )
    return issue_note(
        tx, by, found, parts, nonce=nonce, asked=asked, cause=Cause.OTHER, reason=reason,
        send=send and bool(found.details.email), fact=fact,
    )  # fmt: skip
