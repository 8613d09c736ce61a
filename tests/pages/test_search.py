"""The search box of every screen: answers as links while typing, each saying what matched."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from pages._ui import state
from services.access.model import Role
from tests.pages.bought import issued, open_company
from tests.pages.harness import SmallCompany, on, signed_in


@pytest.fixture(scope="module")
def company(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> SmallCompany:
    return open_company(sqlite_template, tmp_path_factory.mktemp("search"))


def asked(company: SmallCompany, role: Role, typed: str) -> AppTest:
    app = on(company, role, "admin/settings.py")
    with signed_in(company, role):
        return app.sidebar.text_input(key=state.SEARCH).set_value(typed).run()


def links(app: AppTest) -> list[str]:
    return [each.proto.label for each in app.sidebar.get("page_link")]


def said(app: AppTest) -> list[str]:
    return [each.value for each in app.sidebar.caption]


@pytest.mark.parametrize("role", list(Role))
def test_everybody_gets_answers_while_typing(company: SmallCompany, role: Role) -> None:
    app = asked(company, role, "blugeum")
    assert not app.exception
    assert links(app)[0] == "Bluegum Clinics · 10000"
    assert "1 answer, the best first" in said(app)


def test_an_answer_says_what_matched_and_leads_to_the_record(company: SmallCompany) -> None:
    made = issued(company, 0, "550", "search-nonce-1")
    app = asked(company, Role.SUPPORT, made.number.lower().replace("-", " "))
    assert any(made.number in each.replace("\\", "") for each in said(app))
    link = app.sidebar.get("page_link")[0].proto
    assert link.label == "Bluegum Clinics"
    assert f"id={made.id}" in link.query_string
    app = asked(company, Role.SUPPORT, "0488811200")
    assert any("Dedicated number" in each for each in said(app))
    assert "customer_view=Numbers" in app.sidebar.get("page_link")[0].proto.query_string


def test_an_address_is_masked(company: SmallCompany) -> None:
    told = " ".join(said(asked(company, Role.SUPPORT, "c0@x.example"))).replace("\\", "")
    assert "c…@x.example" in told
    assert "c0@x" not in told


def test_names_are_harmless_and_nothing_is_said_to_be_nothing(company: SmallCompany) -> None:
    assert any("\\*Star\\_Salon\\*" in label for label in links(asked(company, Role.SUPPORT, "star salon")))
    assert any("Nothing like" in each for each in said(asked(company, Role.SUPPORT, "zzyzx *qqq*")))


def test_all_of_them_are_one_step_away(company: SmallCompany) -> None:
    app = asked(company, Role.SUPPORT, "bluegum")
    with signed_in(company, Role.SUPPORT):
        next(each for each in app.sidebar.button if each.label == "All in Customers").click().run()
    assert not app.exception
    assert list(app.main.dataframe[0].value["name"]) == ["Bluegum Clinics"]
    assert app.sidebar.text_input(key=state.SEARCH).value == "", "the box is empty on the next screen"


def test_a_key_opens_it_as_a_dialog(company: SmallCompany) -> None:
    app = on(company, Role.SUPPORT, "admin/settings.py")
    with signed_in(company, Role.SUPPORT):
        next(each for each in app.sidebar.button if each.label == "Search").click().run()
    assert not app.exception
    assert app.text_input(key=state.SEARCH_DIALOG)


def test_a_session_that_ended_shows_nothing_more(company: SmallCompany) -> None:
    app = on(company, Role.SUPPORT, "admin/settings.py")
    with signed_in(company, None):
        app.sidebar.text_input(key=state.SEARCH).set_value("bluegum").run()
    assert not any("Bluegum" in each.proto.label for each in app.get("page_link"))
