"""The customer's screen explains any balance between any two days, to us and as the customer sees it."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from pages._ui import customer_period
from services.access.model import Role
from services.periods import Period, month_of
from tests.pages.bought import open_company
from tests.pages.harness import SmallCompany, on, signed_in

ONE = "customers/customer.py"


@pytest.fixture(scope="module")
def company(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> SmallCompany:
    return open_company(sqlite_template, tmp_path_factory.mktemp("story"))


@pytest.fixture(scope="module")
def today(company: SmallCompany) -> date:
    with company.database.write() as tx:
        return tx.today


def screen(company: SmallCompany, role: Role = Role.SUPPORT, **parameters: str) -> AppTest:
    app = on(company, role, ONE, id=str(company.customers[0]), **parameters)
    assert not app.exception
    return app


def said(app: AppTest) -> str:
    return " ".join(each.value for each in [*app.caption, *app.markdown])


def metric(app: AppTest, label: str):
    return next(each for each in app.metric if each.label.startswith(label))


def test_the_balance_is_explained_to_the_cent(company: SmallCompany) -> None:
    app = screen(company)
    assert "Difference 0.00 AUD" in said(app)
    moved = app.dataframe[0].value
    assert list(moved["movement"]) == [
        "Opening balance", "Bank transfers", "SMS", "MMS", "Number rental", "Closing balance",
    ]  # fmt: skip
    opening, *movements, closing = moved["amount_micros"]
    assert round(opening + sum(movements), 2) == round(closing, 2) == 135.9


def test_the_chart_says_its_numbers_to_those_who_cannot_see_it(company: SmallCompany) -> None:
    (chart,) = screen(company).get("plotly_chart")
    assert "Bank transfers 220.00, SMS (55.60), MMS (3.50), Number rental (25.00)" in chart.proto.alt


def test_days_before_the_first_movement_say_that_nothing_moved(company: SmallCompany) -> None:
    app = screen(company, customer_from="2020-01-01", customer_to="2020-02-01")
    assert "Nothing moved the credit of Bluegum Clinics by 1 Feb 2020" in app.info[0].value
    assert list(app.dataframe[0].value["amount_micros"]) == [0.0, 0.0]
    assert not app.get("plotly_chart")


def test_who_pays_by_the_month_has_no_credit_to_last(company: SmallCompany) -> None:
    with company.database.write() as tx:
        tx.conn.exec_driver_sql("UPDATE customer SET billing_mode = 'postpaid' WHERE id = 1")
    try:
        app = screen(company)
        assert metric(app, "Used a day, AUD").value != "—"
        assert "Days of credit left" not in [each.label for each in app.metric]
        assert "suffices" not in said(app)
    finally:
        with company.database.write() as tx:
            tx.conn.exec_driver_sql("UPDATE customer SET billing_mode = 'prepaid' WHERE id = 1")


def test_two_days_of_its_own_come_from_the_address(company: SmallCompany, today: date) -> None:
    yesterday = (today - timedelta(days=1)).isoformat()
    app = screen(company, customer_from="2026-01-01", customer_to=yesterday)
    closing = app.dataframe[0].value["amount_micros"].iloc[-1]
    assert closing == (0.0 if today.day == 1 else -25.0)
    assert "Difference 0.00 AUD" in said(app)


def test_days_in_the_wrong_order_are_refused_in_a_sentence(company: SmallCompany, today: date) -> None:
    app = screen(company, customer_from=today.isoformat(), customer_to="2026-01-05")
    assert "lies after 5 Jan 2026: exchange the two days" in app.error[0].value


def test_another_period_at_the_left_sets_the_days_anew(company: SmallCompany, today: date) -> None:
    app = screen(company, customer_from="2026-02-03")
    assert app.date_input(key="customer_from").value == date(2026, 2, 3)
    with signed_in(company, Role.SUPPORT):
        app.selectbox(key="period").set_value("Last month").run()
    assert not app.exception
    days = [app.date_input(key=f"customer_{name}").value for name in ("from", "to")]
    last_month = month_of(today).before()
    assert days == [last_month.starts_on, last_month.last_day]


@pytest.mark.parametrize(
    ("period", "until"),
    [
        (Period(date(2026, 11, 1), date(2026, 12, 1)), date(2026, 11, 21)),
        (Period(date(2026, 10, 1), date(2026, 11, 1)), date(2026, 11, 1)),
        (Period(date(2027, 1, 1), date(2027, 2, 1)), date(2027, 2, 1)),
    ],
)
def test_a_period_that_has_begun_ends_today(period: Period, until: date) -> None:
    assert customer_period.up_to_today(period, date(2026, 11, 20)).ends_before == until


def test_it_is_said_how_far_usage_is_complete_and_what_comes_next(company: SmallCompany, today: date) -> None:
    app = screen(company)
    assert f"Usage complete through {today.day} {today:%b %Y}" in said(app)
    assert metric(app, "Next rental").value == "25.0"
    assert metric(app, "Days of credit left").value != "—"
    assert "the credit suffices today" in said(app)


def test_a_customer_without_numbers_or_use_is_told_calmly(company: SmallCompany) -> None:
    app = on(company, Role.SUPPORT, ONE, id=str(company.customers[2]))
    assert not app.exception
    assert "no number is charged again" in said(app)


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("view", ["Explain balance", "Transactions"])
def test_as_the_customer_sees_it_for_everybody(company: SmallCompany, role: Role, view: str) -> None:
    app = screen(company, role, customer_sees="true", customer_view=view)
    assert not app.error
    listed = app.dataframe[0].value
    assert "Bank transfer" in " ".join(listed["movement"])
    last = "balance_micros" if view == "Transactions" else "amount_micros"
    assert round(float(listed[last].iloc[-1]), 2) == 135.9


@pytest.mark.parametrize("role", list(Role))
def test_the_answer_card_opens_for_everybody(company: SmallCompany, role: Role) -> None:
    app = screen(company, role)
    with signed_in(company, role):
        next(each for each in app.button if each.label == "Answer card").click().run()
    assert not app.exception
    (card,) = app.code
    assert "AUD 135.90" in card.value
    assert "- SMS: -55.60" in card.value


def test_a_movement_leads_to_its_rows(company: SmallCompany) -> None:
    for place, title in ((1, "Transactions"), (2, "Usage")):
        app = screen(company)
        with signed_in(company, Role.SUPPORT):
            app.session_state["customer_moved"] = {"selection": {"rows": [place], "columns": []}}
            app.run()
        assert not app.exception
        assert app.title[0].value == title
