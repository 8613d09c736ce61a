"""Deciding, changing access and reading the trail, as a person does it on the screen."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from services.access import approvals
from services.access import queries as access
from services.access.model import Role
from services.company import operations as company_operations
from services.company import queries as company_queries
from services.db.engine import Database
from tests.conftest import SYDNEY
from tests.pages.harness import SmallCompany, build, on, signed_in


@pytest.fixture
def company(sqlite_template: Path, tmp_path: Path) -> SmallCompany:
    path = tmp_path / "books.sqlite"
    path.write_bytes(sqlite_template.read_bytes())
    return build(Database(f"sqlite:///{path}", timezone=SYDNEY))


def _ask(company: SmallCompany) -> str:
    with company.database.read() as conn:
        code = company_queries.bank_accounts(conn)[0].code
    company.database.act(
        lambda tx: company_operations.request_bank_account_change(
            tx, by=company.by[Role.MANAGER], code=code, changes={"holder": "New Holder"}, reason="The bank said so"
        )
    )
    return code


def _press(company: SmallCompany, role: Role, app: AppTest, label: str) -> None:
    button = next(button for button in app.button if button.label == label)
    with signed_in(company, role):
        button.click().run()
    assert not app.exception


def test_another_person_approves_and_it_is_done(company: SmallCompany) -> None:
    code = _ask(company)
    app = on(company, Role.ACCOUNTING, "admin/approvals.py")
    assert any("The bank said so" in each.value for each in app.markdown)
    _press(company, Role.ACCOUNTING, app, "Approve")
    with company.database.read() as conn:
        assert company_queries.bank_account_of(conn, code).holder == "New Holder"
        assert access.waiting_approvals(conn) == 0
    assert "Nothing waits" in app.info[0].value


def test_declining_without_a_reason_says_so_under_the_field_and_keeps_waiting(company: SmallCompany) -> None:
    _ask(company)
    app = on(company, Role.ACCOUNTING, "admin/approvals.py")
    _press(company, Role.ACCOUNTING, app, "Decline")
    assert any("Say why" in words.value for words in app.markdown)
    with company.database.read() as conn:
        assert access.waiting_approvals(conn) == 1


def test_whoever_asked_may_only_withdraw(company: SmallCompany) -> None:
    _ask(company)
    app = on(company, Role.MANAGER, "admin/approvals.py")
    labels = [button.label for button in app.button]
    assert "Withdraw" in labels
    assert "Approve" not in labels
    _press(company, Role.MANAGER, app, "Withdraw")
    with company.database.read() as conn:
        assert access.waiting_approvals(conn) == 0


def test_a_role_that_may_not_approve_is_told_whom_to_ask(company: SmallCompany) -> None:
    _ask(company)
    app = on(company, Role.SUPPORT, "admin/approvals.py")
    _press(company, Role.SUPPORT, app, "Approve")
    assert "may not change our bank accounts" in app.error[0].value


def test_a_request_decided_meanwhile_is_gone_and_stays_as_it_was_decided(company: SmallCompany) -> None:
    _ask(company)
    app = on(company, Role.ACCOUNTING, "admin/approvals.py")
    company.database.act(
        lambda tx: approvals.decline(tx, by=company.by[Role.ADMIN], approval_id=1, acts={}, reason="No")
    )
    _press(company, Role.ACCOUNTING, app, "Approve")
    assert "Nothing waits" in app.info[0].value
    with company.database.read() as conn:
        assert list(access.approvals(conn, waiting=False).rows["decision"]) == ["declined"]


def test_a_manager_sees_people_and_changes_nothing(company: SmallCompany) -> None:
    app = on(company, Role.MANAGER, "admin/people.py")
    assert len(app.dataframe[0].value) == 4
    assert not [button for button in app.button if button.label == "New person"]


def test_an_administrator_picks_somebody_and_closes_the_door(company: SmallCompany) -> None:
    app = on(company, Role.ADMIN, "admin/people.py")
    row = list(app.dataframe[0].value["name"]).index("support person")
    app.session_state["people"] = {"selection": {"rows": [row], "columns": [], "cells": []}}
    with signed_in(company, Role.ADMIN):
        app.run()
    _press(company, Role.ADMIN, app, "Deactivate")
    with company.database.read() as conn:
        rows = access.people(conn, text="support person").rows
    assert not bool(rows["active"].iloc[0])


def test_nobody_changes_their_own_access(company: SmallCompany) -> None:
    app = on(company, Role.ADMIN, "admin/people.py")
    row = list(app.dataframe[0].value["name"]).index("admin person")
    app.session_state["people"] = {"selection": {"rows": [row], "columns": [], "cells": []}}
    with signed_in(company, Role.ADMIN):
        app.run()
    assert any("This is you" in caption.value for caption in app.caption)
    assert not [button for button in app.button if button.label == "Deactivate"]


def test_the_trail_is_filtered_from_its_address(company: SmallCompany) -> None:
    app = on(company, Role.ADMIN, "admin/audit.py", audit_subject="Customer")
    assert set(app.dataframe[0].value["thing"]) == {"Customer"}
    nothing = on(company, Role.ADMIN, "admin/audit.py", audit_q="no such thing")
    assert "Choose a longer period" in nothing.info[0].value
