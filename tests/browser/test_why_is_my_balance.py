"""Support answers a ticket about a balance: finds the customer, explains, looks as the customer does, copies, sends."""

from __future__ import annotations

import pytest

from services.access.model import SYSTEM, Role
from services.customers.queries import customer
from services.fees.model import FeeKind, WantedFee
from services.fees.operations import set_fee
from services.money import Money


@pytest.fixture
def charged(site) -> int:
    """The first customer, charged a keyword that is not shown to it."""
    hidden = (FeeKind.KEYWORD, False, Money.of(5, "AUD"), "Keyword BLUE", "", False, "Ordered by e-mail")
    with site.company.database.write() as tx:
        wanted = WantedFee(site.company.customers[0], *hidden)
        set_fee(tx, by=SYSTEM, nonce="browser-keyword", wanted=wanted)
        return customer(tx.conn, wanted.customer_id).id


def test_a_ticket_is_answered_from_the_search_box_to_the_statement(enter, site, charged) -> None:
    visit = enter(Role.SUPPORT, permissions=["clipboard-read", "clipboard-write"])
    page = visit.go("/")
    page.get_by_label("Search customers, numbers, invoices and cards").click()
    page.keyboard.type("bluegum", delay=15)
    page.get_by_role("link", name="Bluegum Clinics · 10000").wait_for()
    visit.settle()
    page.get_by_role("link", name="Bluegum Clinics · 10000").click()
    page.get_by_role("heading", name="Bluegum Clinics").wait_for()
    page.get_by_text("Fees of 5.00 AUD are hidden from the customer.").wait_for()
    visit.settle()

    page.get_by_text("As the customer sees it").click()
    page.get_by_text("hidden fees of 5.00 AUD are the gap").wait_for()
    visit.settle()
    assert "customer_sees=true" in page.url

    page.get_by_role("button", name="Answer card").click()
    card = page.get_by_role("dialog").get_by_test_id("stCode")
    card.wait_for()
    page.get_by_role("dialog").get_by_text("French").click()
    card.get_by_text("Autres frais : -5,00").wait_for()
    card.hover()
    card.get_by_role("button").click()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith("Bonjour,")
    assert "BLUE" not in copied
    page.keyboard.press("Escape")
    visit.settle()

    page.get_by_role("button", name="Statement").click()
    files = {}
    for label in ("CSV", "PDF"):
        with page.expect_download() as download:
            page.get_by_role("button", name=label, exact=True).click()
        files[label] = download.value.path().read_bytes()
    assert "Other charges,,5.00" in files["CSV"].decode("utf-8-sig")
    assert files["PDF"].startswith(b"%PDF")
