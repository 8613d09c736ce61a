"""Money nobody can place: the oldest receipt without a name is held until its payer is found."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from services.banking.queries import unallocated_receipts
from services.demo.company import DemoCompany
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
