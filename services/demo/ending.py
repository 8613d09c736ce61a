"""How the demo company's unpaid invoices end: most expire, one in a while was a mistake and is void or credited."""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import partial

from services.access.model import SYSTEM
from services.demo.company import Act, DemoCompany
from services.demo.opening import at
from services.invoices.credit_note import Cause, CreditNote
from services.invoices.crediting import credit_invoice
from services.invoices.ending import void_invoice
from services.invoices.model import Invoice, InvoiceKind, InvoiceStatus
from services.invoices.queries import invoice, open_invoices, page
from services.invoices.queries.credit_notes import returnable_now
from services.jobs.model import EVERY_DAY
from services.jobs.running import run_due
from services.money import Money
from services.periods import Period
from services.wiring.jobs import JOBS

EXPIRY = [job for job in JOBS if job.schedule is EVERY_DAY]  # invoices and promotions
_HEARD_OF = timedelta(days=5)  # the statement of the month before is in by then
_AGAIN = 0.25  # chance a month that an invoice turns out to have been issued twice
_FEW = 2  # unpaid ones at least, so that some are left to expire
_FORGOTTEN = (Cause.PRICE, "A discount of 10 % agreed with the order was left out")
_CANCELLED = (Cause.CANCELLED, "The order was cancelled by telephone")
_DISCOUNTS = 0.5  # chance a month that a discount was left out of an invoice


def endings_of_month(company: DemoCompany, days: Period) -> Iterator[Act]:
    """What ends in a month: what lapsed before it and no statement paid, a discount, a mistake."""
    rng = random.Random(f"{company.seed}:ending:{days.starts_on:%Y%m}")  # noqa: S311 - fiction, not secrets
    heard = at(company.database, days.starts_on + _HEARD_OF, 8)
    yield heard, partial(expire, company, days.starts_on, heard)
    if rng.random() < _DISCOUNTS:
        noticed = at(company.database, days.starts_on + timedelta(days=rng.randint(8, 20)), 11, rng.randint(0, 59))
        yield noticed, partial(_discount, company, noticed)
    if rng.random() < _AGAIN:
        moment = at(company.database, days.starts_on + timedelta(days=rng.randint(12, 24)), 16, rng.randint(0, 59))
        yield moment, partial(_mistake, company, moment, by_note=rng.random() < 0.5)  # noqa: PLR2004 - half of them


def expire(company: DemoCompany, on: date, moment: datetime) -> None:
    """Run what expires as of a day."""
    deque(run_due(company.database, by=SYSTEM, jobs=EXPIRY, on=on, at=moment), maxlen=0)


def _discount(company: DemoCompany, moment: datetime) -> None:
    """A tenth of the newest paid Australian invoice is given back; the customer has to have that much left."""
    with company.database.read() as conn:
        rows = page(conn, status=InvoiceStatus.PAID, currency="AUD", size=1).rows
        found = invoice(conn, int(rows["id"].iloc[0])) if len(rows) else None
        tenth = Money.of(found.gross.amount // 10, "AUD") if found else None
        if found is None or tenth is None or returnable_now(conn, found) < tenth:
            return
    note = _credit(company, found, tenth, moment, why=_FORGOTTEN)
    if isinstance(note, CreditNote):
        member = next(each for each in company.members if each.customer.id == found.customer_id)
        member.credit -= note.returned_net.micros


def _mistake(company: DemoCompany, moment: datetime, *, by_note: bool) -> None:
    """The newest invoice nobody will pay was a mistake: void, or credited in full."""
    paid_by = {payment.invoice_id for account in company.bank.values() for payment in account.coming}
    unpaid = [
        each
        for each in _open(company)
        if each.kind is InvoiceKind.TOP_UP and each.status is InvoiceStatus.ISSUED and each.id not in paid_by
    ]
    if len(unpaid) < _FEW:
        return
    found = unpaid[-1]
    if by_note:
        _credit(company, found, found.open, moment, why=_CANCELLED)
    else:
        reason = "Issued twice for one order"
        void = partial(void_invoice, by=company.accounting, invoice_id=found.id, reason=reason)
        company.database.act(void, at=moment)


def _credit(
    company: DemoCompany, found: Invoice, gross: Money, moment: datetime, *, why: tuple[Cause, str]
) -> CreditNote | int:
    credit = partial(
        credit_invoice,
        by=company.accounting,
        nonce=f"demo-credit-{found.number}",
        invoice_id=found.id,
        gross=gross,
        cause=why[0],
        reason=why[1],
        send=True,
    )
    return company.database.act(credit, at=moment)


def _open(company: DemoCompany) -> list[Invoice]:
    with company.database.read() as conn:
        return open_invoices(conn)
