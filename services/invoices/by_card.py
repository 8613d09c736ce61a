"""Issuing the invoice of credit that a card has paid for already: the same paper, numbering and tax as any other."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import date

from services.access.model import Principal, require
from services.company.logo import logo
from services.company.queries import company
from services.customers.model import Customer, InvoiceDetails
from services.customers.queries import invoice_details
from services.db.engine import Transaction
from services.db.turns import wait_for_turn
from services.invoices.model import ISSUE_INVOICE, Invoice
from services.invoices.operations import issue_prepared, made_with
from services.invoices.paid_by import PaidByCard
from services.invoices.preparation import Prepared
from services.invoices.treatment import treatment_of_top_up
from services.money import Money
from services.pricing.model import bank_transfer_minimum, split_gross
from services.pricing.queries import rate_on


def issue_paid_by_card(
    tx: Transaction, *, by: Principal, nonce: str, buyer: Customer, gross: Money, paid: PaidByCard, on: date
) -> Invoice:
    """Issue what a card bought, dated `on`; the caller posts the payment in the same transaction, so it is never open.

    No minimum is asked, because the money was taken. A buyer without invoice details is printed by what its account
    says; they can be added later. `nonce` names the charge: asked for twice it is one invoice. Raises `NotFound`
    without a rate of the day, `NoTaxRule`, and the ledger's `PeriodClosed`.
    """
    require(by, ISSUE_INVOICE)
    wait_for_turn(tx, nonce)
    asked = hashlib.sha256(repr((buyer.id, gross, paid)).encode()).digest()
    if made := made_with(tx, nonce, asked):
        return made
    details = invoice_details(tx.conn, buyer.id) or _of_account(buyer)
    rate = rate_on(tx.conn, gross.currency, on)
    treatment = treatment_of_top_up(tx.conn, buyer.country, on)
    seller = company(tx.conn, on=on)
    ready = Prepared(
        customer=buyer,
        company=seller,
        logo=logo(tx.conn, seller.logo),
        bank=None,
        details=details,
        language=details.language,
        split=split_gross(gross, treatment),
        treatment=treatment,
        minimum=replace(bank_transfer_minimum(rate), minimum=Money(0, gross.currency)),
        aud_equivalent=rate.to_aud(gross),
        issued_on=on,
        due_on=on,
        po_number="",
        paid_by=paid,
    )
    memo = f"Prepaid account credit, {details.company_name}"
    return issue_prepared(tx, by, ready, nonce=nonce, asked=asked, memo=memo, send=False)


def _of_account(buyer: Customer) -> InvoiceDetails:
    return InvoiceDetails(
        buyer.name, email=buyer.email, contact_name=buyer.contact_name, contact_phone=buyer.phone
    ).tidied()
