"""A change of invoice details in a browser: its reach seen, papers issued anew, both copies taken, the new one sent."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from services.access.model import SYSTEM, Role
from services.banking.model import Line
from services.banking.operations import import_statement
from services.banking.queries import unallocated_receipts
from services.banking.writer import write_camt053
from services.company.queries import bank_account_for
from services.customers.model import Customer, InvoiceDetails
from services.customers.operations import create_customer
from services.invoices.model import Invoice
from services.invoices.operations import issue_invoice
from services.ledger.period_lock import close_period
from services.mail.queries import mails_of_invoice
from services.money import Money
from services.payments.operations import allocate
from services.periods import accounting_period
from tests.drawing import printed

OLD = InvoiceDetails(
    "Kauri Example Limited", "2 Sample Quay\nWellington 6011\nNew Zealand", "9429041234563", "pay@kauri.example",
    "Mere Kahu", "+64 4 555 0100",
)  # fmt: skip
NEW = "Kauri Example Holdings Limited"
LONG_AGO = timedelta(days=400)  # a month no other journey posts in, so that it can be closed


@dataclass(frozen=True)
class Sold:
    """A customer with an invoice that is paid and of a closed month, and one of today."""

    customer: Customer
    paid: Invoice
    open: Invoice


@pytest.fixture
def sold(site: Any) -> Sold:
    database, then = site.company.database, datetime.now(UTC) - LONG_AGO
    customer = database.act(
        lambda tx: create_customer(
            tx, by=SYSTEM, username="kauri", name=OLD.company_name, email=OLD.email, country="NZ", currency="NZD"
        )
    )

    def issue(nonce: str, at: datetime) -> Invoice:
        return database.act(
            lambda tx: issue_invoice(
                tx, by=SYSTEM, nonce=nonce, customer_id=customer.id, gross=Money.of("480", "NZD"), details=OLD
            ),
            at=at,
        )

    paid = issue("kauri-paid", then)
    _pay(database, paid, then + timedelta(minutes=5))
    month = accounting_period(paid.issued_on)
    database.act(lambda tx: close_period(tx, by=site.company.by[Role.ACCOUNTING], period=month))
    return Sold(customer, paid, issue("kauri-open", datetime.now(UTC) - timedelta(minutes=1)))


def _pay(database: Any, invoice: Invoice, at: datetime) -> None:
    with database.read() as conn:
        account = bank_account_for(conn, "NZD")
    day = invoice.issued_on
    content = write_camt053(
        account=account.iban or account.number,
        holder=account.holder,
        number="1",
        written_at=at,
        on=(day, day),
        opening=Money.of("0", "NZD"),
        lines=[Line(day, day, invoice.gross, "KAURI", invoice.reference, "NZ-0001")],
    )
    database.act(lambda tx: import_statement(tx, by=SYSTEM, name="nz.xml", content=content), at=at)
    with database.read() as conn:
        [receipt] = [each for each in unallocated_receipts(conn) if each.bank_reference == "NZ-0001"]
    database.act(
        lambda tx: allocate(
            tx, by=SYSTEM, bank_line_id=receipt.id, invoice_id=invoice.id, nonce="kauri-receipt", short="part"
        ),
        at=at,
    )


def taken(visit: Any, name: str) -> str:
    """The words of the PDF behind a download button."""
    with visit.page.expect_download() as download:
        visit.page.get_by_role("button", name=name, exact=True).click()
    return " ".join(printed(Path(download.value.path()).read_bytes()).split())


def test_details_change_on_what_was_issued_and_every_copy_stays(enter: Any, site: Any, sold: Sold) -> None:
    visit = enter(Role.ACCOUNTING)
    page = visit.go(f"/customer?id={sold.customer.id}&customer_view=Details")
    for label, value in {
        "Company name": NEW, "Address": OLD.address, "Business id": OLD.business_id, "Contact name": OLD.contact_name,
        "Contact number": OLD.contact_phone, "E-mail to send it to": OLD.email, "Why it changes": "In ticket 4711",
    }.items():  # fmt: skip
        page.get_by_label(label, exact=True).fill(value)
    page.get_by_role("button", name="Save details").click()

    page.get_by_text("What the new details reach").wait_for()
    visit.settle()
    page.get_by_text("2 papers already issued").wait_for()
    page.get_by_text("(1 paid, 1 of closed months)").wait_for()
    before_and_after = page.get_by_role("table").filter(has_text="Company name")
    assert OLD.company_name in before_and_after.inner_text()
    assert NEW in before_and_after.inner_text()
    page.get_by_role("button", name="Change 2 papers and what comes").click()
    page.get_by_text("2 papers issued anew.").first.wait_for()

    for invoice in (sold.paid, sold.open):
        page = visit.go(f"/invoice?id={invoice.id}")
        words = taken(visit, "PDF, version 2")
        assert NEW in words
        assert "Version 2, issued" in words
        assert f"replaces the copy of {invoice.issued_on:%-d %B %Y}" in words
        page.get_by_text("Version 1", exact=True).click()
        page.get_by_role("button", name="PDF, version 1").wait_for()
        visit.settle()
        words = taken(visit, "PDF, version 1")
        assert NEW not in words
        assert "Version" not in words
        assert invoice.number in words

    page.get_by_role("button", name="E-mail version 2").click()
    page.get_by_role("dialog").get_by_role("button", name="E-mail it").click()
    page.get_by_text("waits in the outbox.").first.wait_for()
    visit.settle()
    page.get_by_role("button", name="E-mail version 2").wait_for(state="detached")
    with site.company.database.read() as conn:
        [mail] = mails_of_invoice(conn, sold.open.id)
    assert (mail.kind.value, mail.version, mail.to) == ("corrected copy", 2, OLD.email)


def test_an_order_number_comes_late_on_one_invoice(enter: Any, site: Any) -> None:
    database, customer_id = site.company.database, site.company.customers[1]
    made = database.act(
        lambda tx: issue_invoice(
            tx,
            by=SYSTEM,
            nonce="order-late",
            customer_id=customer_id,
            gross=Money.of("330", "AUD"),
            details=replace(OLD, address="2 Quay Street\nSydney NSW 2000", business_id=""),
        )
    )
    visit = enter(Role.SUPPORT)
    page = visit.go(f"/customer?id={customer_id}&customer_view=Details")
    page.get_by_role("button", name="Order number only").click()
    page.get_by_label("Order number", exact=True).fill("PO 4711")
    page.get_by_role("dialog").get_by_label("Why it changes").fill("In ticket 4713")
    page.get_by_role("button", name="See the invoices").click()
    page.get_by_text("What the new order number reaches").wait_for()
    visit.settle()
    page.get_by_text("All of them", exact=True).click()
    page.get_by_role("button", name="Change 1 paper").click()
    page.get_by_text("1 paper issued anew.").first.wait_for()
    page = visit.go(f"/invoice?id={made.id}")
    assert "PO 4711" in taken(visit, "PDF, version 2")
