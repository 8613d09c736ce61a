"""What a receipt given to an invoice does to the books: money owed goes, credit comes (ledger.md, b.5)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from services.invoices.accounting import paid_off
from services.invoices.model import Invoice
from services.ledger.model import BASE_CURRENCY, CARRIED, PLUG, Account, Draft, Kind, Leg, Purpose
from services.money import Money


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

    `base_micros` is what the paid part of the receipt is worth in AUD; the rest is as `paid_off` says.
    """
    legs = paid_off(
        invoice,
        out_of=Account(Purpose.UNALLOCATED, paid.currency),
        paid=paid,
        net=net,
        base_micros=base_micros,
        owing=owing,
        tax=tax,
    )
    key = f"{allocation_id}:paid"
    draft = _draft(Kind.BANK_TOP_UP, legs, key=key, allocation_id=allocation_id, invoice=invoice, on=on, memo=memo)
    return replace(draft, rate=Decimal(base_micros) / Decimal(paid.micros))


def settled_short(*, allocation_id: int, invoice: Invoice, fee: Money, on: date, memo: str) -> Draft:
    """Dr credit unpaid / Cr receivable the fee an untaxed invoice stops asking for: credit that was never bought."""
    legs = [
        Leg(Account(Purpose.CREDIT_UNPAID, fee.currency, invoice.customer_id), fee.micros, CARRIED),
        Leg(Account(Purpose.RECEIVABLE, fee.currency, invoice.customer_id), -fee.micros, CARRIED),
    ]
    if invoice.currency != BASE_CURRENCY:
        # dropped by the ledger where there is no difference
        legs.append(Leg(Account(Purpose.FX_GAIN, invoice.currency), 0, PLUG))
    key = f"{allocation_id}:short"
    return _draft(Kind.SETTLED_SHORT, legs, key=key, allocation_id=allocation_id, invoice=invoice, on=on, memo=memo)


def _draft(
    kind: Kind, legs: list[Leg], *, key: str, allocation_id: int, invoice: Invoice, on: date, memo: str
) -> Draft:
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
