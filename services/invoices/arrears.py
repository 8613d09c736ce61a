"""Issuing an invoice in arrears: for what a postpaid customer used, broken down into lines; numbered like any other."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from sqlalchemy import insert

from services.access.model import Principal, require
from services.company.queries import company
from services.customers.model import Customer
from services.customers.queries import customer as customer_by_id
from services.customers.queries import invoice_details
from services.db.engine import Transaction
from services.db.turns import wait_for_turn
from services.errors import Refused
from services.invoices.judging import offer_in
from services.invoices.mailing import queue_invoice
from services.invoices.model import ISSUE_INVOICE, Invoice, InvoiceKind, InvoiceLine
from services.invoices.operations import issue_prepared, made_with
from services.invoices.preparation import Prepared
from services.invoices.tables import invoice_line
from services.money import Money, minor_unit
from services.periods import Period
from services.pricing.model import bank_transfer_minimum, split_net
from services.pricing.queries import tax_treatment


class NotBillable(Refused):
    """An invoice in arrears cannot be issued yet, and what is missing."""


def issue_arrears(
    tx: Transaction,
    *,
    by: Principal,
    nonce: str,
    customer_id: int,
    lines: Sequence[InvoiceLine],
    used: Period,
    due_on: date,
    memo: str,
    send: bool,
) -> Invoice:
    """Issue what was used: the lines are without tax, whole coins together, and tax is added by the customer's rule.

    No minimum applies and it never lapses: what was used stays owed. It prints the days it is for, `used`. `send` has
    it e-mailed. `nonce` names the business event, so that it is issued once. Raises `NotBillable` without invoice
    details, a bank account or a rate, and `PeriodClosed`.
    """
    require(by, ISSUE_INVOICE)
    wait_for_turn(tx, nonce)
    asked = hashlib.sha256(repr((customer_id, tuple(lines), due_on)).encode()).digest()
    if made := made_with(tx, nonce, asked):
        return made
    buyer = customer_by_id(tx.conn, customer_id)
    net = sum((line.net for line in lines), Money(0, buyer.currency))
    if net.micros <= 0 or net.micros % minor_unit(net.currency):
        raise NotBillable(f"{net.text()} cannot be asked for; an invoice is for whole coins above zero.")
    ready = _prepared(tx, buyer, net, used, due_on)
    issued = issue_prepared(tx, by, ready, nonce=nonce, asked=asked, memo=memo, send=False, kind=InvoiceKind.ARREARS)
    rows = [
        {
            "invoice_id": issued.id,
            "place": place,
            "label": line.label,
            "detail": line.detail,
            "quantity": line.quantity,
            "net_micros": line.net.micros,
        }
        for place, line in enumerate(lines, start=1)
    ]
    tx.conn.execute(insert(invoice_line), rows)
    if send and issued.details.email:
        queue_invoice(tx, by=by, invoice=issued)
    return issued


def _prepared(tx: Transaction, buyer: Customer, net: Money, used: Period, due_on: date) -> Prepared:
    details = invoice_details(tx.conn, buyer.id)
    if details is None:
        raise NotBillable(f"{buyer.name} has no invoice details; add them on the customer's screen, then run again.")
    offer = offer_in(tx.conn, buyer.currency, tx.today)
    if isinstance(offer, str):
        raise NotBillable(offer)
    treatment = tax_treatment(tx.conn, buyer.country, tx.today)
    split = split_net(net, treatment)
    return Prepared(
        customer=buyer,
        company=company(tx.conn, on=tx.today),
        bank=offer.bank,
        details=details,
        language=details.language,
        split=split,
        treatment=treatment,
        minimum=replace(bank_transfer_minimum(offer.rate), minimum=Money(0, buyer.currency)),
        aud_equivalent=offer.rate.to_aud(split.gross),
        issued_on=tx.today,
        due_on=due_on,
        po_number="",
        used=used,
    )
