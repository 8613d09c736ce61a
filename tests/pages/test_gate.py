"""Who may see which screen: nobody without a session, and every role exactly the menu's screens."""

from __future__ import annotations

from pathlib import Path

import pytest

from pages._ui import menu
from services.access.model import Role
from services.db.engine import Database
from tests.pages.harness import SmallCompany, build, on, signed_in, start

BUILT = [entry for entry in menu.ENTRIES if Path(entry.path).exists()]


@pytest.fixture(scope="module")
def company(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> SmallCompany:
    path = tmp_path_factory.mktemp("pages") / "books.sqlite"
    path.write_bytes(sqlite_template.read_bytes())
    from tests.conftest import SYDNEY

    return build(Database(f"sqlite:///{path}", timezone=SYDNEY))


def test_without_a_session_there_is_no_menu_and_a_way_to_sign_in(company: SmallCompany) -> None:
    with signed_in(company, None):
        app = start().run()
    assert not app.exception
    assert app.title[0].value == "You are not signed in"
    assert not app.sidebar.children


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("entry", BUILT, ids=[entry.file for entry in BUILT])
def test_a_role_opens_what_it_may_and_nothing_else(company: SmallCompany, role: Role, entry: menu.Entry) -> None:
    if company.by[role].may(entry.permission):
        app = on(company, role, entry.file)
        assert not app.exception, app.exception[0].message
        assert app.title, "every screen opens with its title"
        assert not [error for error in app.error if "may not" in error.value], "the menu and the screen disagree"
    else:
        with pytest.raises(ValueError, match="Could not find a navigation page"):
            on(company, role, entry.file)


@pytest.mark.parametrize("entry", BUILT, ids=[entry.file for entry in BUILT])
def test_every_screen_is_in_the_list_with_its_own_address(entry: menu.Entry) -> None:
    assert sum(other.url_path == entry.url_path for other in menu.ENTRIES) == 1


def test_every_script_of_a_section_is_in_the_list() -> None:
    scripts = {
        str(path.relative_to(menu.PAGES))
        for path in menu.PAGES.glob("[a-z]*/*.py")
        if "open_screen(" in path.read_text()
    }
    assert scripts <= {entry.file for entry in menu.ENTRIES}


@pytest.mark.parametrize("entry", BUILT, ids=[entry.file for entry in BUILT])
def test_every_screen_guards_itself(entry: menu.Entry) -> None:
    assert "open_screen(" in Path(entry.path).read_text()
