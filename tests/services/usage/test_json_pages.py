"""A part of a message history is not taken for the whole: what the file tells of its other pages is passed on."""

from __future__ import annotations

import json
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from services.db.engine import Database
from services.usage.queries.previewing import preview
from tests.builders import customers
from tests.services.usage.test_import import PAGED, ROW, bring

ROWS = [{**ROW, "external_id": f"p{number}"} for number in range(4)]
MANY, MORE = "of its history: its days may not be whole", "another page follows"


def page(number: int | str, last: int | str = 2) -> dict:
    """One page of two messages, as an API of numbered pages gives it."""
    rows = ROWS[:2] if str(number) == "1" else ROWS[2:]
    return {
        "http_code": 200,
        "data": {"total": 4, "per_page": 2, "current_page": number, "last_page": last, "data": rows},
    }


@pytest.fixture(autouse=True)
def _two_customers(database: Database) -> None:
    customers(database, 2)


WHOLE = {
    "all pages": [page(1), page(2)],
    "all pages, the last first": [page(2), page(1)],
    "the only page": [page(1, 1)],
    "no facts": [{"data": ROWS}],
    "no page follows": [{"messages": ROWS, "next_page_uri": None, "page": 0}],
    "links that are none": [{"data": ROWS, "links": {"next": None}, "meta": {"total": 4}}],
    "numbers that are none": [{"data": ROWS, "current_page": True, "last_page": "many"}],
    "a message that says next": [{**ROW, "next": "https://api.example/2", "current_page": 1, "last_page": 9}],
}
PART = {
    "the first of two": ([page(1)], "page 1 of the 2 pages"),
    "numbers as text": ([page("1", "200")], "page 1 of the 200 pages"),
    "two of three": ([page(1, 3), page(2, 3)], "2 of the 3 pages"),
    "the same page twice": ([page(2), page(2)], "page 2 of the 2 pages"),
    "numbers beside the list": ([{"data": ROWS, "meta": {"current_page": 1, "total_pages": 3}}], "page 1 of the 3"),
    "a link after the list": ([{"messages": ROWS, "next_page_uri": "/2.json?page=1", "page": 0}], MORE),
    "a link before the list": ([{"links": {"next": "https://api.example/2"}, "data": ROWS}], MORE),
}


@pytest.mark.parametrize("how", ["after each other", "in a list"])
@pytest.mark.parametrize("case", WHOLE)
def test_a_whole_history_is_complete_through_its_last_day(
    database: Database, noon: datetime, case: str, how: str
) -> None:
    done = bring(database, noon, PAGED[how](WHOLE[case]))
    assert done.rows_good in {1, 2, 4}
    assert done.complete_through is not None
    assert not any(words in note for note in done.notes for words in (MANY, MORE))


@pytest.mark.parametrize("how", ["after each other", "in a list"])
@pytest.mark.parametrize("case", PART)
def test_a_part_is_imported_but_says_so_and_claims_no_day(
    database: Database, noon: datetime, case: str, how: str
) -> None:
    pages, words = PART[case]
    content = PAGED[how](pages)
    with database.read() as conn:
        seen = preview(conn, file=content, at=noon, timezone=ZoneInfo("Australia/Sydney"))
    assert any(words in note for note in seen.notes), seen.notes
    done = bring(database, noon, content)
    assert done.rows_good in {2, 4}
    assert done.complete_through is None
    assert any(words in note for note in done.notes), done.notes


def test_who_knows_better_may_say_how_far_a_part_is_complete(database: Database, noon: datetime) -> None:
    day = noon.date().replace(day=2)
    assert bring(database, noon, json.dumps(page(1)).encode(), complete_through=day).complete_through == day
