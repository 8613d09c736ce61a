"""With a dialog open over any screen, the key that sends it reaches no form behind it (see `conftest.py`)."""

from __future__ import annotations

from pathlib import Path

import pytest

from pages._ui import menu
from services.access.model import Role
from tests.pages.bought import open_company
from tests.pages.conftest import dialogs
from tests.pages.harness import SmallCompany, on, signed_in

CUSTOMER, RECEIPTS = "customers/customer.py", "billing/bank_receipts.py"
DEEPER = [
    *((CUSTOMER, {"customer_view": view}) for view in ("Fees", "Invoices", "Details")),
    *((RECEIPTS, {"receipts_view": view}) for view in ("Paid short", "On hold", "Refunds", "Ahead", "Rules", "Payers")),
]
SCREENS = [*((entry.file, {}) for entry in menu.ENTRIES if Path(entry.path).exists()), *DEEPER]


@pytest.fixture(scope="module")
def company(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> SmallCompany:
    return open_company(sqlite_template, tmp_path_factory.mktemp("keys"))


@pytest.mark.parametrize(("file", "query"), SCREENS, ids=[f"{file} {' '.join(q.values())}" for file, q in SCREENS])
def test_no_form_behind_a_dialog_hears_the_key_that_sends(
    company: SmallCompany, file: str, query: dict[str, str]
) -> None:
    role = Role.ADMIN if file.startswith("admin/") else Role.ACCOUNTING
    identity = {"id": str(company.customers[0])} if file == CUSTOMER else {}
    app = on(company, role, file, **query, **identity)
    with signed_in(company, role):
        app.button(key="sidebar_keys").click().run()
    assert dialogs(app._tree) == 1
