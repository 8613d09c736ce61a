"""What a receipt given to an invoice does to the books: money owed goes, credit comes (ledger.md, b.5)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from services.invoices.accounting import became_due
from services.invoices.model import Invoice
from services.ledger.model import BASE_CURRENCY, CARRIED, PLUG, Account, Draft, Kind, Leg, Purpose
from services.ledger.redeeming import gst_on_use
from services.money import Money, divide


def topped_up(
    *,
    allocation_id: int,
    invoice: Invoice,
    paid: Money,
    net: Money,
    base_micros: int,
    owing: bool,
    on: date,
    memo: str,
    tax: Money | None = None,
) -> Draft:
    """Dr unallocated / Cr receivable what was paid; Dr credit unpaid / Cr credit its share without tax.

    On a cash basis the GST in it becomes payable as well. `tax` is in the net where an untaxed invoice is paid by who
    pays afterwards by now: Cr GST in place of credit.
    `base_micros` is what the paid part of the receipt is worth in AUD. What the receipt is worth more or less than
    the invoice was on its day is an exchange difference; the credit keeps the rate of the receipt (IFRIC 22). A
    customer who is `owing` (credit below zero) first pays that back at what it was carried at, so no AUD strands.
    """
    code, customer = paid.currency, invoice.customer_id
    bought = net - tax if tax else net
    worth = -divide(base_micros * bought.micros, paid.micros)
    legs = [
        Leg(Account(Purpose.UNALLOCATED, code), paid.micros, base_micros),
        Leg(Account(Purpose.RECEIVABLE, code, customer), -paid.micros, CARRIED),
        Leg(Account(Purpose.CREDIT_UNPAID, code, customer), net.micros, CARRIED),
        Leg(Account(Purpose.CREDIT, code, customer), -bought.micros, CARRIED if owing else worth),
        *([Leg(gst_on_use(code), -tax.micros)] if tax else []),
        *became_due(invoice, paid - net, base_micros=base_micros + worth),
    ]
    key = f"{allocation_id}:paid"
    draft = _draft(Kind.BANK_TOP_UP, legs, key=key, allocation_id=allocation_id, invoice=invoice, on=on, memo=memo)
    return replace(draft, rate=Decimal(base_micros) / Decimal(paid.micros))


def settled_short(*, allocation_id: int, invoice: Invoice, fee: Money, on: date, memo: str) -> Draft:
    """Dr credit unpaid / Cr receivable the fee an untaxed invoice stops asking for: credit that was never bought."""
    legs = [
        Leg(Account(Purpose.CREDIT_UNPAID, fee.currency, invoice.customer_id), fee.micros, CARRIED),
        Leg(Account(Purpose.RECEIVABLE, fee.currency, invoice.customer_id), -fee.micros, CARRIED),
    ]
    key = f"{allocation_id}:short"
    return _draft(Kind.SETTLED_SHORT, legs, key=key, allocation_id=allocation_id, invoice=invoice, on=on, memo=memo)


def _draft(
    kind: Kind, legs: list[Leg], *, key: str, allocation_id: int, invoice: Invoice, on: date, memo: str
) -> Draft:
    if invoice.currency != BASE_CURRENCY:
        # dropped by the ledger where there is no difference
        legs = [*legs, Leg(Account(Purpose.FX_GAIN, invoice.currency), 0, PLUG)]
    return Draft(
        kind=kind,
        source="allocation",
        key=key,
        effective_on=on,
        legs=tuple(legs),
        customer_id=invoice.customer_id,
        rate=invoice.rate,
        source_id=allocation_id,
        memo=memo,
    )
