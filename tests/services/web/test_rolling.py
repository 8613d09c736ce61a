"""The server keeps the control totals and the search index close behind what is written."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from services.db.current import use
from services.db.engine import Database
from services.errors import Unavailable
from services.web.rolling import index_once, roll_up_once
from tests.builders import ONE, bought, customers, post


@pytest.fixture
def books(database: Database) -> Iterator[Database]:
    use(database)
    yield database
    use(None)


def test_what_was_posted_is_taken_in_once(books: Database) -> None:
    (one,) = customers(books, 1)
    post(books, bought(one, ONE, key="a"))
    post(books, bought(one, ONE, key="b"))
    assert [roll_up_once(), roll_up_once()] == [2, 0]


def test_what_was_written_is_indexed_once(books: Database) -> None:
    customers(books, 3)
    assert [index_once(), index_once()] == [3, 0]


def test_a_database_that_is_away_is_tried_again_later(books: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(_: Database) -> None:
        raise Unavailable("The database does not answer; try again.")

    monkeypatch.setattr(Database, "read", away)
    assert [roll_up_once(), index_once()] == [0, 0]
