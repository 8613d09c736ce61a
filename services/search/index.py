"""What the index answers: words near a typed one, and where they stand; each answer is bounded and has one order.

Written in each database's own way where lists go in and where "so many of each" is asked for; both answer alike.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from functools import lru_cache
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, Integer, String, TextClause, bindparam, text

from services.search.model import Record, Source

LAST = "\U0010ffff"  # no word goes beyond it


def known(conn: Connection, words: Collection[str]) -> dict[str, int]:
    """Which of the words the index holds, with their numbers."""
    found = conn.execute(_sql(_KNOWN, conn.dialect.name), {"texts": _given(conn, words)})
    return {row.word: row.id for row in found}


def beginnings(conn: Connection, starts: Sequence[str], *, most: int) -> list[list[int]]:
    """For each start the first words, by code point, that begin so."""
    if conn.dialect.name != "postgresql":
        asked = ({"start": start, "end": start + LAST, "most": most} for start in starts)
        return [list(conn.execute(_BEGINNING, each).scalars()) for each in asked]
    rows = conn.execute(_BEGINNINGS, {"starts": _given(conn, starts), "last": LAST, "most": most})
    found = {place: [row.id for row in some] for place, some in groupby(rows, itemgetter(0))}
    return [found.get(place, []) for place, _ in enumerate(starts, start=1)]


def sharing(conn: Connection, grams: Collection[int], *, least: int) -> list[tuple[int, str]]:
    """Words that share at least so many trigrams."""
    found = conn.execute(_sql(_SHARING, conn.dialect.name), {"grams": _given(conn, grams), "least": least})
    return [(row.id, row.word) for row in found]


def standing(conn: Connection, words: Sequence[int], *, each: int, most: int) -> list[Record]:
    """Where the words stand: word by word in the order given, so many of each at most, by customer and record."""
    if not words:
        return []
    if conn.dialect.name == "postgresql":
        return _records(conn.execute(_STANDING_TOGETHER, {"words": _given(conn, words), "each": each, "most": most}))
    found: list[Record] = []
    for word in words:
        found += _records(conn.execute(_STANDING, {"word": word, "each": each}))
        if len(found) >= most:
            break
    return found[:most]


def counts(conn: Connection, lists: Sequence[Collection[int]], *, most: int) -> list[int]:
    """For each list of words in how many places they stand, counted up to `most`."""
    if conn.dialect.name != "postgresql":
        asked = ({"words": _given(conn, words), "most": most} for words in lists)
        return [int(conn.execute(_sql(_COUNT, "sqlite"), each).scalar_one()) for each in asked]
    given = [_given(conn, words) for words in lists]
    return list(conn.execute(_COUNTS, {"lists": given, "most": most}).scalars())


def meeting(conn: Connection, words: Sequence[int], others: Collection[int], *, looked: int, most: int) -> list[Record]:
    """Places of the words, among the first `looked` of each, with whose customers one of the others stands too."""
    statement = _sql(_MEETING, conn.dialect.name)
    if conn.dialect.name == "postgresql":
        statement = statement.bindparams(*_KNOWN_TO_THE_PLANNER)
    asked = {"each": looked, "others": _given(conn, others), "most": most}
    return [record for word in words for record in _records(conn.execute(statement, asked | {"word": word}))]


def customers_with(conn: Connection, customers: Collection[int], words: Collection[int]) -> set[tuple[int, int]]:
    """Which of the words stands with which of the customers or their records: pairs of word and customer."""
    asked = {"words": _given(conn, words), "customers": _given(conn, customers)}
    statement = _TOGETHER if conn.dialect.name == "postgresql" else _sql(_CUSTOMERS_WITH, "sqlite")
    return {(row.word_id, row.customer_id) for row in conn.execute(statement, asked)}


def noted(conn: Connection) -> list[Record]:
    """Records that changed since the index was last brought up to date."""
    return _records(conn.execute(_NOTED))


def _records(rows: Iterable[Any]) -> list[Record]:
    return [Record(customer_id, Source(source), record_id) for customer_id, source, record_id in rows]


def _given(conn: Connection, values: Collection[Any]) -> str:
    """A list as a parameter, in one text.

    A PostgreSQL array is written here because psycopg takes longer to do it than the server to look a thousand words
    up. Nothing in one needs an escape: words hold letters and digits, and a mark at most.
    """
    if conn.dialect.name != "postgresql":
        return json.dumps(list(values))
    return '{"' + '","'.join(map(str, values)) + '"}' if values else "{}"


@lru_cache(maxsize=64)
def _sql(template: str, dialect: str) -> TextClause:
    """The statement, with `IN_words` standing for "is in the list given as words", whatever its name."""
    given = _IN_LIST if dialect == "postgresql" else "IN (SELECT value FROM json_each(:{name}))"
    for name, kind in _LISTS.items():
        template = template.replace(f"IN_{name}", given.format(name=name, kind=kind))
    return text(template)


_IN_LIST = "= ANY(CAST(:{name} AS {kind}[]))"
_LISTS = {"texts": "text", "words": "integer", "grams": "integer", "others": "integer", "customers": "bigint"}
_KNOWN = "SELECT word, id FROM search_word WHERE word IN_texts"
_BEGINNING = text("SELECT id FROM search_word WHERE word >= :start AND word < :end ORDER BY word LIMIT :most")
_BEGINNINGS = text("""
SELECT s.place, w.id
  FROM unnest(CAST(:starts AS text[])) WITH ORDINALITY AS s(start, place)
 CROSS JOIN LATERAL (
    SELECT id, word FROM search_word WHERE word >= s.start AND word < s.start || :last ORDER BY word LIMIT :most
 ) AS w
 ORDER BY s.place, w.word
""")
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
_COUNTS = text("""
SELECT (SELECT count(*) FROM (
          SELECT 1 FROM search_entry WHERE word_id = ANY(CAST(l.words AS integer[])) LIMIT :most
       ) AS places)
  FROM unnest(CAST(:lists AS text[])) WITH ORDINALITY AS l(words, place) ORDER BY l.place
""")
_MEETING = """
SELECT p.customer_id, p.source, p.record_id
  FROM (SELECT customer_id, source, record_id FROM search_entry WHERE word_id = :word
         ORDER BY 1, 2, 3 LIMIT :each) AS p
 WHERE EXISTS (SELECT 1 FROM search_entry AS o WHERE o.word_id IN_others AND o.customer_id = p.customer_id)
 ORDER BY 1, 2, 3 LIMIT :most
"""
# Which side to begin with depends on how often the words stand, which the server knows of values only.
_KNOWN_TO_THE_PLANNER = tuple(
    bindparam(name, literal_execute=True, type_=kind) for name, kind in (("word", Integer()), ("others", String()))
)
_CUSTOMERS_WITH = """
SELECT word_id, customer_id FROM search_entry WHERE word_id IN_words AND customer_id IN_customers
"""
# one look into the index for each pair, whatever the server believes about the length of the lists
_TOGETHER = text("""
SELECT w.id AS word_id, c.id AS customer_id
  FROM unnest(CAST(:words AS integer[])) AS w(id)
 CROSS JOIN unnest(CAST(:customers AS bigint[])) AS c(id)
 CROSS JOIN LATERAL (SELECT 1 FROM search_entry WHERE word_id = w.id AND customer_id = c.id LIMIT 1) AS e
""")
_NOTED = text("SELECT DISTINCT customer_id, source, record_id FROM search_change")
