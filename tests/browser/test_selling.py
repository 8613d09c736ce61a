"""The main job in a browser: an invoice issued once, its receipt imported, accepted and taken back."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import text

from services.access.model import SYSTEM
from services.banking.model import Line
from services.banking.writer import write_camt053
from services.company.queries import bank_accounts
from services.customers.model import InvoiceDetails
from services.invoices.operations import issue_invoice
from services.ledger.queries import credit_balance
from services.money import Money

DETAILS = {
    "Company name": "Bluegum Clinics Pty Ltd",
    "Address": "1 Wharf Street\nSydney NSW 2000",
    "E-mail to send it to": "accounts@bluegum.example",
    "Contact name": "Ada Byrne",
    "Contact number": "+61 2 5550 1234",
}


def invoices_of(site, customer_id: int) -> int:
    """How many invoices the customer has in the books."""
    with site.company.database.read() as conn:
        question = text("SELECT COUNT(*) FROM invoice WHERE customer_id = :id")
        return conn.execute(question, {"id": customer_id}).scalar_one()


def filled(visit, customer_id: int, amount: str):
    """The form of a new invoice for this customer, filled in."""
    page = visit.go(f"/new-invoice?customer={customer_id}")
    page.get_by_label("Amount including tax").fill(amount)
    page.get_by_label("Amount including tax").press("Tab")
    visit.settle()
    for label, value in DETAILS.items():
        page.get_by_label(label, exact=True).fill(value)
    return page


def test_a_double_click_issues_one_invoice(enter, site) -> None:
    customer_id = site.company.customers[3]
    page = filled(enter(), customer_id, "550.00")
    page.get_by_role("button", name="Issue invoice").dblclick()
    page.get_by_text("is issued.").first.wait_for()
    assert invoices_of(site, customer_id) == 1


def test_too_small_an_amount_is_refused_in_a_sentence_and_what_was_typed_stays(enter, site) -> None:
    customer_id = site.company.customers[1]
    before = invoices_of(site, customer_id)  # other journeys sell to it too
    page = filled(enter(), customer_id, "199.99")
    page.get_by_role("button", name="Issue invoice").click()
    page.get_by_text("less than").first.wait_for()
    assert page.get_by_label("Company name", exact=True).input_value() == DETAILS["Company name"]
    assert invoices_of(site, customer_id) == before


def statement_paying(site, customer_id: int) -> bytes:
    """An invoice of this customer over 330.00 AUD, and the bank's statement on which it is paid."""
    with site.company.database.write() as tx:
        made = issue_invoice(
            tx,
            by=SYSTEM,
            nonce="browser-receipt",
            customer_id=customer_id,
            gross=Money.parse("330.00", "AUD"),
            details=InvoiceDetails(
                *("Azur Voyages", "2 Quay Street, Sydney", "", "a@x.example", "Ann", "+61255501234")
            ),
        )
        today = tx.today
        account = next(each for each in bank_accounts(tx.conn) if each.currency == "AUD")
    paid = Line(today, today, made.gross, "AZUR VOYAGES", f"Invoice {made.reference}", "FEB-0001")
    return write_camt053(
        account=account.iban or account.number,
        holder=account.holder,
        number="1",
        written_at=datetime.now(UTC),
        on=(today, today),
        opening=Money.parse("1000.00", "AUD"),
        lines=[paid],
    )


def credit_of(site, customer_id: int) -> int:
    """The customer's credit in micros."""
    with site.company.database.read() as conn:
        return credit_balance(conn, customer_id, "AUD").micros


def test_a_statement_is_imported_accepted_and_taken_back(enter, site) -> None:
    customer_id = site.company.customers[0]  # with credit left: what is spent cannot be taken back
    content, before = statement_paying(site, customer_id), credit_of(site, customer_id)
    file = {"name": "statement.xml", "mimeType": "application/xml", "buffer": content}
    visit = enter()
    page = visit.go("/bank-receipts")
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_role("button", name="Import 1 line").click()
    page.get_by_text("Accept", exact=True).first.click()
    page.get_by_text("Every receipt is matched.").wait_for()
    assert credit_of(site, customer_id) == before + 300_000_000
    page = visit.go("/bank-receipts")
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_text("in the books already").wait_for()
    page = visit.go("/bank-receipts")
    page.get_by_text("Done", exact=True).click()  # a group of views, of which Matched is the first
    visit.pick(page.get_by_test_id("stDataFrame").first)
    page.get_by_label("Why the receipt is taken back").fill("The wrong customer")
    page.get_by_role("button", name="Undo").click()
    page.get_by_text("waits for its money again").wait_for()
    visit.settle()
    assert credit_of(site, customer_id) == before
