"""What deciding on a short payment does to the books: the payer bears what is missing, or we do (ledger.md, b.5)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from services.invoices.accounting import became_due
from services.invoices.model import Invoice
from services.ledger.model import BASE_CURRENCY, CARRIED, PLUG, Account, Draft, Kind, Leg, Purpose
from services.money import Money, divide, multiply

SOURCE = "short_payment"


def borne_by_payer(*, decision_id: int, invoice: Invoice, amount: Money, on: date) -> Draft:
    """Dr credit unpaid / Cr receivable: an untaxed invoice stops asking for credit that was never bought."""
    legs = [
        Leg(Account(Purpose.CREDIT_UNPAID, amount.currency, invoice.customer_id), amount.micros, CARRIED),
        Leg(Account(Purpose.RECEIVABLE, amount.currency, invoice.customer_id), -amount.micros, CARRIED),
    ]
    return _draft(Kind.SETTLED_SHORT, legs, decision_id, invoice, on=on, memo=f"{invoice.number}, settled short")


def borne_by_us(
    *,
    decision_id: int,
    invoice: Invoice,
    amount: Money,
    net: Money,
    was_fee: bool,
    rate: Decimal,
    owing: bool,
    on: date,
) -> Draft:
    """Dr bank fees / Cr receivable what is missing; Dr credit unpaid / Cr credit its share without tax.

    The tax is owed on the whole invoice, on a cash basis from now on for this part too. `was_fee`: the invoice stopped
    asking for it before, so only bank fees and credit move. `rate` is AUD for one unit on the day; a customer `owing`
    first pays back what it was carried at.
    """
    code, customer = amount.currency, invoice.customer_id
    worth = amount.micros if code == BASE_CURRENCY else multiply(amount.micros, rate)
    bought = -divide(worth * net.micros, amount.micros)
    legs = [Leg(Account(Purpose.BANK_FEE, code), amount.micros, worth)]
    if not was_fee:
        legs += [
            Leg(Account(Purpose.RECEIVABLE, code, customer), -amount.micros, CARRIED),
            Leg(Account(Purpose.CREDIT_UNPAID, code, customer), net.micros, CARRIED),
            *became_due(invoice, amount - net, base_micros=worth + bought),
        ]
    legs.append(Leg(Account(Purpose.CREDIT, code, customer), -net.micros, CARRIED if owing else bought))
    memo = f"{invoice.number}, what a bank kept is borne by us"
    return replace(
        _draft(Kind.FEE_ABSORBED, legs, decision_id, invoice, on=on, memo=memo),
        rate=None if code == BASE_CURRENCY else rate,
    )


def _draft(kind: Kind, legs: list[Leg], decision_id: int, invoice: Invoice, *, on: date, memo: str) -> Draft:
    if invoice.currency != BASE_CURRENCY:
        # dropped by the ledger where there is no difference
        legs = [*legs, Leg(Account(Purpose.FX_GAIN, invoice.currency), 0, PLUG)]
    return Draft(
        kind=kind,
        source=SOURCE,
        key=str(decision_id),
        effective_on=on,
        legs=tuple(legs),
        customer_id=invoice.customer_id,
        rate=invoice.rate,
        source_id=decision_id,
        memo=memo,
    )
