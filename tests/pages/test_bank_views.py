"""Bank receipts: every view opens for accounting, the calendar leads to a statement, and each list exports."""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from pages._ui import working
from services.access.model import SYSTEM, Role
from services.banking.operations import import_statement
from tests.conftest import SYDNEY
from tests.pages.bought import open_company, statement
from tests.pages.harness import SmallCompany, on, signed_in

RECEIPTS = "billing/bank_receipts.py"
VIEWS = (
    *(
        "To match",
        "Other lines",
        "Ageing",
        "Matched",
        "Sorted",
        "Automatic",
        "Calendar",
        "Statements",
        "Rules",
        "Mappings",
    ),
    "Ahead",
)


@pytest.fixture(scope="module")
def company(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> SmallCompany:
    company = open_company(sqlite_template, tmp_path_factory.mktemp("views"))
    for number, amount in (("1", "20.00"), ("2", "30.00")):
        content = statement(company, (amount, f"receipt {number}"), number=number)
        facts = {"name": f"{number}.xml", "content": content, "accept_untied": True}
        if number == "1":
            company.database.act(lambda tx, facts=facts: import_statement(tx, by=SYSTEM, **facts))
    return company


def view(company: SmallCompany, name: str, **query: str) -> AppTest:
    return on(company, Role.ACCOUNTING, RECEIPTS, receipts_view=name, **query)


def words(app: AppTest) -> str:
    return " ".join(each.value for each in (*app.main.markdown, *app.main.caption, *app.main.info))


@pytest.mark.parametrize("name", VIEWS)
def test_every_view_opens(company: SmallCompany, name: str) -> None:
    app = view(company, name)
    assert not app.exception
    assert app.main.radio(key="receipts_view").value == name


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ACCOUNTING])
def test_nobody_else_opens_it(company: SmallCompany, role: Role) -> None:
    with pytest.raises(ValueError, match="Could not find"):
        on(company, role, RECEIPTS)


def test_a_day_of_the_calendar_leads_to_its_statement(company: SmallCompany) -> None:
    today = datetime.now(SYDNEY).date()
    app = view(company, "Calendar")
    assert "click a day" in words(app)
    chart = app.main.get("plotly_chart")[0]
    assert "Statements of" in chart.proto.alt
    with signed_in(company, Role.ACCOUNTING):
        app.main.date_input(key="calendar_day").set_value(today).run()
        assert "complete" in words(app)
        app.main.button(key="calendar_open").click().run()
    assert app.main.radio(key="receipts_view").value == "Statements"
    assert len(app.main.dataframe[0].value) == 1
    with signed_in(company, Role.ACCOUNTING):
        app.main.radio(key="receipts_view").set_value("Calendar").run()
        app.main.date_input(key="calendar_day").set_value(today - timedelta(days=400)).run()
    assert "nothing is known of this day" in words(app)


def test_a_large_statement_goes_in_under_a_bar(sqlite_template: Path, tmp_path: Path) -> None:
    company = open_company(sqlite_template, tmp_path)
    content = statement(company, *((f"{20 + place}.00", f"order {place}") for place in range(210)))
    app = on(company, Role.ACCOUNTING, RECEIPTS)
    with signed_in(company, Role.ACCOUNTING):
        app.main.file_uploader[0].set_value(("month.xml", content, "application/xml")).run()
        app.main.button(key="bank_file_import").click().run()
        until = time.monotonic() + 30
        while (work := working.found("bank statement")) and not work.ended and time.monotonic() < until:
            time.sleep(0.02)
        app.run()
        assert not app.exception
        assert any("210 lines imported" in each.value for each in app.toast)
        assert working.found("bank statement") is None
        assert "210" in words(app)


def test_views_stand_in_groups_and_old_addresses_lead_where_they_did(company: SmallCompany) -> None:
    app = on(company, Role.ACCOUNTING, RECEIPTS)
    group = next(each for each in app.main.radio if each.key == "receipts_view_group")
    assert group.value == "Inbox"
    with signed_in(company, Role.ACCOUNTING):
        group.set_value("Statements").run()
    assert not app.exception
    assert next(each for each in app.main.radio if each.key == "receipts_view").value == "Statements"
    app = on(company, Role.ACCOUNTING, RECEIPTS, receipts_view="Sorted")
    chosen = {each.key: each.value for each in app.main.radio if (each.key or "").startswith("receipts_view")}
    assert chosen == {"receipts_view": "Sorted", "receipts_view_group": "Done"}
    with signed_in(company, Role.ACCOUNTING):
        next(each for each in app.main.radio if each.key == "receipts_view").set_value("Matched").run()
    chosen = {each.key: each.value for each in app.main.radio if (each.key or "").startswith("receipts_view")}
    assert chosen == {"receipts_view": "Matched", "receipts_view_group": "Done"}
