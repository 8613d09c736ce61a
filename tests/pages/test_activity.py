"""Transactions, usage and numbers: every role sees them, filters come from the address, nothing is a blank page."""

from __future__ import annotations

from pathlib import Path

import pytest

from pages._ui import movements, number_parts, usage_views
from pages._ui.accounts import account_name, parted
from pages._ui.usage_filters import Chosen
from services.access.model import Role
from services.ledger.finding import MovementFilter
from services.ledger.model import Account, Purpose
from services.periods import Period
from services.reporting.exports import totals_of
from tests.pages.bought import open_company
from tests.pages.harness import SmallCompany, on, signed_in

TRANSACTIONS = "activity/transactions.py"
USAGE = "activity/usage.py"
NUMBERS = "activity/numbers.py"


@pytest.fixture(scope="module")
def company(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> SmallCompany:
    return open_company(sqlite_template, tmp_path_factory.mktemp("activity"))


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("file", [TRANSACTIONS, USAGE, NUMBERS])
def test_everybody_sees_the_rows(company: SmallCompany, role: Role, file: str) -> None:
    app = on(company, role, file)
    assert not app.exception
    assert not app.error
    assert len(app.dataframe[0].value) > 0


@pytest.mark.parametrize("file", [TRANSACTIONS, USAGE])
def test_a_period_without_rows_says_so_and_what_next(company: SmallCompany, file: str) -> None:
    app = on(company, Role.SUPPORT, file, period="Last month")
    assert not app.exception
    assert "period" in app.info[0].value


def test_in_and_out_stand_apart_and_their_sum_is_shown(company: SmallCompany) -> None:
    app = on(company, Role.SUPPORT, TRANSACTIONS)
    rows = app.dataframe[0].value
    change = rows["in_micros"].fillna(0).sum() - rows["out_micros"].fillna(0).sum()
    card = next(each for each in app.metric if each.label == "Change, AUD")
    assert round(float(card.value), 2) == round(float(change), 2)


def test_one_customer_and_one_class_of_movement(company: SmallCompany) -> None:
    app = on(company, Role.SUPPORT, TRANSACTIONS, transactions_customer="10000", transactions_kind="SMS")
    rows = app.dataframe[0].value
    assert set(rows["movement"]) == {"SMS"}
    assert "customer" not in rows


def test_one_customer_has_a_running_balance(company: SmallCompany) -> None:
    rows = on(company, Role.SUPPORT, TRANSACTIONS, transactions_customer="user0").dataframe[0].value
    assert round(float(rows["balance_micros"].iloc[0]), 2) == 135.9


def test_an_ambiguous_customer_is_never_guessed(company: SmallCompany) -> None:
    app = on(company, Role.SUPPORT, TRANSACTIONS, transactions_customer="x.example")
    assert not app.dataframe
    assert "Several customers fit" in app.info[0].value
    app = on(company, Role.SUPPORT, USAGE, usage_customer="no such one")
    assert "No customer fits" in app.info[0].value


def test_usage_by_product_adds_up(company: SmallCompany) -> None:
    app = on(company, Role.SUPPORT, USAGE, usage_customer="10000")
    totals = app.dataframe[0].value
    assert list(totals["product"]) == ["SMS", "MMS", "Total"]
    assert [round(float(price), 2) for price in totals["price_micros"]] == [9.6, 3.5, 13.1]
    assert app.get("plotly_chart")


def test_usage_of_one_product_and_over_a_year(company: SmallCompany) -> None:
    app = on(company, Role.MANAGER, USAGE, usage_product="Voice", usage_view="Posted rows", period="Last 12 months")
    assert not app.exception
    assert set(app.dataframe[0].value["product_name"]) == {"Voice"}


def test_numbers_are_found_and_counted(company: SmallCompany) -> None:
    app = on(company, Role.SUPPORT, NUMBERS, numbers_q="488 811")
    assert list(app.dataframe[0].value["e164"]) == ["+61488811200"]
    assert any(each.label == "Monthly fees, AUD" and each.value == "25.0" for each in app.metric)
    assert "No dedicated number" in on(company, Role.SUPPORT, NUMBERS, numbers_status="Cancelled").info[0].value


def test_exports_hold_what_the_filters_leave_with_their_control_total(company: SmallCompany) -> None:
    by = company.by[Role.SUPPORT]
    with signed_in(company, Role.SUPPORT), company.database.write() as tx:
        today = tx.today
    period = Period(today.replace(day=1), today.replace(year=today.year + 1))
    with signed_in(company, Role.SUPPORT):
        used = usage_views.export(by, Chosen("usage", period, period, period))
        wanted = MovementFilter(period, company.customers[0], currency="AUD")
        moved = movements.export(by, wanted, {"in_currency": "AUD"})
        rented = number_parts.export(by)
    assert [amount.text() for _, amount in totals_of(used)] == ["14.63 AUD"]
    assert [(name, amount.text()) for name, amount in totals_of(moved)] == [
        ("Total In", "220.00 AUD"),
        ("Total Out", "84.10 AUD"),
    ]
    assert ("In currency", "AUD") in moved.facts
    assert rented.rows[0][0] == "+61488811200"


def test_accounts_are_named_as_people_say_them() -> None:
    assert account_name(Purpose.GST_PAYABLE) == "Liability: GST payable"
    assert account_name(Purpose.GST_PAYABLE, "use") == "Liability: GST payable, on use"
    assert account_name(Purpose.REVENUE_SMS) == "Income: SMS"
    assert account_name(*parted(Account(Purpose.BANK, "AUD", detail="aud-main").code)) == "Asset: bank, aud-main"
    assert all("_" not in account_name(purpose) for purpose in Purpose)


def test_filters_under_more_narrow_the_list_and_are_said_in_words(company: SmallCompany) -> None:
    app = on(company, Role.SUPPORT, TRANSACTIONS, transactions_direction="Money in", transactions_least="221.0")
    rows = app.dataframe[0].value
    assert set(rows["movement_class"]) == {"Bank transfers"}
    assert rows["out_micros"].isna().all()
    assert rows["in_micros"].min() >= 221
    assert any("money in, from 221.00" in each.value for each in app.caption)


@pytest.mark.parametrize("role", list(Role))
def test_a_class_leaves_its_kinds_and_a_search_that_finds_nothing_says_so(company: SmallCompany, role: Role) -> None:
    app = on(company, role, TRANSACTIONS, transactions_class="Usage")
    assert set(app.dataframe[0].value["movement_class"]) == {"Usage"}
    app = on(company, role, TRANSACTIONS, transactions_words="no such words", transactions_by="nobody")
    assert "Clear the filters" in app.info[0].value


def test_a_search_that_did_not_look_at_everything_says_how_far(
    company: SmallCompany, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "services.ledger.queries.found_movements.__kwdefaults__", {"page": 1, "size": 50, "searched": 2}
    )
    app = on(company, Role.SUPPORT, TRANSACTIONS, transactions_least="0.01")
    assert "The newest 2 movements were looked at, back to" in app.info[0].value
    assert len(app.dataframe[0].value) == 2
