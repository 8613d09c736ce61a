"""From a customer's request to its invoice in a browser: taken down, filled in, left, come back to, seen and issued."""

from __future__ import annotations

from services.access.model import Role
from services.invoices.queries import page as invoices_page
from services.invoices.queries.drafts import drafts_kept
from tests.browser.test_selling import DETAILS


def test_a_request_is_taken_drafted_previewed_and_issued(enter, site) -> None:
    customer_id = site.company.customers[2]
    support = enter(Role.SUPPORT)
    page = support.go(f"/customer?id={customer_id}")
    page.get_by_role("button", name="Invoice request").click()
    page.get_by_label("Amount including tax").fill("1320")
    page.get_by_label("Ticket").fill("4711")
    page.get_by_label("Purchase-order number").fill("PO-77")
    page.get_by_role("button", name="Take the request").click()
    page.get_by_text("is taken.").first.wait_for()

    visit = enter(Role.ACCOUNTING)
    page = visit.go("/invoice-requests")
    visit.pick(page.get_by_test_id("stDataFrame").first)
    page.get_by_role("dialog").get_by_text("Still to be asked").wait_for()
    page.get_by_role("link", name="Fill in the invoice").click()
    visit.settle()
    assert page.get_by_label("Amount including tax").input_value() == "1320.00"
    assert page.get_by_label("Purchase-order number").input_value() == "PO-77"
    for label, value in DETAILS.items():
        page.get_by_label(label, exact=True).fill(value)
        page.get_by_label(label, exact=True).press("Tab")
    visit.settle()
    page.get_by_text("Kept as a draft").wait_for()

    page.get_by_role("link", name="Transactions").click()  # away, and back by the address of another browser
    visit.settle()
    with site.company.database.read() as conn:
        assert drafts_kept(conn) == 1
    again = enter(Role.ACCOUNTING)
    page = again.go("/new-invoice")
    page.get_by_role("button", name="Drafts (1)").click()
    page.get_by_role("button", name="1320.00 AUD").click()
    again.settle()
    assert page.get_by_label("Contact name", exact=True).input_value() == DETAILS["Contact name"]
    page.get_by_role("button", name="Preview").click()
    page.get_by_alt_text("Draft of the invoice, page 1").wait_for()
    page.get_by_role("button", name="Issue invoice").dblclick()
    page.get_by_text("over 1,320.00 AUD is issued.").wait_for()
    with site.company.database.read() as conn:
        assert invoices_page(conn, customer_id=customer_id).total == 1
        assert drafts_kept(conn) == 0
    page = again.go("/invoice-requests?requests_status=Issued")
    page.get_by_text("1 request", exact=True).wait_for()
