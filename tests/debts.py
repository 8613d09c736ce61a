"""Invoices in arrears of postpaid customers, issued as the monthly run issues them, and paid late or never."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from services.access.approvals import approve
from services.access.model import SYSTEM, Principal, Role
from services.customers.model import Customer
from services.customers.operations import change_invoice_details
from services.customers.queries import invoice_details
from services.db.engine import Database
from services.invoices.arrears import issue_arrears
from services.invoices.ending import request_write_off
from services.invoices.model import Invoice, InvoiceLine
from services.invoices.queries import invoice as invoice_by_id
from services.money import Money
from services.periods import month_of
from services.wiring.approvals import ACTS
from tests.invoicing import details
from tests.people import person
from tests.postpaid import uses


def noon(day: date) -> datetime:
    """Noon of a day in Sydney."""
    return datetime(day.year, day.month, day.day, 1, 0, tzinfo=UTC)


def debt(
    database: Database,
    customer: Customer,
    net: str,
    *,
    issued: date,
    terms: int = 14,
    nonce: str = "",
    used: bool = True,
) -> Invoice:
    """What the customer used up to a day, invoiced that day and to be paid within the terms (days)."""
    with database.read() as conn:
        known = invoice_details(conn, customer.id)
    if known is None:
        given = details(customer.country)
        database.act(
            lambda tx: change_invoice_details(tx, by=SYSTEM, customer_id=customer.id, details=given, reason="first"),
            at=noon(issued),
        )
    name = nonce or f"{customer.id}:{issued}:{net}"
    if used:
        uses(database, customer, net, issued - timedelta(days=1), by=SYSTEM, key=name)
    used_in = month_of(issued - timedelta(days=1))
    lines = [InvoiceLine("SMS", "", None, Money.of(net, customer.currency))]
    return database.act(
        lambda tx: issue_arrears(
            tx, by=SYSTEM, nonce=name, customer_id=customer.id, lines=lines, used=used_in,
            due_on=issued + timedelta(days=terms), memo="Use", send=False,
        ),
        at=noon(issued),
    )  # fmt: skip


def two(database: Database, mark: str = "") -> tuple[Principal, Principal]:
    """Two people of accounting: one asks, the other decides."""
    return person(database, f"Ada{mark}", Role.ACCOUNTING), person(database, f"Bo{mark}", Role.ACCOUNTING)


def written_off(database: Database, made: Invoice, people: tuple[Principal, Principal], *, on: date) -> Invoice:
    """What is open of it is written off by two people."""
    asks, decides = people
    request = database.act(
        lambda tx: request_write_off(tx, by=asks, invoice_id=made.id, reason="The customer closed down"), at=noon(on)
    )
    database.act(lambda tx: approve(tx, by=decides, approval_id=request, acts=ACTS), at=noon(on))
    with database.read() as conn:
        return invoice_by_id(conn, made.id)
