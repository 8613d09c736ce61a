"""Saved views on screen: saved as chosen, offered to whom they are for, and each list's filters are known."""

from __future__ import annotations

from pathlib import Path

import pytest

from pages._ui import menu, saved_views
from services.access.model import Role
from services.views import operations
from services.views.model import PERIOD, SCREENS, SavedView
from tests.pages.bought import open_company
from tests.pages.harness import SmallCompany, on

TRANSACTIONS = "activity/transactions.py"
FILES = {entry.url_path: entry.file for entry in menu.ENTRIES}


@pytest.fixture(scope="module")
def company(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> SmallCompany:
    built = open_company(sqlite_template, tmp_path_factory.mktemp("views"))
    for role, name, shared in ((Role.MANAGER, "Large *use*", True), (Role.MANAGER, "My own", False)):
        built.database.act(
            lambda tx, role=role, name=name, shared=shared: operations.save_view(
                tx, by=built.by[role], nonce=name, screen="transactions", name=name,
                values={PERIOD: ["Last month"], "transactions_class": ["Usage"]}, shared=shared,
            )
        )  # fmt: skip
    return built


@pytest.mark.parametrize("role", list(Role))
def test_the_sidebar_offers_own_and_shared_views(company: SmallCompany, role: Role) -> None:
    app = on(company, role, TRANSACTIONS)
    words = [button.label for button in app.sidebar.button]
    shared = [each for each in words if "Large" in each]
    assert len(shared) == 1
    assert "\\*use\\*" in shared[0]
    assert ("My own" in words) is (role is Role.MANAGER)
    assert any("Saved views" in each.proto.popover.label for each in app.sidebar.get("popover"))


def test_without_views_the_sidebar_says_nothing_of_them(
    sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    app = on(open_company(sqlite_template, tmp_path_factory.mktemp("none")), Role.SUPPORT, TRANSACTIONS)
    assert not any("Saved views" in each.proto.popover.label for each in app.sidebar.get("popover"))


def test_a_view_has_an_address_inside_the_dashboard() -> None:
    view = SavedView(
        1, "transactions", "x", {PERIOD: ["This month"], "transactions_kind": ["SMS", "A&B"]}, False, "", True
    )
    expected = "/transactions?period=This+month&transactions_kind=SMS&transactions_kind=A%26B"
    assert saved_views.address_of(view) == expected


@pytest.mark.parametrize("screen", sorted(SCREENS))
def test_every_filter_a_view_may_hold_is_one_its_screen_has(screen: str) -> None:
    written = "".join(file.read_text() for file in (menu.PAGES / "_ui").glob("*.py"))
    of_screen = (menu.PAGES / FILES[screen]).read_text()
    ways = ('"{name}"', '{{prefix}}_{rest}"', 'chosen.key("{rest}")')
    for name in SCREENS[screen] - {PERIOD}:
        spelt = [way.format(name=name, rest=name.removeprefix(f"{screen}_")) for way in ways]
        assert any(each in written + of_screen for each in spelt), name
    assert f'saved_views.offer(opened, "{screen}")' in of_screen
