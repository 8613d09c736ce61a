"""One server and one Chromium for all journeys; every test gets a fresh, signed-in browser context."""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright
from sqlalchemy import text

from services.access import operations as access
from services.access.model import SESSION_COOKIE, Principal, Role
from services.db.engine import Database
from services.wiring.schema import upgrade
from tests.browser.harness import NO_BROWSER, Visit, chromium, serving
from tests.conftest import SYDNEY, missing
from tests.pages.harness import SmallCompany, build

Enter = Callable[..., Visit]
VISITS = pytest.StashKey[list[Visit]]()


@dataclass(frozen=True)
class Site:
    """A running server and the company behind it."""

    address: str
    company: SmallCompany


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep all journeys on one worker, so that they share one server."""
    for item in items:
        if Path(str(item.path)).parent == Path(__file__).parent:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.xdist_group("browser"))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Generator[None, pytest.TestReport]:
    """Say beside a failure what each tab showed: the next reader cannot look at the screen any more."""
    report = yield
    if report.failed and call.when == "call":
        for visit in item.stash.get(VISITS, []):
            report.sections.append(("what the tab showed", visit.said()))
    return report


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A headless Chromium; skipped where none is installed."""
    if (program := chromium()) is None:
        missing(NO_BROWSER)
    with sync_playwright() as playwright:
        arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
        found = playwright.chromium.launch(executable_path=program, args=arguments)
        yield found
        found.close()


@pytest.fixture(scope="session")
def site(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The app, serving a small company's books."""
    folder = tmp_path_factory.mktemp("site")
    url = f"sqlite:///{folder / 'books.sqlite'}"
    database = Database(url, timezone=SYDNEY)
    upgrade(database)
    company = build(database)
    with database.write() as tx:  # these people have chosen their passwords long ago
        tx.conn.execute(text("UPDATE person SET must_change_password = 0"))
    with serving(url, folder / "server.log") as address:
        yield Site(address, company)
    database.close()


@pytest.fixture
def enter(browser: Browser, site: Site, request: pytest.FixtureRequest) -> Iterator[Enter]:
    """Open a tab as the person of a role (None: nobody); at the end no tab may have anything to complain about."""
    visits = request.node.stash[VISITS] = []

    def begin(role: Role | None = Role.ACCOUNTING, **options: object) -> Visit:
        context = browser.new_context(
            **{"viewport": {"width": 1280, "height": 800}, "accept_downloads": True, **options}
        )
        if role:
            token = _session(site, site.company.by[role])
            context.add_cookies([{"name": SESSION_COOKIE, "value": token, "url": site.address, "httpOnly": True}])
        visits.append(Visit.begin(site.address, context))
        return visits[-1]

    yield begin
    complaints = [one for visit in visits for one in visit.complaints]
    for visit in visits:
        visit.context.close()
    assert complaints == []


def _session(site: Site, who: Principal) -> str:
    with site.company.database.write(at=datetime.now(UTC)) as tx:
        return access.open_session(tx, person_id=who.person_id, ip="127.0.0.1")
