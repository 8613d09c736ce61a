"""Dunning on screen: every role sees who is overdue; each does what it may, and another screen says it too."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from pages._ui import dunning_parts, text
from services.access.model import SYSTEM, Role
from services.customers.queries import customer
from services.dunning import queries
from services.dunning.model import Stage, Terms
from services.jobs.running import run_due
from services.wiring.jobs import JOBS
from tests.debts import debt, noon
from tests.pages.bought import open_company
from tests.pages.harness import SmallCompany, on, signed_in
from tests.pages.test_postpaid import at_desk, choose, send

SCREEN, CUSTOMER = "billing/dunning.py", "customers/customer.py"
[JOB] = [each for each in JOBS if each.name == "dunning"]


@pytest.fixture(scope="module")
def built(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> SmallCompany:
    """The fourth customer, whose name could be markup, owes 1,100.00 since 40 days ago, reminded once."""
    company = open_company(sqlite_template, tmp_path_factory.mktemp("dunning"))
    with company.database.read() as conn:
        owes = customer(conn, company.customers[3])
    debt(company.database, owes, "1000.00", issued=text.today() - timedelta(days=40))
    remind(company, text.today() - timedelta(days=20))
    return company


@pytest.fixture
def company(built: SmallCompany, tmp_path: Path) -> SmallCompany:
    import shutil
    from dataclasses import replace

    from services.db.engine import Database
    from tests.conftest import SYDNEY

    built.database.close()
    path = tmp_path / "books.sqlite"
    shutil.copy(str(built.database.url.database), path)
    return replace(built, database=Database(f"sqlite:///{path}", timezone=SYDNEY))


def remind(company: SmallCompany, on_: date) -> None:
    """The daily job of a day."""
    for _ in run_due(company.database, by=SYSTEM, jobs=[JOB], on=on_, at=noon(on_)):
        pass


def drawn(customer_id: int) -> None:
    """A script that draws what the drawer holds."""
    from pages._ui import dunning_drawer

    dunning_drawer.drawn(customer_id, "AUD", "key")


def drawer(company: SmallCompany) -> AppTest:
    app = AppTest.from_function(drawn, kwargs={"customer_id": company.customers[3]}, default_timeout=30).run()
    assert not app.exception
    return app


@pytest.mark.parametrize("role", list(Role))
def test_every_role_sees_who_is_overdue(company: SmallCompany, role: Role) -> None:
    app = on(company, role, SCREEN)
    assert not app.exception
    [row] = app.dataframe[0].value.to_dict("records")
    assert (row["state"], row["overdue_micros"], row["days"]) == ("Reminded", 1100.0, 26)
    assert any(each.label == "Stages" for each in app.button)


@pytest.mark.parametrize(
    ("role", "acts"),
    [
        (Role.SUPPORT, {"Promise"}),
        (Role.ACCOUNTING, {"Promise", "Pause"}),
        (Role.MANAGER, {"Pause"}),
        (Role.ADMIN, set()),
    ],
)
def test_the_drawer_offers_what_each_may(company: SmallCompany, role: Role, acts: set[str]) -> None:
    with at_desk(company, role):
        app = drawer(company)
        assert set(app.radio[0].options) == {"Invoices", "History"} | acts
        [row] = app.dataframe[0].value.to_dict("records")
        assert row["last"].startswith("Friendly reminder, ")
        assert row["coming"].startswith("Firm reminder, ")
        assert choose(app, "History").table[0].value["What"].tolist() == ["Friendly reminder"]


def test_support_takes_a_promise_down_and_the_customer_screen_shows_it(company: SmallCompany) -> None:
    with at_desk(company, Role.SUPPORT):
        app = choose(drawer(company), "Promise")
        send(app, "Take it down", amount="12,x")
        assert any("is not an amount" in each.value for each in app.markdown)
        send(app, "Take it down", amount="500", who="*Ada*")
    with company.database.read() as conn:
        found = queries.promise_of(conn, customer_id=company.customers[3], currency="AUD")
    assert found
    assert (found.amount.text(), found.who) == ("500.00 AUD", "*Ada*")
    app = on(company, Role.MANAGER, CUSTOMER, id=str(company.customers[3]))
    assert any("\\*Ada\\* promised **500.00 AUD**" in each.value for each in app.caption)
    assert any("**1,100.00 AUD** overdue on 1 invoice, the oldest for 26 days." in each.value for each in app.markdown)
    assert on(company, Role.MANAGER, SCREEN).dataframe[0].value["state"].tolist() == ["Promised"]
    with at_desk(company, Role.ACCOUNTING):
        send(choose(drawer(company), "Withdraw promise"), "Withdraw the promise", reason="Misheard")
        assert "Withdraw promise" not in drawer(company).radio[0].options


def test_a_manager_pauses_with_a_reason_and_lets_go_on(company: SmallCompany) -> None:
    with at_desk(company, Role.MANAGER):
        app = choose(drawer(company), "Pause")
        send(app, "Pause reminders")
        assert any("Say why reminders wait" in each.value for each in app.markdown)
        send(app, "Pause reminders", reason="Disputes October")
        app = drawer(company)
        assert any("until somebody lets them go on: Disputes October" in each.value for each in app.markdown)
        send(choose(app, "Go on"), "Let reminders go on", reason="Settled")
        assert "Pause" in drawer(company).radio[0].options


def test_a_stop_is_shown_and_lifted_by_who_may(company: SmallCompany) -> None:
    for ago in (13, 3):  # a firm and a final letter, each on its day
        remind(company, text.today() - timedelta(days=ago))
    remind(company, text.today() + timedelta(days=7))
    with at_desk(company, Role.SUPPORT):
        app = drawer(company)
        assert any("Stopped since" in each.value for each in app.markdown)
        assert "Lift stop" not in app.radio[0].options
    home = on(company, Role.MANAGER, "overview/home.py")
    assert any("1 customer is stopped (1 for an unpaid debt)" in each.value for each in home.markdown)
    shown = on(company, Role.SUPPORT, CUSTOMER, id=str(company.customers[3]))
    assert any("still open. Payments are taken as ever" in each.value for each in shown.warning)
    with at_desk(company, Role.MANAGER):
        send(choose(drawer(company), "Lift stop"), "Lift the stop", reason="Pays in parts")
    with company.database.read() as conn:
        assert queries.stops_of(conn) == []


def stages(may: bool) -> None:  # noqa: FBT001 - a script's argument
    from pages._ui import dunning_days

    dunning_days.drawn(may=may)


def test_accounting_chooses_the_days_of_the_stages(company: SmallCompany) -> None:
    with at_desk(company, Role.ACCOUNTING):
        app = AppTest.from_function(stages, kwargs={"may": True}, default_timeout=30).run()
        assert not app.exception
        assert app.table[0].value.iloc[0].tolist() == ["Every other currency", 3, 10, 20, 30]
        app.number_input[0].set_value(12)
        send(app, "Choose", reason="Later")
        assert any("later than the one before" in each.value for each in app.markdown)
        app.number_input[0].set_value(5)
        send(app, "Choose", reason="Later")
    with company.database.read() as conn:
        assert queries.terms_by_currency(conn)[""] == Terms(5, 10, 20, 30)
    with at_desk(company, Role.SUPPORT):
        app = AppTest.from_function(stages, kwargs={"may": False}, default_timeout=30).run()
        assert not app.number_input


def test_the_export_says_states_and_letters_in_words(company: SmallCompany) -> None:
    wanted = {"on": text.today(), "currency": None, "need": None, "words": ""}
    with signed_in(company, Role.MANAGER):
        table = dunning_parts.export(company.by[Role.MANAGER], wanted, {})
    [row] = table.rows
    assert "Reminded" in row
    assert Stage.FRIENDLY.label in row


def test_filters_that_find_nobody_say_so(company: SmallCompany) -> None:
    assert "Nobody overdue fits" in on(company, Role.ADMIN, SCREEN, dunning_q="nobody of that name").info[0].value
    assert on(company, Role.ADMIN, SCREEN, dunning_need="Reminded").dataframe
