"""What an invoice does to the books when it is issued, credited or written off (ledger.md, b.5)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from services.invoices.model import Invoice
from services.ledger.model import BASE_CURRENCY, CARRIED, PLUG, Account, Draft, Kind, Leg, Purpose
from services.ledger.redeeming import gst_on_use
from services.money import Money, divide
from services.pricing.model import TaxSplit


def issued(
    *,
    invoice_id: int,
    customer_id: int,
    split: TaxSplit,
    rate: Decimal,
    on: date,
    memo: str,
    gst_on_receipt: bool,
    time: int = 1,
) -> Draft:
    """Dr receivable gross / Cr credit unpaid net, Cr GST payable (on a cash basis: not yet due) tax.

    `rate` is AUD for one unit; the untaxed part takes what rounding leaves of the AUD amounts. `time` counts how often
    it was brought back after it had expired, from 1.
    """
    currency = split.gross.currency
    legs = [
        Leg(Account(Purpose.RECEIVABLE, currency, customer_id), split.gross.micros),
        Leg(Account(Purpose.CREDIT_UNPAID, currency, customer_id), -split.net.micros, PLUG),
    ]
    if split.tax:
        tax = Account(Purpose.GST_PAYABLE, currency)
        if gst_on_receipt:
            tax = Account(Purpose.GST_NOT_DUE, currency, customer_id)
        legs.append(Leg(tax, -split.tax.micros))
    return Draft(
        kind=Kind.INVOICE_ISSUED,
        source="invoice",
        key=f"{invoice_id}:issued" if time == 1 else f"{invoice_id}:issued:{time}",
        effective_on=on,
        legs=tuple(legs),
        customer_id=customer_id,
        rate=rate,
        source_id=invoice_id,
        memo=memo,
    )


def taken_off(kind: Kind, invoice: Invoice, split: TaxSplit, *, source: str, source_id: int, on: date) -> Draft:
    """Dr credit unpaid net, Dr GST payable or not yet due / Cr receivable gross: what an open invoice stops asking for.

    `source` and `source_id` name the credit note or the write-off. Abroad both of the customer's accounts go at what
    they are carried at and the difference is an exchange difference.
    """
    code, customer = invoice.currency, invoice.customer_id
    legs = [
        Leg(Account(Purpose.CREDIT_UNPAID, code, customer), split.net.micros, CARRIED),
        Leg(Account(Purpose.RECEIVABLE, code, customer), -split.gross.micros, CARRIED),
    ]
    if split.tax and invoice.gst_on_receipt:
        legs.append(Leg(Account(Purpose.GST_NOT_DUE, code, customer), split.tax.micros, CARRIED))
    elif split.tax:
        legs.append(Leg(Account(Purpose.GST_PAYABLE, code), split.tax.micros))
    if code != BASE_CURRENCY:
        legs.append(Leg(Account(Purpose.FX_GAIN, code), 0, PLUG))
    return _draft(kind, legs, invoice, source=source, source_id=source_id, on=on)


def credited(
    invoice: Invoice, open_part: TaxSplit, returned: TaxSplit, *, note_id: int, on: date, tax: Money | None = None
) -> Draft:
    """A credit note: `open_part` is no longer asked for, `returned` was paid and is owed back to the customer.

    The second: Dr credit net, Dr GST payable tax / Cr refund payable gross; credit leaves at what it is carried at.
    `tax` is in the returned net of an untaxed invoice where the customer pays afterwards by now: Dr GST, not credit.
    """
    code, customer = invoice.currency, invoice.customer_id
    legs: list[Leg] = []
    if open_part.gross:
        legs += taken_off(
            Kind.INVOICE_CREDITED, invoice, open_part, source="credit_note", source_id=note_id, on=on
        ).legs
    if returned.gross:
        at_home = code == BASE_CURRENCY
        of_credit = returned.net - tax if tax else returned.net
        legs = [leg for leg in legs if leg.base_micros is not PLUG]
        legs += [
            Leg(Account(Purpose.CREDIT, code, customer), of_credit.micros, None if at_home else CARRIED),
            Leg(Account(Purpose.REFUND_PAYABLE, code, customer), -returned.gross.micros, None if at_home else PLUG),
        ]
        if returned.tax:
            legs.append(Leg(Account(Purpose.GST_PAYABLE, code), returned.tax.micros))
        if tax:
            legs.append(Leg(gst_on_use(code), tax.micros))
    return _draft(Kind.INVOICE_CREDITED, legs, invoice, source="credit_note", source_id=note_id, on=on)


def became_due(invoice: Invoice, tax: Money, *, base_micros: int) -> list[Leg]:
    """Dr GST not yet due / Cr GST payable: the GST in what an invoice was paid; nothing on accrual, where it was due.

    `base_micros` is its worth in AUD on the day of the receipt, which is the day whose rate counts on a cash basis.
    """
    if not (tax and invoice.gst_on_receipt):
        return []
    return [
        Leg(Account(Purpose.GST_NOT_DUE, tax.currency, invoice.customer_id), tax.micros, CARRIED),
        Leg(Account(Purpose.GST_PAYABLE, tax.currency), -tax.micros, -base_micros),
    ]


def paid_off(
    invoice: Invoice,
    *,
    out_of: Account,
    paid: Money,
    net: Money,
    base_micros: int,
    owing: bool,
    tax: Money | None = None,
) -> list[Leg]:
    """Dr `out_of` / Cr receivable what was paid; Dr credit unpaid / Cr credit its share without tax.

    On a cash basis the GST in it becomes payable as well. `tax` is in the net where an untaxed invoice is paid by who
    pays afterwards by now: Cr GST in place of credit. `base_micros` is what was paid in AUD. What that is more or less
    than the invoice was on its day is an exchange difference; the credit keeps the rate of the payment (IFRIC 22). A
    customer who is `owing` (credit below zero) first pays that back at what it was carried at, so no AUD strands.
    """
    code, customer = paid.currency, invoice.customer_id
    bought = net - tax if tax else net
    worth = -divide(base_micros * bought.micros, paid.micros)
    legs = [
        Leg(out_of, paid.micros, base_micros),
        Leg(Account(Purpose.RECEIVABLE, code, customer), -paid.micros, CARRIED),
        Leg(Account(Purpose.CREDIT_UNPAID, code, customer), net.micros, CARRIED),
        Leg(Account(Purpose.CREDIT, code, customer), -bought.micros, CARRIED if owing else worth),
        *([Leg(gst_on_use(code), -tax.micros)] if tax else []),
        *became_due(invoice, paid - net, base_micros=base_micros + worth),
    ]
    if code != BASE_CURRENCY:
        # dropped by the ledger where there is no difference
        legs.append(Leg(Account(Purpose.FX_GAIN, code), 0, PLUG))
    return legs


def forgiven(invoice: Invoice, net: Money, *, expense: Purpose, source: str, source_id: int, on: date) -> Draft:
    """Dr `expense` / Cr credit: use an invoice in arrears stops asking for, which no later one may ask for again.

    What a postpaid customer owes is the balance below zero (decision 0021), so taking the invoice back is not enough.
    """
    at_home = invoice.currency == BASE_CURRENCY
    legs = [
        Leg(Account(Purpose.CREDIT, invoice.currency, invoice.customer_id), -net.micros, None if at_home else CARRIED),
        Leg(Account(expense, invoice.currency), net.micros, None if at_home else PLUG),
    ]
    return _draft(Kind.DEBT_WRITTEN_OFF, legs, invoice, source=source, source_id=source_id, on=on)


def _draft(kind: Kind, legs: list[Leg], invoice: Invoice, *, source: str, source_id: int, on: date) -> Draft:
    return Draft(
        kind=kind,
        source=source,
        key=f"{source_id}:{kind}",
        effective_on=on,
        legs=tuple(legs),
        customer_id=invoice.customer_id,
        rate=invoice.rate,
        source_id=source_id,
        memo=invoice.number,
    )
