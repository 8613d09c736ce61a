"""The logo on the Settings screen: seen by everybody, added, changed and removed by an administrator."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from services.access.model import Role
from services.company import queries
from services.company.logo import change_logo
from services.db.engine import Database
from tests.conftest import SYDNEY
from tests.pages.harness import SmallCompany, build, on, signed_in

SETTINGS = "admin/settings.py"
SIZE = (200, 80)


@pytest.fixture
def company(sqlite_template: Path, tmp_path: Path) -> SmallCompany:
    path = tmp_path / "company.sqlite"
    path.write_bytes(sqlite_template.read_bytes())
    return build(Database(f"sqlite:///{path}", timezone=SYDNEY))


def png(colour: str) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", SIZE, colour).save(out, "PNG")
    return out.getvalue()


def labels(app: AppTest) -> set[str]:
    return {each.label for each in app.main.button}


def printed(company: SmallCompany) -> str:
    with company.database.read() as conn:
        return queries.company(conn).logo


def with_one(company: SmallCompany) -> str:
    by = company.by[Role.ADMIN]
    return company.database.act(lambda tx: change_logo(tx, by=by, file=png("navy"), reason="The brand of July")).sha256


@pytest.mark.parametrize("role", list(Role))
def test_everybody_sees_what_papers_print_and_only_an_administrator_the_way_to_change_it(
    company: SmallCompany, role: Role
) -> None:
    app = on(company, role, SETTINGS)
    said = " ".join(each.value for each in app.main.info)
    assert "Papers print no logo" in said
    assert ("An administrator can add one" in said) == (role is not Role.ADMIN)
    assert ("Add a logo" in labels(app)) == (role is Role.ADMIN)
    with_one(company)
    app = on(company, role, SETTINGS)
    assert not app.exception
    assert not app.main.info
    assert any("The brand of July" in each.value for each in app.main.caption)
    assert ({"Remove", "Change the logo"} <= labels(app)) == (role is Role.ADMIN)


def choosing() -> None:
    """A script that draws what the dialog of a new logo holds."""
    from pages._ui import company_logo

    company_logo.choose()


def removing() -> None:
    """A script that draws what the dialog of removing holds."""
    from pages._ui import company_logo

    company_logo.remove()


def test_a_picture_is_looked_at_and_kept_with_its_reason(company: SmallCompany) -> None:
    with signed_in(company, Role.ADMIN):
        app = AppTest.from_function(choosing, default_timeout=30).run()
        app.button[0].click().run()
        assert any("Add a picture first" in each.value for each in app.error)
        app.file_uploader[0].set_value(("logo.png", png("navy"), "image/png")).run()
        assert not app.error
        app.button[0].click().run()
        assert any("Say why" in each.value for each in app.markdown)
        assert printed(company) == ""
        app.text_input[0].set_value("New brand")
        app.button[0].click().run()
        assert not app.exception
    assert len(printed(company)) == 64


def test_what_is_no_picture_is_told_at_once(company: SmallCompany) -> None:
    with signed_in(company, Role.ADMIN):
        app = AppTest.from_function(choosing, default_timeout=30).run()
        app.file_uploader[0].set_value(("logo.png", b"<svg/>", "image/png")).run()
        assert "no PNG or JPEG" in app.error[0].value
    assert printed(company) == ""


def test_it_is_removed_with_a_reason(company: SmallCompany) -> None:
    assert with_one(company)
    with signed_in(company, Role.ADMIN):
        app = AppTest.from_function(removing, default_timeout=30).run()
        app.text_input[0].set_value("Asked to")
        app.button[0].click().run()
        assert not app.exception
    assert printed(company) == ""
