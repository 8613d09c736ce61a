"""Aged receivables on screen: who sees it, what it ties to, and accounting asking for a write-off out of it."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from pages._ui import aged_parts, text
from services.access.model import Role
from services.access.queries import approvals
from services.customers.queries import customer
from services.reporting import aged
from tests.debts import debt
from tests.pages.bought import open_company
from tests.pages.harness import SmallCompany, on, signed_in
from tests.pages.test_postpaid import at_desk

SCREEN = "books/aged_receivables.py"
SEES = [Role.ACCOUNTING, Role.MANAGER, Role.ADMIN]


@pytest.fixture(scope="module")
def company(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> SmallCompany:
    """The fourth customer owes 1,100.00 since 40 days ago, overdue for 26 days."""
    built = open_company(sqlite_template, tmp_path_factory.mktemp("aged"))
    with built.database.read() as conn:
        owes = customer(conn, built.customers[3])
    debt(built.database, owes, "1000.00", issued=text.today() - timedelta(days=40))
    return built


def drawn(customer_id: int, days_ago: int) -> None:
    """A script that draws what the drawer holds."""
    from datetime import timedelta

    from pages._ui import aged_drawer, text

    aged_drawer.drawn(customer_id, "AUD", text.today() - timedelta(days=days_ago), "key")


def drawer(company: SmallCompany, *, days_ago: int = 0) -> AppTest:
    given = {"customer_id": company.customers[3], "days_ago": days_ago}
    app = AppTest.from_function(drawn, kwargs=given, default_timeout=30).run()
    assert not app.exception
    return app


@pytest.mark.parametrize("role", SEES)
def test_who_sees_the_books_sees_who_owes_and_that_it_ties(company: SmallCompany, role: Role) -> None:
    app = on(company, role, SCREEN)
    assert not app.exception
    [row] = app.dataframe[0].value.to_dict("records")
    assert (row["currency"], row["to_30_micros"], row["total_micros"]) == ("AUD", 1100.0, 1100.0)
    assert any("difference 0.00" in each.value for each in app.markdown)
    assert float(app.metric[0].value) == 1100


def test_support_is_told_whom_to_ask(company: SmallCompany) -> None:
    with pytest.raises(ValueError, match="Could not find a navigation page"):
        on(company, Role.SUPPORT, SCREEN)


def test_a_day_before_the_invoice_has_nothing_and_says_what_to_do(company: SmallCompany) -> None:
    before = text.today() - timedelta(days=41)
    app = on(company, Role.ACCOUNTING, SCREEN, aged_as_of=before.isoformat())
    assert "Nobody owed for use" in app.info[0].value
    assert not on(company, Role.ACCOUNTING, SCREEN, aged_q="nobody of that name").exception


def test_the_export_holds_the_account_and_the_difference(company: SmallCompany) -> None:
    today: date = text.today()
    with signed_in(company, Role.MANAGER), company.database.read() as conn:
        ties = aged.control(conn, as_of=today)
        wanted = {"as_of": today, "currency": None, "words": "", "overdue_only": False}
        table = aged_parts.export(company.by[Role.MANAGER], wanted, {"as_of_day": text.day(today)}, ties)
    assert [(name, amount.text()) for name, amount in table.totals if "Diff" in name or "use" in name] == [
        ("Owed for use, AUD", "1,100.00 AUD"), ("Difference, AUD", "0.00 AUD"),
    ]  # fmt: skip
    assert len(table.rows) == 1


@pytest.mark.parametrize("role", SEES)
def test_only_accounting_asks_for_a_write_off_and_only_today(company: SmallCompany, role: Role) -> None:
    with at_desk(company, role):
        app = drawer(company)
        assert ("Ask to write off" in app.radio[0].options) == (role is Role.ACCOUNTING)
        assert list(drawer(company, days_ago=3).radio[0].options) == ["Invoices"]
        assert app.dataframe[0].value["open_micros"].tolist() == [1100.0]


def test_accounting_asks_and_a_second_person_has_to_decide(company: SmallCompany) -> None:
    with at_desk(company, Role.ACCOUNTING):
        app = drawer(company)
        app.radio[0].set_value("Ask to write off").run()
        [field] = [each for each in app.text_input if "_reason_" in (each.key or "")]
        field.set_value("In liquidation")
        next(each for each in app.button if each.label == "Ask to write off").click().run()
        assert not app.exception
    with company.database.read() as conn:
        assert any("Write off 1,100.00 AUD of" in each for each in approvals(conn).rows["summary"])
