"""Settings: how much credit may be ahead of transfers is shown to everybody and changed by who may."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from services.access.model import Role
from services.db.engine import Database
from services.provisional import queries
from tests.conftest import SYDNEY
from tests.pages.harness import SmallCompany, build, on, signed_in

SETTINGS = "admin/settings.py"


@pytest.fixture(scope="module")
def built(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> SmallCompany:
    path = tmp_path_factory.mktemp("caps") / "books.sqlite"
    shutil.copy(sqlite_template, path)
    company = build(Database(f"sqlite:///{path}", timezone=SYDNEY))
    company.database.close()
    return company


@pytest.fixture
def company(built: SmallCompany, tmp_path: Path) -> SmallCompany:
    path = tmp_path / "books.sqlite"
    shutil.copy(str(built.database.url.database), path)
    return replace(built, database=Database(f"sqlite:///{path}", timezone=SYDNEY))


def drawn() -> None:
    """A script that draws what the dialog holds: in a test a dialog would close at its first run."""
    from pages._ui import ahead_caps, text
    from pages._ui.frame import read
    from services.provisional import queries

    ahead_caps.form(read(queries.caps, on=text.today()))


@pytest.mark.parametrize("role", list(Role))
def test_everybody_reads_the_caps_and_managers_and_administrators_change_them(
    company: SmallCompany, role: Role
) -> None:
    app = on(company, role, SETTINGS)
    assert not app.exception
    offered = [each for each in app.main.button if each.key == "settings_caps"]
    assert bool(offered) is (role in {Role.MANAGER, Role.ADMIN})
    table = next(each.value for each in app.main.table if "At most for one customer" in each.value.to_string())
    assert "500.00 AUD" in table.to_string()


def test_a_change_is_in_force_and_listed_with_its_reason(company: SmallCompany) -> None:
    with signed_in(company, Role.MANAGER):
        app = AppTest.from_function(drawn).run()
        app.text_input[0].set_value("much")
        app.button[0].click().run()
        assert any("much" in each.value for each in app.markdown)
        app.text_input[0].set_value("750")
        next(each for each in app.text_input if each.label == "Reason").set_value("The board agreed")
        app.button[0].click().run()
        assert not app.exception
    app = on(company, Role.SUPPORT, SETTINGS)
    assert any("750.00 and 5,000.00 AUD" in each.value and "The board agreed" in each.value for each in app.caption)
    with company.database.read() as conn:
        assert queries.cap_changes(conn)[0].for_one.plain() == "750.00"
