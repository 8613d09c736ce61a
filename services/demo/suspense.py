"""Money nobody can place is held until its payer is found, and what somebody paid too much goes back."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from services.banking.queries import unallocated_receipts
from services.demo.company import DemoCompany
from services.payments.refunds.operations import refund_receipt
from services.payments.suspense.operations import hold


def hold_one(company: DemoCompany) -> None:
    """Hold the oldest receipt of which nothing is allocated, if there is one."""
    with company.database.read() as conn:
        found = next((each for each in unallocated_receipts(conn) if not each.allocated), None)
    if found is None:
        return
    holding = partial(
        hold,
        by=company.accounting,
        nonce="demo-held",
        line_id=found.id,
        reason="Our bank is asked who sent it.",
    )
    company.database.act(holding, at=company.now - timedelta(minutes=30))


def refund_one(company: DemoCompany) -> None:
    """Pay the rest of the oldest receipt back that paid its invoice and more, if there is one."""
    with company.database.read() as conn:
        found = next((each for each in unallocated_receipts(conn) if each.allocated), None)
    if found is None:
        return
    refunding = partial(
        refund_receipt,
        by=company.accounting,
        nonce="demo-refunded",
        line_id=found.id,
        reason="Paid too much; they ask for the rest.",
        pay_to="BSB 033-000, 55 0101",
    )
    company.database.act(refunding, at=company.now - timedelta(minutes=20))
