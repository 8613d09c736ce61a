"""The main job in a browser: an invoice is issued once, however often somebody clicks."""

from __future__ import annotations

from sqlalchemy import text

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
    customer_id = site.company.customers[0]
    page = filled(enter(), customer_id, "550.00")
    page.get_by_role("button", name="Issue invoice").dblclick()
    page.get_by_text("is issued.").first.wait_for()
    assert invoices_of(site, customer_id) == 1


def test_too_small_an_amount_is_refused_in_a_sentence_and_what_was_typed_stays(enter, site) -> None:
    customer_id = site.company.customers[1]
    page = filled(enter(), customer_id, "199.99")
    page.get_by_role("button", name="Issue invoice").click()
    page.get_by_text("less than").first.wait_for()
    assert page.get_by_label("Company name", exact=True).input_value() == DETAILS["Company name"]
    assert invoices_of(site, customer_id) == 0
