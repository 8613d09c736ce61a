"""Settings say in words when GST is payable."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import insert, select

from services.access.model import Role
from services.company.tables import company_profile
from services.db.engine import Database
from tests.conftest import SYDNEY
from tests.pages.harness import SmallCompany, build, on


@pytest.fixture
def company(sqlite_template: Path, tmp_path: Path) -> SmallCompany:
    path = tmp_path / "company.sqlite"
    path.write_bytes(sqlite_template.read_bytes())
    return build(Database(f"sqlite:///{path}", timezone=SYDNEY))


def words_of(company: SmallCompany) -> str:
    app = on(company, Role.ACCOUNTING, "admin/settings.py")
    assert not app.exception
    return app.main.table[0].value.to_string()


def test_the_basis_of_gst_is_said_in_words(company: SmallCompany) -> None:
    assert "from its issue on" in words_of(company)
    with company.database.write() as tx:  # as it stands where the company was set up with it
        row = dict(tx.conn.execute(select(company_profile)).one()._mapping)
        tx.conn.execute(insert(company_profile), row | {"valid_from": tx.today, "gst_basis": "cash"})
    assert "as it is paid" in words_of(company)
