"""Home, the trial balance and the checks, as each role finds them."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from pages._ui import cached, text
from services.access.model import Role
from services.db.engine import Database
from tests.conftest import SYDNEY
from tests.pages.harness import SmallCompany, build, on, signed_in


@pytest.fixture(scope="module")
def company(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> SmallCompany:
    path = tmp_path_factory.mktemp("books") / "books.sqlite"
    path.write_bytes(sqlite_template.read_bytes())
    return build(Database(f"sqlite:///{path}", timezone=SYDNEY))


def _figures(app: AppTest) -> dict[str, str]:
    return {metric.label: metric.value for metric in app.metric}


def test_home_counts_what_waits_and_sums_the_credit(company: SmallCompany) -> None:
    figures = _figures(on(company, Role.ACCOUNTING, "overview/home.py"))
    assert figures["Receipts to match"] == "0"
    assert (figures["Paid short"], figures["Refunds to pay"]) == ("0", "0")
    assert figures["Approvals waiting"] == "0"
    assert figures["Negative balances"] == "2"  # 222 - 226 and 223 - 316
    assert float(figures["Credit sold, AUD"]) == 220 + 221 + 222 + 223
    assert float(figures["Credit used, AUD"]) == 46 + 136 + 226 + 316
    assert float(figures["Credit held, AUD"]) == 886 - 724


def test_support_sees_no_bank_receipts_on_home(company: SmallCompany) -> None:
    figures = _figures(on(company, Role.SUPPORT, "overview/home.py"))
    assert not {"Receipts to match", "Paid short", "Refunds to pay"} & set(figures)


def test_an_earlier_period_comes_from_the_address(company: SmallCompany) -> None:
    figures = _figures(on(company, Role.MANAGER, "overview/home.py", period="2001"))
    assert float(figures["Credit sold, AUD"]) == 0
    assert float(figures["Credit held, AUD"]) == 886 - 724


def test_a_period_that_does_not_read_says_what_would_and_shows_this_month(company: SmallCompany) -> None:
    app = on(company, Role.MANAGER, "overview/home.py", period="soon")
    assert any("is not a period" in said.value for said in app.sidebar.markdown)
    assert float(_figures(app)["Credit sold, AUD"]) == 886


def test_the_trial_balance_ties_and_gathers_customers(company: SmallCompany) -> None:
    app = on(company, Role.ACCOUNTING, "books/reports.py")
    rows = app.dataframe[0].value
    assert list(rows["named"]) == ["Liability: prepaid credit", "Liability: receipts not yet matched", "Income: SMS"]
    assert rows["balance_micros"].sum() == 0
    assert any("Debits equal credits" in words.value for words in app.markdown)
    with signed_in(company, Role.ACCOUNTING):
        app.toggle(key="reports_customers").set_value(True).run()
    rows = app.dataframe[0].value
    assert len(rows) == 6
    assert "Bluegum Clinics" in set(rows["customer"])


def test_before_the_first_entry_the_trial_balance_says_why_it_is_empty(company: SmallCompany) -> None:
    before = text.today() - timedelta(days=400)
    app = on(company, Role.ACCOUNTING, "books/reports.py", reports_as_of=before.isoformat())
    assert "Nothing was posted" in app.info[0].value


def test_every_check_is_named_and_a_broken_one_shows_its_rows(company: SmallCompany) -> None:
    app = on(company, Role.MANAGER, "books/integrity.py")
    # the harness credits customers from receipts that never came: the books say so
    assert "1 check of" in app.error[0].value
    assert app.subheader[0].value == "Receipts unallocated"
    assert len(app.dataframe[0].value) == 1
    assert len(app.table[0].value) > 15


def test_checks_run_once_and_again_when_asked(company: SmallCompany) -> None:
    with signed_in(company, Role.ADMIN):
        cached.check_again()
        assert cached.checked(may_run=False) is None
        first = cached.checked()
        assert first is not None
        assert cached.checked(may_run=False) == first
        cached.check_again()
        assert cached.checked() != first
