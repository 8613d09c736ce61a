"""A sorted line leaves the account where it waited for the one it belongs to; the bank account never moves again."""

from __future__ import annotations

from datetime import date

from services.banking.model import BankLine
from services.banking.sorting.model import Sort
from services.ledger.model import BASE_CURRENCY, CARRIED, PLUG, Account, Base, Draft, Kind, Leg, Purpose

SOURCE = "bank_sorting"

_PURPOSES = {
    Sort.CARD_PAYOUT: Purpose.CARD_CLEARING,
    Sort.BANK_FEE: Purpose.BANK_FEE,
    Sort.INTEREST: Purpose.INTEREST,
    Sort.TRANSFER: Purpose.IN_TRANSIT,
    Sort.REFUND: Purpose.REFUND_PAYABLE,
    Sort.TAX: Purpose.GST_PAYABLE,
    Sort.SUPPLIER: Purpose.SUPPLIERS,
}


def sorted_line(
    *,
    sorting_id: int,
    line: BankLine,
    sort: Sort,
    on: date,
    customer_id: int | None = None,
    other_base: int | None = None,
) -> Draft:
    """Money in: Dr unallocated, Cr what it belongs to. Money out: Dr what it belongs to, Cr suspense.

    A refund of a credit note leaves what is owed back at what that was carried at, one of a receipt (no customer) at
    what the receipt was worth. That and the second side of a transfer (`other_base`: the receipt's part, or the first
    side's line, in AUD) leave nothing behind; the difference of rates is an exchange difference.
    """
    code = line.amount.currency
    waited = Account(Purpose.UNALLOCATED if line.amount.micros > 0 else Purpose.SUSPENSE, code)
    of_receipt = sort is Sort.REFUND and customer_id is None
    target = Account(Purpose.PAY_BACK if of_receipt else _PURPOSES[sort], code, customer_id)
    base: int | Base = -line.base_micros
    if sort is Sort.REFUND and code != BASE_CURRENCY:
        base = CARRIED
    if other_base is not None:
        base = other_base
    legs = [Leg(waited, line.amount.micros, line.base_micros), Leg(target, -line.amount.micros, base)]
    if base != -line.base_micros:
        legs.append(Leg(Account(Purpose.FX_GAIN, code), 0, PLUG))
    return Draft(
        kind=Kind.BANK_SORTED,
        source=SOURCE,
        key=str(sorting_id),
        effective_on=on,
        legs=tuple(legs),
        customer_id=customer_id,
        source_id=sorting_id,
        memo=f"{sort.label}: {line.counterparty} {line.remittance}".strip()[:200],
    )
