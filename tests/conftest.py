"""Every test gets real books: an empty company on SQLite, and the same on PostgreSQL where a server can be had."""

from __future__ import annotations

import os
import shutil
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import NoReturn
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, settings
from sqlalchemy import create_engine, text

from services.db.engine import Database
from tests.postgres import find_server

SYDNEY = ZoneInfo("Australia/Sydney")
NO_POSTGRES = "no PostgreSQL server found: install postgresql, or set LEDGERDESK_TEST_POSTGRES"
# Where everything is required, every run tries the same examples: a law that fails there fails for everybody. New ones
# are sought by `make test` at a desk and by `make prove`. A law says nothing of how fast the machine is.
settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("the same for all", settings.get_profile("any machine"), derandomize=True)
settings.load_profile("the same for all" if os.environ.get("LEDGERDESK_REQUIRE_ALL") == "1" else "any machine")
NOON = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)  # noon in Sydney, a Friday


def missing(what: str) -> NoReturn:
    """Skip the test for want of a program; fail it where everything is required, as CI requires it."""
    if os.environ.get("LEDGERDESK_REQUIRE_ALL") == "1":
        pytest.fail(what)
    pytest.skip(what)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say once, in one line each, why tests were skipped."""
    reasons: Counter[str] = Counter()
    for report in terminalreporter.stats.get("skipped", []):
        reasons[str(report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr)] += 1
    for reason, count in sorted(reasons.items()):
        terminalreporter.write_line(f"{count} tests skipped: {reason.removeprefix('Skipped: ')}")


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty, migrated SQLite file that tests copy."""
    from services.wiring.schema import upgrade

    path = tmp_path_factory.mktemp("template") / "template.sqlite"
    database = Database(f"sqlite:///{path}", timezone=SYDNEY)
    upgrade(database)
    with database.engine.connect() as conn:
        conn.exec_driver_sql("ROLLBACK")
        conn.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()
    return path


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str | None]:
    """The address of a running PostgreSQL server, or None where none is installed."""
    with find_server() as url:
        yield url


@pytest.fixture(scope="session")
def postgres_template(postgres_server: str | None) -> str | None:
    """The name of an empty, migrated PostgreSQL database that tests copy."""
    if postgres_server is None:
        return None
    from services.wiring.schema import upgrade

    name = f"template_{os.getpid()}"
    _admin(postgres_server, f"CREATE DATABASE {name}")
    database = Database(f"{postgres_server}/{name}", timezone=SYDNEY)
    upgrade(database)
    database.close()
    return name


def _admin(server: str, statement: str) -> None:
    url = f"{server}/postgres".replace("postgresql://", "postgresql+psycopg://")
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as conn:
        conn.execute(text(statement))
    engine.dispose()


@pytest.fixture
def sqlite_database(sqlite_template: Path, tmp_path: Path) -> Iterator[Database]:
    """Empty books on SQLite."""
    path = tmp_path / "books.sqlite"
    shutil.copy(sqlite_template, path)
    database = Database(f"sqlite:///{path}", timezone=SYDNEY)
    yield database
    database.close()


_serial = iter(range(10**9))


@pytest.fixture
def postgres_database(postgres_server: str | None, postgres_template: str | None) -> Iterator[Database]:
    """Empty books on PostgreSQL; skipped where no server is installed."""
    if postgres_server is None:
        missing(NO_POSTGRES)
    name = f"books_{os.getpid()}_{next(_serial)}"
    _admin(postgres_server, f"CREATE DATABASE {name} TEMPLATE {postgres_template}")
    database = Database(f"{postgres_server}/{name}", timezone=SYDNEY)
    yield database
    database.close()
    _admin(postgres_server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> Database:
    """Empty books, once on each database: the same suite on both."""
    return request.getfixturevalue("sqlite_database" if request.param == "sqlite" else "postgres_database")


@pytest.fixture
def noon() -> datetime:
    """A fixed moment: noon of Friday 20 November 2026 in Sydney."""
    return NOON
