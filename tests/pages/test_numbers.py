"""Numbers: what every role sees of each view, and what accounting does in a number's drawer."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from unittest.mock import patch

import pytest
from streamlit.testing.v1 import AppTest

from pages._ui import number_drawer, number_parts
from services.access.model import SYSTEM, Role
from services.db.engine import Transaction
from services.ledger.queries import credit_balance
from services.money import Money
from services.numbers.charging import charge_rental
from services.numbers.model import NumberStatus, NumberType
from services.numbers.operations import add_number, cancel_number, record_cancellation
from services.numbers.queries import number, page
from services.numbers.queries.overcharged import overcharged
from services.numbers.queries.unpaid import GraceState, unpaid_rentals
from services.numbers.registration import Registration
from tests.pages.bought import open_company
from tests.pages.harness import SmallCompany, on, signed_in

NUMBERS = "activity/numbers.py"
VIEWS = ("All numbers", "Idle", "Cancellations", "Unpaid rental", "Negative on the 1st")


@pytest.fixture
def company(sqlite_template: Path, tmp_path: Path) -> Iterator[SmallCompany]:
    """Numbers in every state: kept, ending, ended unnoticed, and one that is not paid for."""
    built = open_company(sqlite_template, tmp_path)
    database, customers = built.database, built.customers
    facts = {"country": "AU", "type": NumberType.MOBILE}

    def build(tx: Transaction) -> None:
        first = tx.today.replace(day=1)
        added = [
            add_number(
                tx, by=SYSTEM, e164=f"+6149157000{place}", customer_id=customers[customer],
                monthly_price=Money.of(price, "AUD"), activated_on=first, **facts,
            ).id
            for place, (customer, price) in enumerate([(1, 20), (1, 30), (3, 400), (2, 1)])
        ]  # fmt: skip
        cancel_number(tx, by=SYSTEM, number_id=added[0])
        record_cancellation(tx, by=SYSTEM, number_id=added[1], since=first, reason="carrier's bill")

    database.act(build)
    return built


def named(company: SmallCompany, e164: str) -> int:
    with company.database.read() as conn:
        return int(page(conn, on=_today(company), text=e164).rows["id"].iloc[0])


def _today(company: SmallCompany):
    with company.database.write() as tx:
        return tx.today


@contextmanager
def alone(company: SmallCompany, role: Role) -> Iterator[None]:
    """A part of a screen without the menu, whose links therefore lead nowhere."""
    with signed_in(company, role), patch("pages._ui.menu.link", lambda *_a, **_k: None):
        yield


def drawer(company: SmallCompany, role: Role, e164: str, view: str = "Facts", act: str = "") -> AppTest:
    """The record of a number as the drawer draws it, on a page of its own, at one of its views and changes."""

    def draw(number_id: int) -> None:
        from pages._ui import number_drawer

        number_drawer.record(number_id, "test")

    with alone(company, role):
        number_id = named(company, e164)
        app = AppTest.from_function(draw, default_timeout=30, args=(number_id,)).run()
        if view != "Facts":
            app.radio(key=f"number_{number_id}_view").set_value(view).run()
        if act:
            app.selectbox(key=f"number_{number_id}_act").set_value(act).run()
        return app


def sent(company: SmallCompany, app: AppTest, **typed: str) -> AppTest:
    """The form with texts typed into the fields with these labels, sent by its button."""
    with alone(company, Role.ACCOUNTING):
        for label, words in typed.items():
            next(each for each in app.text_input if each.label.startswith(label.replace("_", " "))).set_value(words)
        return app.button[-1].click().run()


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("view", VIEWS)
def test_everybody_sees_every_view(company: SmallCompany, role: Role, view: str) -> None:
    app = on(company, role, NUMBERS, numbers_view=view)
    assert not app.exception
    assert not app.error
    assert app.dataframe or app.info
    assert any("Add a number" in each.label for each in app.button) is (role is Role.ACCOUNTING)


def test_the_views_name_what_waits(company: SmallCompany) -> None:
    first = on(company, Role.ACCOUNTING, NUMBERS)
    assert any("1 number with rental to give back" in each.value for each in first.caption)
    ends = on(company, Role.SUPPORT, NUMBERS, numbers_view="Cancellations").dataframe[0].value
    assert ends["clock"].iloc[0] == "Rental to give back"
    assert float(ends["refund_micros"].iloc[0]) == 30.0
    unpaid = on(company, Role.MANAGER, NUMBERS, numbers_view="Unpaid rental").dataframe[0].value
    assert set(unpaid["state"]) == {"Warn the customer"}
    assert "+61491570002" in set(unpaid["e164"])
    short = on(company, Role.SUPPORT, NUMBERS, numbers_view="Negative on the 1st")
    assert "*Star_Salon*" in list(short.dataframe[0].value["customer"])
    assert any(each.label == "Avoided by, AUD" for each in short.metric)
    home = on(company, Role.SUPPORT, "overview/home.py")
    assert int(next(each for each in home.metric if each.label == "Negative on the 1st").value) > 0


def test_registration_and_status_narrow_the_list(company: SmallCompany) -> None:
    app = on(company, Role.SUPPORT, NUMBERS, numbers_registration="Requested", numbers_status="Being cancelled")
    assert list(app.dataframe[0].value["e164"]) == ["+61491570000"]
    assert "No dedicated number" in on(company, Role.SUPPORT, NUMBERS, numbers_registration="Rejected").info[0].value
    with signed_in(company, Role.SUPPORT):
        table = number_parts.export(company.by[Role.SUPPORT], status=NumberStatus.CANCELLED)
    assert [row[0] for row in table.rows] == ["+61491570001"]


@pytest.mark.parametrize("role", list(Role))
def test_the_drawer_shows_facts_charges_and_registration_and_only_accounting_changes(
    company: SmallCompany, role: Role
) -> None:
    facts = drawer(company, role, "+61491570000")
    assert not facts.exception
    assert ("Change" in facts.radio[0].options) is (role is Role.ACCOUNTING)
    charges = drawer(company, role, "+61491570000", "Charges")
    assert list(charges.dataframe[0].value["what"]) == ["Rental"]
    registration = drawer(company, role, "+61491570000", "Registration")
    assert "Requested" in registration.markdown[-1].value


def test_rental_is_given_back_once_from_the_drawer(company: SmallCompany) -> None:
    act = "Give back rental charged after the end"
    app = drawer(company, Role.ACCOUNTING, "+61491570001", "Change", act)
    refused = sent(company, app)
    assert any("Say why" in each.value for each in refused.markdown)
    with company.database.read() as conn:
        before = credit_balance(conn, company.customers[1], "AUD")
    assert not sent(company, app, Reason="carrier's bill").exception
    with company.database.read() as conn:
        assert credit_balance(conn, company.customers[1], "AUD") - before == Money.of(30, "AUD")
        assert overcharged(conn) == []


def test_a_customer_is_warned_and_a_fee_and_a_registration_move_on(company: SmallCompany) -> None:
    def change(act: str, **typed: str) -> AppTest:
        return sent(company, drawer(company, Role.ACCOUNTING, "+61491570002", "Change", act), **typed)

    assert not change("Customer was warned of unpaid rental", How_the_customer="by e-mail").exception
    assert not change("Change the monthly fee", New_monthly_fee="450", Reason="new list").exception
    assert not change("Move its registration on", What_happened="papers asked for").exception
    assert any("not an amount" in each.value for each in change("Change the monthly fee", New_monthly_fee="x").markdown)
    with company.database.read() as conn:
        today = _today(company)
        (unpaid,) = unpaid_rentals(conn, customer_id=company.customers[3])
        assert (unpaid.state(today), unpaid.until) == (GraceState.IN_GRACE, today + timedelta(days=14))
        found = number(conn, named(company, "+61491570002"))
    assert found.price_change_after(today).price == Money.of(450, "AUD")
    assert found.registration is Registration.DOCUMENTS_NEEDED


def test_a_number_is_cancelled_and_kept_and_found_to_have_ended(company: SmallCompany) -> None:
    def change(act: str, **typed: str) -> NumberStatus:
        app = sent(company, drawer(company, Role.ACCOUNTING, "+61491570003", "Change", act), **typed)
        assert not app.exception
        with company.database.read() as conn:
            return number(conn, named(company, "+61491570003")).status

    assert change("Cancel it") is NumberStatus.CANCELLING
    assert change("Keep it, take the cancellation back", Why="ticket 12") is NumberStatus.ACTIVE
    assert change("The carrier ended it on a past day", How_we_know="notice") is NumberStatus.CANCELLED


def test_a_number_is_added_with_its_first_month_and_set_up(company: SmallCompany) -> None:
    def draw() -> None:
        from pages._ui import number_acts

        number_acts.add()

    with alone(company, Role.ACCOUNTING):
        app = AppTest.from_function(draw, default_timeout=30).run()
        app.text_input(key="number_add_find").set_value("user2").run()
        for label, words in (("Number", "+61 491 570 009"), ("Monthly fee, AUD", "30"), ("Set-up fee, AUD", "5")):
            next(each for each in app.text_input if each.label == label).set_value(words)
        next(each for each in app.button if each.label == "Add the number").click().run()
    assert not app.exception
    with company.database.read() as conn:
        found = number(conn, named(company, "+61491570009"))
    assert (found.customer_id, found.setup_price) == (company.customers[2], Money.of(5, "AUD"))


def test_the_customers_screen_says_the_same_of_the_numbers(company: SmallCompany) -> None:
    parameters = {"id": str(company.customers[3]), "customer_view": "Numbers"}
    app = on(company, Role.SUPPORT, "customers/customer.py", **parameters)
    assert not app.exception
    assert "is to be warned" in app.warning[0].value
    parameters = {"id": str(company.customers[1]), "customer_view": "Numbers"}
    app = on(company, Role.SUPPORT, "customers/customer.py", **parameters)
    assert "+61491570001: 30.00 AUD of rental" in app.info[0].value


def test_a_picked_row_opens_the_drawer(company: SmallCompany) -> None:
    opened: list[int] = []
    row = {"id": named(company, "+61491570000"), "e164": "+61491570000"}
    show = lambda number_id, _e164, key: opened.append(number_id)  # noqa: ARG005, E731 - the name is the caller's
    picked = patch("pages._ui.number_parts.drawer.picked", lambda *_a, **_k: row)
    with picked, patch.object(number_drawer, "show", show):
        on(company, Role.SUPPORT, NUMBERS)
    assert opened
    assert set(opened) == {row["id"]}


def test_charging_again_on_the_1st_takes_the_new_month_only(company: SmallCompany) -> None:
    with company.database.write() as tx:
        assert charge_rental(tx, by=SYSTEM, month=tx.today) == 0
