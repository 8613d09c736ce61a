"""Invoice requests on screen: taken by support, issued by accounting in one click, with states nobody types."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from services.access.model import Role
from services.customers.model import InvoiceDetails
from services.db.engine import Database
from services.invoices import queries as invoices
from services.invoices.draft import DraftContent
from services.invoices.drafting import save_draft
from services.invoices.queries.drafts import draft_of_form, drafts_kept
from services.mail.queries import mails_of_invoice
from services.money import Money
from services.reporting import exports
from services.requests import queries
from services.requests.model import Asked, Channel, InvoiceRequest, RequestStatus
from services.requests.operations import cancel_request, open_request
from tests.conftest import SYDNEY
from tests.pages.bought import DETAILS, issued, open_company
from tests.pages.harness import SmallCompany, on, signed_in
from tests.pages.test_billing import FILLED, button, complaints, field, fill

LIST = "billing/requests.py"
NEW = "billing/new_invoice.py"
HOME = "overview/home.py"
CUSTOMER = "customers/customer.py"
TAKERS = (Role.SUPPORT, Role.ACCOUNTING)


@pytest.fixture(scope="module")
def built(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> SmallCompany:
    company = open_company(sqlite_template, tmp_path_factory.mktemp("requests"))
    company.database.close()
    return company


@pytest.fixture
def company(built: SmallCompany, tmp_path: Path) -> SmallCompany:
    path = tmp_path / "books.sqlite"
    shutil.copy(str(built.database.url.database), path)
    return replace(built, database=Database(f"sqlite:///{path}", timezone=SYDNEY))


def taken(company: SmallCompany, amount: str = "550", *, place: int = 0, details: InvoiceDetails = DETAILS):
    today = datetime.now(SYDNEY).date()
    gross = Money.of(amount, "AUD") if amount else None
    asked = Asked(company.customers[place], "AUD", gross, details, Channel.PHONE, today, "T-1")
    by, nonce = company.by[Role.SUPPORT], f"request-{place}-{amount}"
    return company.database.act(lambda tx: open_request(tx, by=by, nonce=nonce, asked=asked))


def as_it_stands(company: SmallCompany, found: InvoiceRequest) -> InvoiceRequest:
    with company.database.read() as conn:
        return queries.request(conn, found.id, on=datetime.now(SYDNEY).date())


def opened_drawer(company: SmallCompany, role: Role, **filters: str) -> AppTest:
    """The list with the drawer of its first request open."""
    app = on(company, role, LIST, **filters)
    app.session_state["requests_0"] = {"selection": {"rows": [0], "columns": [], "cells": []}}
    with signed_in(company, role):
        app.run()
    assert not app.exception
    return app


def doing(app: AppTest):
    """The choice of what to do in the drawer."""
    return next(each for each in app.radio if each.label == "What to do")


@pytest.mark.parametrize("role", list(Role))
def test_everybody_sees_the_queue_and_only_support_and_accounting_take_requests(
    company: SmallCompany, role: Role
) -> None:
    taken(company)
    taken(company, "", place=1)
    app = on(company, role, LIST)
    assert not app.exception
    assert list(app.dataframe[0].value["state"]) == ["Received", "Incomplete"]
    assert list(app.dataframe[0].value["lacks"]) == ["", "amount"]
    figures = {each.label: each.value for each in app.metric}
    assert (figures["Ready to issue"], figures["Incomplete"], figures["Nobody’s"]) == ("1", "1", "0")
    assert any(each.label == "New request" for each in app.main.button) is (role in TAKERS)


def test_the_queue_is_exported_with_its_totals(company: SmallCompany) -> None:
    from pages._ui import request_parts

    taken(company)
    taken(company, "", place=1)
    with signed_in(company, Role.MANAGER):
        table = request_parts.export(company.by[Role.MANAGER], queries.Wanted(), {"state": "waiting"})
    assert len(table.rows) == 2
    assert exports.totals_of(table) == [("Total Amount", Money.of("550", "AUD"))]


def test_an_empty_queue_says_what_next(company: SmallCompany) -> None:
    assert "New request" in on(company, Role.SUPPORT, LIST).info[0].value
    assert "Clear the filters" in on(company, Role.SUPPORT, LIST, requests_status="Paid").info[0].value


def test_the_filters_stand_in_the_address(company: SmallCompany) -> None:
    found = taken(company)
    by = company.by[Role.SUPPORT]
    company.database.act(lambda tx: cancel_request(tx, by=by, request_id=found.id, reason="pays by card"))
    taken(company, "660", place=1)
    gone = on(company, Role.MANAGER, LIST, requests_status="Cancelled")
    assert list(gone.dataframe[0].value["state"]) == ["Cancelled"]
    made = issued(company, 2, "770", taken(company, "770", place=2).form)
    every = on(company, Role.MANAGER, LIST, requests_status="All of them").dataframe[0].value
    assert list(every["state"]) == ["Issued", "Received", "Cancelled"]
    assert list(every["number"]) == [made.number, "", ""]
    assert len(on(company, Role.SUPPORT, LIST, requests_owner="Me").dataframe[0].value) == 1
    assert "No request" in on(company, Role.ACCOUNTING, LIST, requests_owner="Me").info[0].value


@pytest.mark.parametrize("role", list(Role))
def test_the_drawer_says_what_is_missing_and_offers_what_the_role_may(company: SmallCompany, role: Role) -> None:
    taken(company, "50")
    app = opened_drawer(company, role)
    assert any("at least 200.00 AUD" in each.value for each in app.markdown)
    assert doing(app).options == (["History", "Change", "Give to", "Cancel"] if role in TAKERS else ["History"])
    fills = [each.proto.label for each in app.get("page_link") if each.proto.label == "Fill in the invoice"]
    assert bool(fills) is (role is Role.ACCOUNTING)


def done(company: SmallCompany, view: str, typed: dict[str, str], sent: str, **filters: str) -> AppTest:
    """What support does in the drawer of the first request."""
    app = opened_drawer(company, Role.SUPPORT, **filters)
    with signed_in(company, Role.SUPPORT):
        if view:
            doing(app).set_value(view).run()
        for label, value in typed.items():
            next(each for each in app.text_input if each.label == label).set_value(value)
        next(each for each in app.button if each.label == sent).click().run()
    assert not app.exception
    return app


def test_support_changes_gives_and_cancels_a_request_in_its_drawer(company: SmallCompany) -> None:
    found = taken(company, "50")
    wrong = done(company, "Change", {"Amount including tax": "12x"}, "Save")
    assert "12x" in complaints(wrong)
    done(company, "Change", {"Amount including tax": "220"}, "Save")
    assert as_it_stands(company, found).status is RequestStatus.RECEIVED
    done(company, "Give to", {}, "Give it")
    assert as_it_stands(company, found).owner == "accounting person"
    done(company, "", {}, "Assign to me")
    assert as_it_stands(company, found).owner == "support person"
    assert "why" in complaints(done(company, "Cancel", {}, "Cancel the request"))
    done(company, "Cancel", {"Why": "pays by card"}, "Cancel the request")
    assert as_it_stands(company, found).status is RequestStatus.CANCELLED
    done(company, "Take up again", {"Why": "wants it after all"}, "Take it up again", requests_status="Cancelled")
    assert as_it_stands(company, found).status is RequestStatus.RECEIVED


def test_support_takes_a_request_down(company: SmallCompany) -> None:
    app = on(company, Role.SUPPORT, CUSTOMER, id=str(company.customers[2]))
    with signed_in(company, Role.SUPPORT):
        button(app, "Invoice request").click().run()
        next(each for each in app.text_input if each.label == "Amount including tax").set_value("700")
        next(each for each in app.text_input if each.label == "Ticket").set_value("4711")
        button(app, "Invoice request").click()  # in a test a run is of the whole screen: its button opens it again
        next(each for each in app.button if each.label == "Take the request").click().run()
    assert not app.exception
    with company.database.read() as conn:
        assert queries.waiting(conn) == 1


def test_a_request_is_issued_from_the_filled_form_and_its_state_follows(company: SmallCompany) -> None:
    found = taken(company)
    app = on(company, Role.ACCOUNTING, NEW, request=str(found.id))
    assert not app.exception
    assert field(app, "Amount including tax").value == "550.00"
    assert field(app, "Contact name").value == DETAILS.contact_name
    with signed_in(company, Role.ACCOUNTING):
        button(app, "Issue invoice").click().run()
    assert "is issued" in app.success[0].value
    assert as_it_stands(company, found).status is RequestStatus.ISSUED
    again = on(company, Role.ACCOUNTING, NEW, request=str(found.id))
    assert "is issued" in again.success[0].value


def test_a_cancelled_request_fills_no_form(company: SmallCompany) -> None:
    found = taken(company)
    by = company.by[Role.SUPPORT]
    company.database.act(lambda tx: cancel_request(tx, by=by, request_id=found.id, reason="pays by card"))
    app = on(company, Role.ACCOUNTING, NEW, request=str(found.id))
    assert "is cancelled" in app.info[0].value
    assert not [each for each in app.main.button if each.label == "Issue invoice"]


def test_what_is_typed_is_kept_taken_up_in_another_browser_and_gone_once_issued(company: SmallCompany) -> None:
    nonce = "a-form-that-was-begun"
    app = on(company, Role.ACCOUNTING, NEW, customer=str(company.customers[0]), form=nonce)
    with company.database.read() as conn:
        assert drafts_kept(conn) == 0, "an untouched form keeps nothing"
    with signed_in(company, Role.ACCOUNTING):
        field(app, "Amount including tax").set_value("12x").run()
        field(app, "Purchase-order number").set_value("PO 9").run()
    with company.database.read() as conn:
        kept = draft_of_form(conn, nonce)
    assert (kept.content.amount, kept.content.po_number, kept.owner) == ("12x", "PO 9", "accounting person")
    other = on(company, Role.ACCOUNTING, NEW, form=nonce)
    assert field(other, "Amount including tax").value == "12x"
    with signed_in(company, Role.ACCOUNTING):
        fill(other, FILLED | {"E-mail to send it to": "a@b.example", "Amount including tax": "550"})
        button(other, "Issue invoice").click().run()
        assert "is issued" in other.success[0].value
        app.run()
        assert "is issued" in app.success[0].value, "the first browser sees the same invoice"
    with company.database.read() as conn:
        assert drafts_kept(conn) == 0
        assert invoices.page(conn).total == 1


def test_a_draft_changed_elsewhere_says_so_and_is_loaded_again(company: SmallCompany) -> None:
    nonce = "a-form-of-two-browsers"
    first, second = (
        on(company, Role.ACCOUNTING, NEW, customer=str(company.customers[0]), form=nonce) for _ in range(2)
    )
    with signed_in(company, Role.ACCOUNTING):
        field(first, "Amount including tax").set_value("550").run()
        field(second, "Amount including tax").set_value("660").run()
        assert any("changed this draft meanwhile" in each.value for each in second.warning)
        button(second, "Load it again").click().run()
        assert field(second, "Amount including tax").value == "550"


def test_a_draft_keeps_that_its_invoice_is_not_to_be_mailed(company: SmallCompany) -> None:
    place = {"customer": str(company.customers[0]), "form": "a-form-that-is-not-mailed"}

    def tick(app: AppTest) -> Any:
        return next(each for each in app.main.checkbox if each.label.startswith("E-mail it"))

    app = on(company, Role.ACCOUNTING, NEW, **place)
    with signed_in(company, Role.ACCOUNTING):
        field(app, "Amount including tax").set_value("550").run()
        assert tick(app).value
        tick(app).uncheck().run()
    again = on(company, Role.ACCOUNTING, NEW, **place)
    assert not tick(again).value
    with signed_in(company, Role.ACCOUNTING):
        fill(again, FILLED)
        button(again, "Issue invoice").click().run()
    assert not again.exception
    with company.database.read() as conn:
        made = invoices.issued_by_form(conn, place["form"])
        assert made is not None
        assert mails_of_invoice(conn, made.id) == []


def test_drafts_are_listed_with_owner_and_age_taken_up_and_deleted(company: SmallCompany) -> None:
    content = DraftContent(company.customers[1], "AUD", "330", DETAILS)
    long_ago = datetime.now(UTC) - timedelta(days=9)
    by = company.by[Role.ACCOUNTING]
    company.database.act(lambda tx: save_draft(tx, by=by, nonce="an-old-draft-kept", content=content), at=long_ago)
    app = on(company, Role.ACCOUNTING, NEW)
    with signed_in(company, Role.ACCOUNTING):
        row = next(each for each in app.button if "330 AUD" in each.label)
        assert "accounting person, 9 days old" in row.label
        row.click().run()
        assert field(app, "Amount including tax").value == "330"
        assert "9 days old" in app.warning[0].value
        next(each for each in app.button if each.label == "Delete").click().run()
        assert not app.exception
    with company.database.read() as conn:
        assert drafts_kept(conn) == 0


def test_a_due_day_in_the_past_and_a_buyer_without_a_name_are_refused(company: SmallCompany) -> None:
    app = on(company, Role.ACCOUNTING, NEW, customer=str(company.customers[0]))
    with signed_in(company, Role.ACCOUNTING):
        fill(app, FILLED | {"E-mail to send it to": "a@b.example", "Amount including tax": "1000", "Company name": "-"})
        app.main.date_input[0].set_value(datetime.now(SYDNEY).date() - timedelta(days=1))
        button(app, "Issue invoice").click().run()
        said = complaints(app)
        assert "has passed" in said
        assert "names its buyer" in said
        assert any("the buyer must be named" in each.value for each in app.warning)
        field(app, "Amount including tax").set_value("999.99").run()
        assert not any("the buyer must be named" in each.value for each in app.warning)


def test_the_form_of_a_customer_with_a_waiting_request_leads_to_it(company: SmallCompany) -> None:
    found = taken(company)
    issued(company, 1, "550", "another-invoice-1")
    app = on(company, Role.ACCOUNTING, NEW, customer=str(company.customers[0]))
    links = [each.proto.label for each in app.main.get("page_link")]
    assert any(f"Request {found.id} over 550.00 AUD waits" in label.replace("\\", "") for label in links)


@pytest.mark.parametrize("role", list(Role))
def test_home_counts_requests_for_who_takes_them(company: SmallCompany, role: Role) -> None:
    taken(company)
    figures = {each.label: each.value for each in on(company, role, HOME).metric}
    assert figures.get("Invoice requests") == ("1" if role in TAKERS else None)


def test_support_takes_a_request_beside_the_customers_name(company: SmallCompany) -> None:
    app = on(company, Role.SUPPORT, CUSTOMER, id=str(company.customers[0]))
    assert any(each.label == "Invoice request" for each in app.main.button)
    assert not any(each.label == "Invoice request" for each in on(
        company, Role.ACCOUNTING, CUSTOMER, id=str(company.customers[0])
    ).main.button)  # fmt: skip
