"""Goodwill, a fee and a number, each as a person goes about it: the form, the second person, and its end."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from services.access.model import Role
from services.ledger.queries import credit_balance
from services.money import Money


@pytest.fixture
def owner(site) -> int:
    """A customer the other journeys do not explain."""
    return site.company.customers[1]


def credit(site, customer_id: int) -> Money:
    """The customer's credit in the books."""
    with site.company.database.read() as conn:
        return credit_balance(conn, customer_id, "AUD")


def test_goodwill_above_the_limit_is_given_by_two_people(enter, site, owner) -> None:
    before = credit(site, owner)
    visit = enter(Role.SUPPORT)
    page = visit.go(f"/customer?id={owner}")
    page.get_by_role("button", name="Adjust").click()
    page.get_by_role("button", name="Give goodwill").click()
    form = page.get_by_role("dialog")
    form.get_by_label("Amount, AUD").wait_for()
    visit.settle()
    form.get_by_role("button", name="Give goodwill").click()
    form.get_by_text("Write an amount like 1250.50.").wait_for()
    form.get_by_label("Amount, AUD").fill("60")
    form.get_by_label("Ticket").fill("4711")
    form.get_by_label("Reason").fill("Late delivery")
    form.get_by_role("button", name="Give goodwill").click()
    page.get_by_text("Goodwill of 60.00 AUD waits for a second person.").wait_for()
    assert credit(site, owner) == before

    approvals = enter(Role.MANAGER).go("/approvals")
    approvals.get_by_role("heading", name="Goodwill for Harbour").wait_for()
    approvals.get_by_role("button", name="Approve").last.click()
    approvals.get_by_text("Approved and done.").wait_for()
    assert credit(site, owner) == before + Money.of(60, "AUD")


def test_a_fee_is_set_after_a_slip_seen_on_the_customer_and_ended(enter, site, owner) -> None:
    visit = enter()
    page = visit.go(f"/customer?id={owner}&customer_view=Fees")
    page.get_by_role("button", name="New fee").click()
    form = page.get_by_role("dialog")
    form.get_by_label("What for").fill("Keyword HARBOUR")
    form.get_by_label("Amount a month").fill("three")
    form.get_by_label("Why it is charged").fill("Ordered by e-mail")
    form.get_by_role("button", name="Set the fee").click()
    form.get_by_text("“three” is not an amount").wait_for()
    form.get_by_label("Amount a month").fill("3.00")
    page.keyboard.press("Control+Enter")
    page.get_by_text("The fee is set.").wait_for()
    page.get_by_text("1 fee", exact=True).wait_for()
    visit.settle()

    visit.pick(page.get_by_test_id("stDataFrame").last)
    drawer = page.get_by_role("dialog")
    drawer.get_by_text("End it", exact=True).click()
    drawer.get_by_label("Why it ends").fill("No longer wanted")
    drawer.get_by_role("button", name="End the fee").click()
    page.get_by_text("The fee ends.").wait_for()
    with site.company.database.read() as conn:
        ended = conn.execute(text("SELECT end_reason FROM custom_fee WHERE customer_id = :id"), {"id": owner}).scalars()
        assert list(ended) == ["No longer wanted"]


def test_a_number_is_rented_on_its_screen_and_cancelled_from_its_record(enter, site, owner) -> None:
    before = credit(site, owner)
    visit = enter()
    page = visit.go("/numbers")
    page.get_by_role("button", name="Add a number").click()
    form = page.get_by_role("dialog")
    form.get_by_label("Find").click()
    page.keyboard.type("harbour", delay=15)
    form.get_by_label("Monthly fee, AUD").fill("3,5")
    form.get_by_label("Number", exact=True).fill("0491 570 158")
    form.get_by_role("button", name="Add the number").click()
    form.get_by_text("“3,5” is not an amount").wait_for()
    form.get_by_label("Monthly fee, AUD").fill("3.50")
    form.get_by_role("button", name="Add the number").click()
    form.get_by_text("is not a telephone number").wait_for()
    form.get_by_label("Number", exact=True).fill("+61 491 570 158")
    form.get_by_role("button", name="Add the number").click()
    page.get_by_text("rents").first.wait_for()
    visit.settle()
    assert credit(site, owner) < before

    visit.go("/numbers?numbers_search=570158")
    visit.pick(page.get_by_test_id("stDataFrame").last)
    record = page.get_by_role("dialog")
    record.get_by_text("Change", exact=True).click()
    visit.settle()
    record.get_by_role("button", name="Cancel the number").click()
    page.get_by_text("ends on").first.wait_for()
    with site.company.database.read() as conn:
        status = conn.execute(text("SELECT status FROM dedicated_number WHERE e164 = '+61491570158'")).scalar_one()
    assert status == "cancelling"
