"""A change of invoice details on screen: what it reaches is shown first, then chosen, made, and both copies offered."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from pages._ui import details_reach
from services.access.model import Role
from services.customers import queries as customers
from services.invoices import queries as invoices
from services.invoices.presentation import Paper, PaperKind
from services.invoices.queries.versions import versions_of
from services.mail.queries import mails_of_invoice
from tests.pages.bought import issued, open_company
from tests.pages.harness import SmallCompany, on, signed_in

ONE = "customers/customer.py"
INVOICE = "billing/invoice.py"


@pytest.fixture
def company(sqlite_template: Path, tmp_path: Path) -> SmallCompany:
    return open_company(sqlite_template, tmp_path)


def button(app: AppTest, start: str) -> Any:
    return next(each for each in app.button if each.label.startswith(start))


def typed(app: AppTest, name: str) -> None:
    for label, value in {
        "Company name": name, "Address": "9 New Street\nPerth WA 6000", "Business id": "", "Contact name": "Ada Byrne",
        "Contact number": "+61 2 5550 1234", "E-mail to send it to": "pay@bluegum.example",
        "Why it changes": "Asked for in ticket 4711",
    }.items():  # fmt: skip
        field = next(each for each in [*app.text_input, *app.text_area] if each.label == label)
        field.set_value(value)
    button(app, "Save details").click().run()


def settled(app: AppTest) -> None:
    """Look again until the work in its thread has ended."""
    until = time.monotonic() + 20
    while any("Changing" in str(each.proto) for each in app.get("progress")) and time.monotonic() < until:
        time.sleep(0.2)
        app.run()


@pytest.mark.parametrize("role", [Role.SUPPORT, Role.ACCOUNTING, Role.MANAGER])
def test_the_reach_is_shown_then_every_paper_is_issued_anew(company: SmallCompany, role: Role) -> None:
    made = [issued(company, 0, "220", f"n{number}") for number in (1, 2)]
    app = on(company, role, ONE, id=str(company.customers[0]), customer_view="Details")
    with signed_in(company, role):
        typed(app, "Bluegum Group Pty Ltd")
        assert not app.exception
        assert any("2 papers already issued" in each.value for each in app.markdown)
        grid = next(each.value for each in app.dataframe if "before" in each.value.columns)
        assert set(grid["number"]) == {each.number for each in made}
        assert "Bluegum Group Pty Ltd" in grid["after"][0]
        with company.database.read() as conn:
            assert customers.details_versions(conn, company.customers[0]) == []  # nothing is saved yet
        button(app, "Change 2 papers").click().run()
        settled(app)
        app.run()
    assert not app.exception
    with company.database.read() as conn:
        assert [invoices.invoice(conn, each.id).version for each in made] == [2, 2]
        assert len(customers.details_versions(conn, company.customers[0])) == 1


def test_only_what_comes_and_sending_the_copy(company: SmallCompany) -> None:
    made = issued(company, 0, "220", "n1")
    app = on(company, Role.SUPPORT, ONE, id=str(company.customers[0]), customer_view="Details")
    with signed_in(company, Role.SUPPORT):
        typed(app, "Bluegum Group Pty Ltd")
        next(each for each in app.radio if each.label == "Which papers change?").set_value(details_reach.NONE).run()
        button(app, "Change what comes").click().run()
        settled(app)
        app.run()
        typed(app, "Bluegum Group Pty Ltd")  # the customer's are these already; the invoice still shows the first
        next(each for each in app.checkbox if each.label.startswith("E-mail the corrected")).check().run()
        button(app, "Change 1 paper").click().run()
        settled(app)
        app.run()
    assert not app.exception
    with company.database.read() as conn:
        assert [each.version for each in versions_of(conn, Paper(PaperKind.INVOICE, made.id))] == [1, 2]
        assert "corrected copy" in {each.kind.value for each in mails_of_invoice(conn, made.id)}
        assert len(customers.details_versions(conn, company.customers[0])) == 1


def test_what_may_not_change_says_why_and_leads_to_the_credit_note(company: SmallCompany) -> None:
    made = issued(company, 0, "220", "n1")
    app = on(company, Role.ACCOUNTING, ONE, id=str(company.customers[0]), customer_view="Details")
    with signed_in(company, Role.ACCOUNTING):
        typed(app, "Bluegum Group Pty Ltd")
        button(app, "Back").click().run()
        field = next(each for each in app.text_area if each.label == "Address")
        field.set_value("1 rue X\n69000 Lyon\nFrance")
        again = {"Why it changes": "In ticket 4712", "Contact name": "Ada", "Contact number": "+61 2 5550 1234"}
        for each in app.text_input:
            if each.label in again:
                each.set_value(again[each.label])
        button(app, "Save details").click().run()
    assert any("The new address is in France" in each.value for each in app.markdown)
    (way,) = [each.proto for each in app.get("page_link") if each.proto.label == "Credit and reissue"]
    assert f"id={made.id}" in way.query_string
    assert "act=credit" in way.query_string


@pytest.mark.parametrize("role", list(Role))
def test_the_invoice_shows_its_versions_and_gives_both_copies(company: SmallCompany, role: Role) -> None:
    made = issued(company, 0, "220", "n1")
    app = on(company, Role.SUPPORT, ONE, id=str(company.customers[0]), customer_view="Details")
    with signed_in(company, Role.SUPPORT):
        typed(app, "Bluegum Group Pty Ltd")
        button(app, "Change 1 paper").click().run()
        settled(app)
        app.run()
    shown = on(company, role, INVOICE, id=str(made.id))
    assert not shown.exception
    happened = next(each.value for each in shown.dataframe if "what" in each.value.columns)
    assert list(happened["what"]) == ["Issued", "Version 2"]
    with signed_in(company, role):
        (group,) = [each for each in shown.get("button_group") if each.label == "Paper"]
        assert len(group.options) == 2


def dialog(customer_id: int) -> None:
    """A script that draws what the dialog of an order number holds."""
    from pages._ui import order_number
    from pages._ui.frame import read
    from services.customers import queries

    order_number.drawn(read(queries.customer, customer_id=customer_id))


@pytest.mark.parametrize("role", list(Role))
def test_who_may_change_details_may_change_an_order_number_alone(company: SmallCompany, role: Role) -> None:
    app = on(company, role, ONE, id=str(company.customers[0]), customer_view="Details")
    assert "Order number only" not in {each.label for each in app.button}  # nothing was issued yet
    issued(company, 0, "220", "n1")
    app = on(company, role, ONE, id=str(company.customers[0]), customer_view="Details")
    assert ("Order number only" in {each.label for each in app.button}) == (role is not Role.ADMIN)


def test_an_order_number_alone_is_put_on_the_chosen_invoices(company: SmallCompany) -> None:
    first, second = (issued(company, 0, "220", f"n{number}") for number in (1, 2))
    customer = company.customers[0]
    with signed_in(company, Role.SUPPORT):
        ask = AppTest.from_function(dialog, kwargs={"customer_id": customer}, default_timeout=30).run()
        ask.text_input[0].set_value("PO 4711")
        ask.button[0].click().run()
        assert any("Say why" in each.value for each in ask.markdown)
        ask.text_input[1].set_value("In ticket 4713")
        ask.button[0].click().run()
        wanted = ask.session_state[f"details_wanted_{customer}"]
    assert wanted == details_reach.Wanted(None, "In ticket 4713", None, "PO 4711")
    app = on(company, Role.SUPPORT, ONE, id=str(customer), customer_view="Details")
    with signed_in(company, Role.SUPPORT):
        app.session_state[f"details_wanted_{customer}"] = wanted
        app.run()
        assert not app.exception
        assert any("2 papers already issued** would show the new order number" in each.value for each in app.markdown)
        assert button(app, "Change 0 papers").disabled
        next(each for each in app.radio if each.label == "Which papers change?").set_value(details_reach.ALL).run()
        button(app, "Change 2 papers").click().run()
        settled(app)
        app.run()
    assert not app.exception
    with company.database.read() as conn:
        now = [invoices.invoice(conn, each.id) for each in (first, second)]
        assert customers.details_versions(conn, customer) == []
    assert [(each.version, each.po_number, each.details) for each in now] == [(2, "PO 4711", first.details)] * 2
