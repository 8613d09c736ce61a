"""Customers: found by what was typed, each one's story in every view, details changed and notes kept."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from services.access.model import Role
from services.customers import queries
from services.customers.model import BillingMode, Customer
from services.search.queries import find_customers
from tests.pages.bought import issued, open_company
from tests.pages.harness import SmallCompany, on, signed_in

LIST = "customers/customers.py"
ONE = "customers/customer.py"
VIEWS = ("Explain balance", "Transactions", "Usage", "Numbers", "Fees", "Invoices", "Details")


@pytest.fixture(scope="module")
def company(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> SmallCompany:
    return open_company(sqlite_template, tmp_path_factory.mktemp("customers"))


def named(app: AppTest) -> list[str]:
    return list(app.dataframe[0].value["name"])


def page_links(app: AppTest) -> list[str]:
    return [each.proto.label for each in app.get("page_link")]


@pytest.mark.parametrize("role", list(Role))
def test_everybody_sees_the_list_with_its_credit(company: SmallCompany, role: Role) -> None:
    app = on(company, role, LIST)
    assert not app.exception
    assert len(named(app)) == 4
    assert {"credit_micros", "currency", "account_id"} <= set(app.dataframe[0].value.columns)


@pytest.mark.parametrize("typed", ["bluegum", "user0", "10000", "c0@x.example"])
def test_one_box_finds_a_customer_by_name_username_id_and_address(company: SmallCompany, typed: str) -> None:
    assert named(on(company, Role.SUPPORT, LIST, q=typed)) == ["Bluegum Clinics"]


def test_the_box_finds_invoices_and_numbers_too(company: SmallCompany) -> None:
    made = issued(company, 0, "550", "findable-nonce-1")
    for typed in (made.number, made.reference):
        app = on(company, Role.SUPPORT, LIST, q=typed)
        assert any(typed in label.replace("\\", "") for label in page_links(app))
        assert named(app) == ["Bluegum Clinics"]
    app = on(company, Role.SUPPORT, LIST, q="488811200")
    assert any("61488811200" in label for label in page_links(app))


def test_what_nobody_is_called_is_answered_with_the_nearest(company: SmallCompany) -> None:
    app = on(company, Role.SUPPORT, LIST, q="blugeum")
    assert named(app) == ["Bluegum Clinics"]
    assert any("come nearest" in each.value for each in app.main.caption)


def test_what_fits_nobody_says_what_to_do(company: SmallCompany) -> None:
    app = on(company, Role.SUPPORT, LIST, q="zzyzx qqqq")
    assert not app.dataframe
    assert "create the customer" in app.info[0].value


def test_filters_come_from_the_address(company: SmallCompany) -> None:
    assert on(company, Role.SUPPORT, LIST, customers_balance="Negative").dataframe[0].value.shape[0] == 2
    assert on(company, Role.SUPPORT, LIST, customers_country="Australia").dataframe[0].value.shape[0] == 4
    least = on(company, Role.SUPPORT, LIST, customers_order="Least credit")
    credits_ = list(least.dataframe[0].value["credit_micros"])
    assert credits_ == sorted(credits_)


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("view", VIEWS)
def test_every_view_of_a_customer_for_everybody(company: SmallCompany, role: Role, view: str) -> None:
    app = on(company, role, ONE, id=str(company.customers[0]), customer_view=view)
    assert not app.exception
    assert not app.error
    assert app.title[0].value == "Bluegum Clinics"
    balance = next(each for each in app.metric if each.label == "Credit balance, AUD")
    assert balance.value == "135.9"


def test_only_accounting_is_offered_a_new_invoice(company: SmallCompany) -> None:
    for role, offered in ((Role.ACCOUNTING, True), (Role.SUPPORT, False), (Role.MANAGER, False)):
        app = on(company, role, ONE, id=str(company.customers[0]))
        assert any(each.label == "New invoice" for each in app.main.button) is offered


def test_a_negative_balance_is_said_in_words(company: SmallCompany) -> None:
    app = on(company, Role.SUPPORT, ONE, id=str(company.customers[3]))
    assert any("Negative balance" in each.proto.body for each in app.get("markdown") if hasattr(each.proto, "body"))


@pytest.mark.parametrize("asked", ["999", "0", "-1", "abc", "9" * 30, ""])
def test_a_customer_that_is_not_there_is_a_calm_sentence(company: SmallCompany, asked: str) -> None:
    app = on(company, Role.SUPPORT, ONE, id=asked)
    assert not app.exception
    assert "no such customer" in app.info[0].value


def test_the_balance_on_a_past_day(company: SmallCompany) -> None:
    app = on(company, Role.SUPPORT, ONE, id=str(company.customers[0]), customer_on="2026-01-31")
    assert next(each for each in app.metric if each.label == "On 31 Jan 2026").value == "0.0"


def test_details_are_saved_as_a_version_with_a_reason(company: SmallCompany) -> None:
    customer_id = company.customers[2]
    app = on(company, Role.SUPPORT, ONE, id=str(customer_id), customer_view="Details")
    with signed_in(company, Role.SUPPORT):
        button(app, "Save details").click().run()
        wrong = " ".join(each.value for each in app.markdown if ":red[" in each.value)
        assert "address or a business id" in wrong
        assert "contact person" in wrong
        fill(app, {"Address": "2 Rue Haute", "Contact name": "Zoë", "Contact number": "+33 1 23 45 67 89"})
        button(app, "Save details").click().run()
    assert not app.exception
    with company.database.read() as conn:
        kept = queries.details_versions(conn, customer_id)
    assert [(each.version, each.details.address) for each in kept] == [(1, "2 Rue Haute")]
    with signed_in(company, Role.SUPPORT):
        fill(app, {"Address": "3 Rue Basse"})
        button(app, "Save details").click().run()
        assert any("Say why" in each.value for each in app.markdown)
        assert field(app, "Address").value == "3 Rue Basse", "what was typed stays"


def test_a_note_with_its_ticket(company: SmallCompany) -> None:
    app = on(company, Role.SUPPORT, ONE, id=str(company.customers[1]), customer_view="Details")
    with signed_in(company, Role.SUPPORT):
        fill(app, {"New note": "Asked for *French*", "Ticket": "4711"})
        button(app, "Add note").click().run()
    assert any("4711" in each.value for each in app.caption)
    with company.database.read() as conn:
        assert [each.ticket_id for each in queries.notes(conn, company.customers[1])] == ["4711"]


def test_a_new_customer_with_a_sentence_for_every_wrong_field(company: SmallCompany) -> None:
    def script() -> None:
        from pages._ui import customer_form
        from pages._ui.forms import Form

        customer_form.ask(Form("customer"))

    with signed_in(company, Role.SUPPORT):
        app = AppTest.from_function(script, default_timeout=30).run()
        fill(app, {"Username on the platform": "user0", "E-mail": "nonsense"})
        button(app, "Create customer").click().run()
        wrong = [each.value for each in app.markdown if ":red[" in each.value]
        assert len(wrong) == 3
        assert field(app, "E-mail").value == "nonsense"
        fill(app, {"Name": "Wattle Tea", "Username on the platform": "wattle", "E-mail": "tea@wattle.example"})
        button(app, "Create customer").click().run()
    with company.database.read() as conn:
        assert [each.username for each in find_customers(conn, "wattle")] == ["wattle"]


def test_a_customer_is_called_by_name_and_account() -> None:
    from datetime import date

    from pages._ui.choosing import called

    one = Customer(1, "10482", "bluegum", "Bluegum", "", "", "", "AU", "AUD", date(2026, 1, 1), BillingMode.PREPAID)
    assert called(one) == "Bluegum · 10482"


def field(app: AppTest, label: str):
    return next(each for each in [*app.main.text_input, *app.main.text_area] if each.label == label)


def fill(app: AppTest, values: dict[str, str]) -> None:
    for label, value in values.items():
        field(app, label).set_value(value)


def button(app: AppTest, label: str):
    return next(each for each in app.main.button if each.label == label)
