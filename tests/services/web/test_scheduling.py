"""The server runs what is due by itself, and shrugs when the books do not answer."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from services.db.current import use
from services.db.engine import Database
from services.errors import Unavailable
from services.web.scheduling import run_due_once
from tests.builders import customers
from tests.rented import charged, rent


@pytest.fixture
def books(database: Database) -> Iterator[Database]:
    use(database)
    yield database
    use(None)


def test_several_servers_at_once_charge_what_is_due_once(books: Database) -> None:
    customers(books, 1)
    rent(books, 5, at=datetime.now(UTC))
    servers = [threading.Thread(target=run_due_once) for _ in range(3)]
    for server in servers:
        server.start()
    for server in servers:
        server.join()
    assert sorted(number for number, _month in charged(books)) == [1, 2, 3, 4, 5]


def test_a_database_that_is_away_is_tried_again_later(
    books: Database, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def away(_: Database) -> None:
        raise Unavailable("The database does not answer; try again.")

    monkeypatch.setattr(Database, "read", away)
    run_due_once()
    assert "Unavailable" in caplog.text
