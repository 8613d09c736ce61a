"""Scheduled work on its screen: who is next, run now, a run that is left in the middle, hold and release, by role."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from streamlit.runtime.scriptrunner_utils.exceptions import StopException
from streamlit.testing.v1 import AppTest

from pages._ui import menu
from services.access.model import SYSTEM, Role
from services.db.engine import Database
from services.jobs import operations, queries
from services.money import Money
from services.wiring import jobs as wiring
from tests.conftest import SYDNEY
from tests.pages.harness import SmallCompany, build, on, signed_in
from tests.rented import RENTAL, charged, rent

SCREEN = "admin/jobs.py"
NOW = datetime.now(UTC)


@pytest.fixture
def company(sqlite_template: Path, tmp_path: Path) -> Iterator[SmallCompany]:
    path = tmp_path / "books.sqlite"
    path.write_bytes(sqlite_template.read_bytes())
    built = build(Database(f"sqlite:///{path}", timezone=SYDNEY))
    rent(built.database, 5, at=NOW, customers=4)
    small = (replace(RENTAL, batch=2),)
    with patch.object(wiring, "JOBS", small):
        yield built


def press(company: SmallCompany, role: Role, app: AppTest, label: str) -> None:
    button = next(button for button in app.button if button.label == label)
    with signed_in(company, role):
        button.click().run()
    assert not app.exception


def labels(app: AppTest) -> set[str]:
    return {button.label for button in app.button}


def test_accounting_sees_who_is_next_and_runs_it(company: SmallCompany) -> None:
    app = on(company, Role.ACCOUNTING, SCREEN)
    assert app.metric[0].label == "Due, AUD"
    assert app.metric[0].value == "150.0"
    assert len(app.dataframe[0].value) == 5
    press(company, Role.ACCOUNTING, app, "Run now")
    assert [toast.value for toast in app.toast] == ["Number rental\\: 5 numbers done."]
    assert len(charged(company.database)) == 5
    assert "Run now" not in labels(app)
    history = on(company, Role.MANAGER, SCREEN, jobs_view="Runs")
    row = history.dataframe[0].value.iloc[0]
    assert (row["state"], row["started_by"], row["amounts"]) == ("Done", "accounting person", "150.00 AUD")


def test_a_click_elsewhere_in_the_middle_leaves_what_the_next_run_finishes(company: SmallCompany) -> None:
    app = on(company, Role.ACCOUNTING, SCREEN)
    drawn = []

    class Left:
        """A progress bar whose second picture never comes: the person is gone by then."""

        def progress(self, *_: Any) -> None:
            drawn.append(len(charged(company.database)))
            if len(drawn) == 2:
                raise StopException

    with patch("pages._ui.job_parts.st.progress", lambda *_: Left()):
        press(company, Role.ACCOUNTING, app, "Run now")
    assert drawn == [2, 4]
    with company.database.read() as conn:
        assert queries.runs(conn, jobs=wiring.JOBS, now=NOW).rows["outcome"].tolist() == ["interrupted"]
        assert queries.standings(conn, jobs=[RENTAL], on=NOW.astimezone(SYDNEY).date())[0].waiting == 1
    press(company, Role.ACCOUNTING, on(company, Role.ACCOUNTING, SCREEN), "Run now")
    assert sorted(number for number, _month in charged(company.database)) == [1, 2, 3, 4, 5]


def test_a_manager_holds_with_a_reason_and_home_says_so(company: SmallCompany) -> None:
    app = on(company, Role.MANAGER, SCREEN)
    assert "Run now" not in labels(app)
    assert "Hold" in labels(app)
    with company.database.write() as tx:
        operations.hold(tx, by=company.by[Role.MANAGER], job="rental", reason="The *prices* are wrong")
    held = on(company, Role.ACCOUNTING, SCREEN)
    assert "prices" in held.warning[0].value
    assert "Run now" not in labels(held)
    home = on(company, Role.ACCOUNTING, "overview/home.py")
    assert any("Number rental\\: on hold by manager person" in one.value for one in home.markdown)
    hidden = on(company, Role.SUPPORT, "overview/home.py")
    assert not any("on hold" in one.value for one in hidden.markdown)


def test_failures_stand_with_their_reason(company: SmallCompany) -> None:
    rent(company.database, 1, at=NOW, first=9, price=Money.of(9, "KWD"))
    app = on(company, Role.ACCOUNTING, SCREEN)
    press(company, Role.ACCOUNTING, app, "Run now")
    failed = on(company, Role.ADMIN, SCREEN, jobs_view="Failures")
    assert failed.dataframe[0].value["label"].tolist() == ["+61490000009"]
    assert failed.dataframe[0].value["error"][0]
    home = on(company, Role.MANAGER, "overview/home.py")
    assert any("1 failed and will be tried again" in one.value for one in home.markdown)


def test_empty_lists_say_why_and_support_has_no_such_screen(company: SmallCompany) -> None:
    assert "Nothing failed" in on(company, Role.ACCOUNTING, SCREEN, jobs_view="Failures").info[0].value
    assert "No job has run yet" in on(company, Role.ACCOUNTING, SCREEN, jobs_view="Runs").info[0].value
    assert "Nobody fits" in on(company, Role.ACCOUNTING, SCREEN, jobs_q="zebra").info[0].value
    assert not menu.may_open(company.by[Role.SUPPORT], SCREEN)
    with company.database.write() as tx:
        operations.set_cap(tx, by=SYSTEM, job="rental", most=3)
    capped = on(company, Role.ACCOUNTING, SCREEN)
    assert any("at most 3 numbers a run" in one.value for one in capped.markdown)
