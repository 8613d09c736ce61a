"""Custom fees: everybody sees them, accounting sets and takes back, a second person agrees, what is hidden adds up."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from pages._ui import fee_parts, fee_register
from services.access.model import SYSTEM, Role
from services.fees import queries
from services.fees.model import FeeKind, WantedFee
from services.fees.operations import set_fee
from services.fees.queries import Wanted
from services.ledger.operations import post
from services.money import Money
from services.periods import month_of
from services.reporting.exports import totals_of
from tests.builders import bought
from tests.pages.bought import open_company
from tests.pages.harness import SmallCompany, on, signed_in

FEES = "activity/fees.py"
REGISTER = "Hidden from customers"


def wanted(company: SmallCompany, amount: str = "12", **facts: object) -> WantedFee:
    first = WantedFee(
        company.customers[0], FeeKind.SET_UP, False, Money.of(amount, "AUD"), "Set-up of *BLUE*", "", False,
        "Ordered by e-mail", "4711",
    )  # fmt: skip
    return replace(first, **facts)


def put(company: SmallCompany, fee: WantedFee, nonce: str) -> None:
    by = company.by[Role.ACCOUNTING]
    company.database.act(lambda tx: set_fee(tx, by=by, nonce=nonce, wanted=fee))


@pytest.fixture
def company(sqlite_template: Path, tmp_path: Path) -> SmallCompany:
    opened = open_company(sqlite_template, tmp_path)
    put(opened, wanted(opened), "a")
    put(opened, wanted(opened, "8", visible=True, wording="Set-up", customer_id=opened.customers[1]), "b")
    put(opened, wanted(opened, "300"), "waits")
    return opened


def press(company: SmallCompany, role: Role, app: AppTest, label: str) -> None:
    with signed_in(company, role):
        next(button for button in app.button if button.label == label).click().run()
    assert not app.exception


def send(company: SmallCompany, app: AppTest) -> None:
    """Send the form of the open dialog: in a test a run is of the whole screen, so its button opens it again."""
    next(button for button in app.button if button.label == "New fee").click()
    press(company, Role.ACCOUNTING, app, "Set the fee")


def pick(company: SmallCompany, role: Role, app: AppTest, key: str, row: int = 0) -> None:
    app.session_state[key] = {"selection": {"rows": [row], "columns": [], "cells": []}}
    with signed_in(company, role):
        app.run()
    assert not app.exception


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("view", ["Fees", REGISTER])
def test_everybody_sees_fees_and_what_is_hidden(company: SmallCompany, role: Role, view: str) -> None:
    app = on(company, role, FEES, fees_view=view)
    assert not app.exception
    assert not app.error
    assert len(app.dataframe[0].value) == (2 if view == "Fees" else 1)
    assert ("New fee" in [button.label for button in app.button]) is (role is Role.ACCOUNTING)


def test_a_hidden_fee_says_so_in_words_and_one_that_waits_is_counted(company: SmallCompany) -> None:
    app = on(company, Role.SUPPORT, FEES)
    assert list(app.dataframe[0].value["seen"]) == ["Visible", "Not visible"]
    assert any("1 fee waiting for a second person" in each.value for each in app.markdown)


@pytest.mark.parametrize(
    ("given", "left"),
    [
        ({"fees_seen": "Hidden"}, 1),
        ({"fees_kind": "Keyword"}, 0),
        ({"fees_charged": "Once"}, 2),
        ({"fees_charged": "Monthly"}, 0),
        ({"fees_status": "Charged"}, 2),
        ({"fees_customer": "10001"}, 1),
        ({"fees_currency": "AUD"}, 2),
    ],
)
def test_filters_come_from_the_address(company: SmallCompany, given: dict[str, str], left: int) -> None:
    app = on(company, Role.MANAGER, FEES, **given)
    assert not app.exception
    assert len(app.dataframe[0].value) == left if left else "No custom fee fits" in app.info[0].value


def test_what_the_next_run_charges_is_that_of_the_fees_that_fit(company: SmallCompany) -> None:
    monthly = {"recurring": True, "starts_on": _today(company)}
    for place, amount in enumerate(("3", "4")):
        put(company, wanted(company, amount, customer_id=company.customers[place], **monthly), f"month{place}")
    ahead = [
        next(each.value for each in on(company, Role.MANAGER, FEES, **given).caption if "fee" in each.value)
        for given in ({}, {"fees_customer": "10001"})
    ]
    assert [each.split(" on ")[0] for each in ahead] == ["2 fees; 7.00", "1 fee; 4.00"]


def test_accounting_sets_a_fee_for_the_customer_it_filtered_by(company: SmallCompany) -> None:
    app = on(company, Role.ACCOUNTING, FEES, fees_customer="10001")
    press(company, Role.ACCOUNTING, app, "New fee")
    fields = {each.label: each for each in app.text_input}
    fields["What for"].input("Keyword BLUE")
    fields["Amount a month, AUD"].input("1,5")
    fields["Why it is charged"].input("Ordered")
    send(company, app)
    assert any("is not an amount" in each.value for each in app.markdown)
    next(each for each in app.text_input if each.label == "Amount a month, AUD").input("1.50")
    send(company, app)
    with company.database.read() as conn:
        found = queries.page(conn, on=_today(company), wanted=Wanted(customer_id=company.customers[1]))
    row = found.rows.to_dict("records")[0]
    assert (row["description"], row["micros"], row["recurring"], row["visible"]) == (
        "Keyword BLUE", 1_500_000, True, False,
    )  # fmt: skip


def test_the_drawer_tells_the_history_and_accounting_takes_a_charge_back(company: SmallCompany) -> None:
    app = on(company, Role.ACCOUNTING, FEES)
    pick(company, Role.ACCOUNTING, app, "fees_0", 1)
    assert any("Ordered by e-mail" in str(table.value) for table in app.table)
    view = next(each for each in app.radio if each.label == "What to do")
    with signed_in(company, Role.ACCOUNTING):
        view.set_value("Take a charge back").run()
    next(each for each in app.text_input if each.label == "What was wrong with it").input("Ordered by nobody")
    press(company, Role.ACCOUNTING, app, "Take it back")
    with company.database.read() as conn:
        assert queries.charges(conn, fee_id=1)["micros"].tolist() == [-12_000_000, 12_000_000]


def test_a_monthly_fee_is_changed_and_ended_from_its_drawer(company: SmallCompany) -> None:
    put(company, wanted(company, "5", recurring=True, description="Keyword"), "m")
    for view, label, fields, sent in (
        ("Change the amount", "Amount a month, AUD", {"Amount a month, AUD": "6", "Why it changes": "Dearer"}, None),
        ("End it", "Why it ends", {"Why it ends": "Given back"}, "End the fee"),
    ):
        app = on(company, Role.ACCOUNTING, FEES)
        pick(company, Role.ACCOUNTING, app, "fees_0")
        with signed_in(company, Role.ACCOUNTING):
            next(each for each in app.radio if each.label == "What to do").set_value(view).run()
        assert any(each.label == label for each in app.text_input)
        for name, typed in fields.items():
            next(each for each in app.text_input if each.label == name).input(typed)
        press(company, Role.ACCOUNTING, app, sent or "Change the amount")
    with company.database.read() as conn:
        found = queries.fee(conn, 3)
    assert ([each.plain() for _, each in found.amounts], found.ends_before is not None) == (["5.00", "6.00"], True)


@pytest.mark.parametrize("role", [Role.SUPPORT, Role.MANAGER])
def test_others_look_at_a_fee_and_change_nothing(company: SmallCompany, role: Role) -> None:
    app = on(company, role, FEES)
    pick(company, role, app, "fees_0")
    assert next(each for each in app.radio if each.label == "What to do").options == ["History"]


@pytest.mark.parametrize(("role", "may"), [(Role.MANAGER, "yes"), (Role.SUPPORT, "no"), (Role.ACCOUNTING, "own")])
def test_a_manager_agrees_support_cannot_and_who_asked_may_only_withdraw(
    company: SmallCompany, role: Role, may: str
) -> None:
    app = on(company, role, "admin/approvals.py")
    assert any("not visible to the customer" in each.value for each in app.subheader)
    labels = [button.label for button in app.button]
    if may == "own":
        assert "Approve" not in labels
        return
    with company.database.write() as tx:  # the credit of 135.90 would not do
        post(tx, bought(company.customers[0], 500_000_000, key="more", on=tx.today), by=SYSTEM)
    press(company, role, app, "Approve")
    with company.database.read() as conn:
        assert (queries.waiting(conn) == 0) is (may == "yes")


@pytest.mark.parametrize("role", list(Role))
def test_a_customers_own_fees_stand_on_its_screen(company: SmallCompany, role: Role) -> None:
    shown = on(company, role, "customers/customer.py", id=str(company.customers[0]), customer_view="Fees")
    assert not shown.exception
    assert list(shown.dataframe[0].value["description"]) == ["Set-up of *BLUE*"]
    none = on(company, role, "customers/customer.py", id=str(company.customers[3]), customer_view="Fees")
    assert any("No custom fee is agreed" in each.value for each in none.info)


def test_exports_hold_what_the_screens_show(company: SmallCompany) -> None:
    by, period = company.by[Role.SUPPORT], month_of(_today(company))
    with signed_in(company, Role.SUPPORT):
        fees = fee_parts.export(by, Wanted(visible=False), {"visibility": "hidden"})
        register = fee_register.export(by, period, None, "AUD")
    assert len(fees.rows) == 1
    assert ("Visibility", "hidden") in fees.facts
    assert next(amount.text() for _, amount in totals_of(register)) == "12.00 AUD"
    assert "Not visible to the customer" in register.rows[0]


def test_a_period_without_hidden_fees_says_so_and_no_spend_has_no_share(company: SmallCompany) -> None:
    app = on(company, Role.SUPPORT, FEES, fees_view=REGISTER, period="Last month")
    assert "Nothing was hidden" in app.info[0].value
    assert [fee_register.share(each) for each in (None, 1_250)] == ["-", "12.5 %"]


def _today(company: SmallCompany) -> object:
    with company.database.write() as tx:
        return tx.today
