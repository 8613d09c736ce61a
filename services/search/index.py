"""What the index answers: words near a typed one, and where they stand; each answer is bounded and has one order.

Written in each database's own way where lists go in and where "so many of each" is asked for; both answer alike.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, TextClause, text

from services.search.model import Record, Source

LAST = "\U0010ffff"  # no word goes beyond it


def known(conn: Connection, words: Collection[str]) -> dict[str, int]:
    """Which of the words the index holds, with their numbers."""
    found = conn.execute(_sql(_KNOWN, conn.dialect.name), {"words": _given(conn, words)})
    return {row.word: row.id for row in found}


def beginning(conn: Connection, start: str, *, most: int) -> list[int]:
    """The first words, by code point, that begin so."""
    return list(conn.execute(_BEGINNING, {"start": start, "end": start + LAST, "most": most}).scalars())


def sharing(conn: Connection, grams: Collection[int], *, least: int) -> list[tuple[int, str]]:
    """Words that share at least so many trigrams."""
    found = conn.execute(_sql(_SHARING, conn.dialect.name), {"grams": _given(conn, grams), "least": least})
    return [(row.id, row.word) for row in found]


def standing(conn: Connection, words: Sequence[int], *, each: int, most: int) -> list[Record]:
    """Where the words stand: word by word in the order given, so many of each at most, by customer and record."""
    if not words:
        return []
    if conn.dialect.name == "postgresql":
        return _records(conn.execute(_STANDING_TOGETHER, {"words": list(words), "each": each, "most": most}))
    found: list[Record] = []
    for word in words:
        found += _records(conn.execute(_STANDING, {"word": word, "each": each}))
        if len(found) >= most:
            break
    return found[:most]


def count(conn: Connection, words: Collection[int], *, most: int) -> int:
    """In how many places the words stand, counted up to `most`."""
    asked = {"words": _given(conn, words), "most": most}
    return int(conn.execute(_sql(_COUNT, conn.dialect.name), asked).scalar_one())


def meeting(conn: Connection, words: Sequence[int], others: Collection[int], *, looked: int, most: int) -> list[Record]:
    """Places of the words, among the first `looked` of each, with whose customers one of the others stands too."""
    found: list[Record] = []
    for word in words:
        asked = {"word": word, "each": looked, "others": _given(conn, others), "most": most}
        found += _records(conn.execute(_sql(_MEETING, conn.dialect.name), asked))
    return found


def customers_with(conn: Connection, customers: Collection[int], words: Collection[int]) -> set[int]:
    """Those of the customers with whom, or with whose records, one of the words stands."""
    asked = {"words": _given(conn, words), "customers": _given(conn, customers)}
    return set(conn.execute(_sql(_CUSTOMERS_WITH, conn.dialect.name), asked).scalars())


def noted(conn: Connection) -> list[Record]:
    """Records that changed since the index was last brought up to date."""
    return _records(conn.execute(_NOTED))


def _records(rows: Iterable[Any]) -> list[Record]:
    return [Record(customer_id, Source(source), record_id) for customer_id, source, record_id in rows]


def _given(conn: Connection, values: Iterable[Any]) -> Any:
    """A list as a parameter: an array, or JSON where the database has none."""
    return list(values) if conn.dialect.name == "postgresql" else json.dumps(list(values))


@lru_cache(maxsize=64)
def _sql(template: str, dialect: str) -> TextClause:
    """The statement, with `IN_words` standing for "is in the list given as words", whatever its name."""
    given = r"= ANY(:" if dialect == "postgresql" else r"IN (SELECT value FROM json_each(:"
    closing = ")" if dialect == "postgresql" else "))"
    for name in ("words", "grams", "others", "customers"):
        template = template.replace(f"IN_{name}", given + name + closing)
    return text(template)


_KNOWN = "SELECT word, id FROM search_word WHERE word IN_words"
_BEGINNING = text("SELECT id FROM search_word WHERE word >= :start AND word < :end ORDER BY word LIMIT :most")
_SHARING = """
SELECT w.id, w.word
  FROM (SELECT word_id FROM search_gram WHERE gram IN_grams GROUP BY word_id HAVING count(*) >= :least) AS g
  JOIN search_word AS w ON w.id = g.word_id
"""
_STANDING = text("""
SELECT customer_id, source, record_id FROM search_entry WHERE word_id = :word ORDER BY 1, 2, 3 LIMIT :each
""")
_STANDING_TOGETHER = text("""
SELECT e.customer_id, e.source, e.record_id
  FROM unnest(CAST(:words AS integer[])) WITH ORDINALITY AS w(id, place)
 CROSS JOIN LATERAL (
    SELECT customer_id, source, record_id FROM search_entry WHERE word_id = w.id ORDER BY 1, 2, 3 LIMIT :each
 ) AS e
 ORDER BY w.place, 1, 2, 3 LIMIT :most
""")
_COUNT = "SELECT count(*) FROM (SELECT 1 FROM search_entry WHERE word_id IN_words LIMIT :most) AS places"
_MEETING = """
SELECT p.customer_id, p.source, p.record_id
  FROM (SELECT customer_id, source, record_id FROM search_entry WHERE word_id = :word
         ORDER BY 1, 2, 3 LIMIT :each) AS p
 WHERE EXISTS (SELECT 1 FROM search_entry AS o WHERE o.word_id IN_others AND o.customer_id = p.customer_id)
 ORDER BY 1, 2, 3 LIMIT :most
"""
_CUSTOMERS_WITH = "SELECT DISTINCT customer_id FROM search_entry WHERE word_id IN_words AND customer_id IN_customers"
_NOTED = text("SELECT DISTINCT customer_id, source, record_id FROM search_change")
