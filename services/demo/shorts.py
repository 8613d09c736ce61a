"""What accounting decided about payments that came short: some settled, one borne by the company, one waited for."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from services.access import approvals
from services.access.model import Role
from services.demo.company import DemoCompany
from services.payments.short.absorbing import request_absorbing
from services.payments.short.model import Cause, ShortPayment, Standing
from services.payments.short.operations import settle_short, wait_for_rest
from services.payments.short.queries import shorts
from services.wiring.approvals import ACTS

_LEFT = 4  # left for whoever opens the demo
_OLD = timedelta(days=7)
_SETTLED = frozenset({Cause.ROUNDING, Cause.BANK_FEE})


def decide(company: DemoCompany) -> None:
    """Decide on the older short payments; the newest stay on the bench."""
    with company.database.read() as conn:
        every = shorts(conn, today=company.now.date(), standing=Standing.OPEN).rows
        borne = shorts(conn, today=company.now.date(), standing=Standing.SETTLED).rows
    abroad = [each for each in every[:-_LEFT] if not each.invoice.is_taxed]
    for each in abroad:
        if each.judgement.cause in _SETTLED:
            _settle(company, each)
    parts = [each for each in every[:-_LEFT] if each.judgement.cause is Cause.PART]
    if parts:
        _wait(company, parts[-1])
    before = company.now.date() - _OLD
    ours = next((each for each in borne if each.invoice.fee and each.received_on and each.received_on < before), None)
    if ours is not None:
        _absorb(company, ours)


def _settle(company: DemoCompany, short: ShortPayment) -> None:
    acting = partial(
        settle_short,
        by=company.accounting,
        nonce=f"demo-settled-{short.invoice.id}",
        invoice_id=short.invoice.id,
        reason="So little is not asked for.",
    )
    company.database.act(acting, at=company.now - timedelta(hours=3))


def _wait(company: DemoCompany, short: ShortPayment) -> None:
    acting = partial(
        wait_for_rest,
        by=company.accounting,
        nonce=f"demo-waits-{short.invoice.id}",
        invoice_id=short.invoice.id,
        until=company.now.date() + timedelta(days=12),
        reason="The customer says that the rest follows.",
    )
    company.database.act(acting, at=company.now - timedelta(hours=3))


def _absorb(company: DemoCompany, short: ShortPayment) -> None:
    asking = partial(
        request_absorbing,
        by=company.accounting,
        nonce=f"demo-borne-{short.invoice.id}",
        invoice_id=short.invoice.id,
        reason="Support promised it in ticket 47120.",
    )
    asked = company.database.act(asking, at=company.now - timedelta(hours=2))
    deciding = partial(approvals.approve, by=company.people[Role.MANAGER], approval_id=asked, acts=ACTS)
    company.database.act(deciding, at=company.now - timedelta(hours=1))
