"""Settings say in words when GST is payable, and when tax on credit arises."""

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
    return " ".join(app.main.table[0].value.iloc[:, 1])


@pytest.mark.parametrize(
    ("before", "choice", "after"),
    [
        ("from its issue on", {"gst_basis": "cash"}, "as it is paid"),
        ("when credit is bought", {"tax_point": "redemption"}, "when credit is used"),
    ],
)
def test_what_was_chosen_of_tax_is_said_in_words(
    company: SmallCompany, before: str, choice: dict[str, str], after: str
) -> None:
    assert before in words_of(company)
    with company.database.write() as tx:  # as it stands where the company was set up with it
        row = dict(tx.conn.execute(select(company_profile)).one()._mapping)
        tx.conn.execute(insert(company_profile), row | {"valid_from": tx.today} | choice)
    assert after in words_of(company)
