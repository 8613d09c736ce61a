"""The index follows the tables: triggers note every change in its own transaction, and this takes the notes in.

Until that is done a search looks at what was noted directly, so it never waits for the index to be right.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Executable, Table, bindparam, delete, insert, select, text

from services.db.engine import Database, Transaction
from services.search import index
from services.search.model import Record, Source, index_words
from services.search.tables import search_change, search_entry, search_gram, search_item, search_word
from services.search.terms import terms_of
from services.search.words import gram_numbers, is_grammed

AT_ONCE = 500
INDEX_TURN = 0x5EA2C4  # one process takes changes in, the others wait for it
_MANY = 5000


def is_behind(conn: Connection) -> bool:
    """Whether a change waits to be taken in."""
    return conn.execute(select(search_change.c.id).limit(1)).first() is not None


def catch_up(database: Database) -> int:
    """Take in every change noted so far, some hundred a transaction; returns how many."""
    total = 0
    while taken := database.act(index_changes):
        total += taken
    return total


def index_changes(tx: Transaction, *, most: int = AT_ONCE) -> int:
    """Take in the oldest changes and return how many; safe from several processes at once, one after the other."""
    if tx.dialect == "postgresql":
        # no lock on a table: that would keep the server from gathering statistics of it while much is taken in
        tx.conn.exec_driver_sql("SELECT pg_advisory_xact_lock(%s)", (INDEX_TURN,))
    noted = tx.conn.execute(select(search_change).order_by(search_change.c.id).limit(most)).all()
    if not noted:
        return 0
    changed = {(Source(row.source), row.record_id) for row in noted}
    now = {record[1:]: (record.customer_id, index_words(terms)) for record, terms in terms_of(tx.conn, changed).items()}
    _replace(tx, _kept(tx, changed), now)
    gone = delete(search_change).where(search_change.c.id == bindparam("noted"))
    tx.conn.execute(gone, [{"noted": row.id} for row in noted])
    return len(noted)


_Items = dict[tuple[Source, int], tuple[int, set[str]]]


def _kept(tx: Transaction, changed: Iterable[tuple[Source, int]]) -> _Items:
    kept: _Items = {}
    item = search_item.c
    for source in Source:
        ids = [record_id for each, record_id in changed if each is source]
        for row in tx.conn.execute(select(search_item).where(item.source == int(source), item.record_id.in_(ids))):
            kept[source, row.record_id] = (row.customer_id, set(row.words.split()))
    return kept


def _replace(tx: Transaction, before: _Items, now: _Items) -> None:
    old, new = _entries(before), _entries(now)
    words = _word_ids(tx, {word for word, _ in new - old}, create=True)
    words |= _word_ids(tx, {word for word, _ in old - new}, create=False)
    item = search_item.c
    gone = delete(search_item).where(item.source == bindparam("of"), item.record_id == bindparam("number"))
    _many(tx, gone, [{"of": int(source), "number": record_id} for source, record_id in before])
    kept = [
        {"source": int(source), "record_id": record_id, "customer_id": owner, "words": " ".join(sorted(texts))}
        for (source, record_id), (owner, texts) in now.items()
    ]
    _many(tx, insert(search_item), kept)
    entry = search_entry.c
    leave = delete(search_entry).where(
        entry.word_id == bindparam("word"),
        entry.customer_id == bindparam("owner"),
        entry.source == bindparam("of"),
        entry.record_id == bindparam("number"),
    )
    left = [
        {"word": words[word], "owner": one.customer_id, "of": int(one.source), "number": one.record_id}
        for word, one in sorted(old - new)
    ]
    _many(tx, leave, left)
    _insert(
        tx,
        search_entry,
        [
            {"word_id": words[word], "customer_id": one[0], "source": int(one[1]), "record_id": one[2]}
            for word, one in sorted(new - old, key=lambda pair: (words[pair[0]], pair[1]))
        ],
    )
    _forget_words(tx, {words[word] for word, _ in old - new})


def _entries(items: _Items) -> set[tuple[str, Record]]:
    return {
        (word, Record(owner, source, record_id))
        for (source, record_id), (owner, texts) in items.items()
        for word in texts
    }


def _word_ids(tx: Transaction, words: set[str], *, create: bool) -> dict[str, int]:
    known = index.known(tx.conn, words)
    if create and (missing := sorted(words - known.keys())):
        _insert(tx, search_word, [{"word": word} for word in missing])
        made = index.known(tx.conn, missing)
        grams = [
            {"gram": gram, "word_id": made[word]} for word in missing if is_grammed(word) for gram in gram_numbers(word)
        ]
        _insert(tx, search_gram, sorted(grams, key=lambda row: (row["gram"], row["word_id"])))
        known |= made
    return known


def _forget_words(tx: Transaction, ids: set[int]) -> None:
    """Words that stand nowhere any more leave the index, a name taken back among them."""
    word, entry = search_word.c, search_entry.c
    wanted = sorted(ids)
    for start in range(0, len(wanted), _MANY):
        some = wanted[start : start + _MANY]
        used = set(tx.conn.execute(select(entry.word_id).where(entry.word_id.in_(some)).distinct()).scalars())
        unused = [each for each in some if each not in used]
        tx.conn.execute(delete(search_word).where(word.id.in_(unused)))
        texts = search_gram.c.word_id.in_(unused)
        tx.conn.execute(delete(search_gram).where(texts))


def _insert(tx: Transaction, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Thousands of narrow rows: as arrays where a long list of values would take longer to read than to write."""
    if rows and tx.dialect == "postgresql":
        tx.conn.execute(_FROM_ARRAYS[table.name], {name: [row[name] for row in rows] for name in rows[0]})
    else:
        _many(tx, insert(table), rows)


def _many(tx: Transaction, statement: Executable, rows: Sequence[Mapping[str, Any]]) -> None:
    if rows:
        tx.conn.execute(statement, rows)


_FROM_ARRAYS = {
    "search_word": text("INSERT INTO search_word (word) SELECT unnest(CAST(:word AS text[]))"),
    "search_gram": text("""
INSERT INTO search_gram (gram, word_id)
SELECT * FROM unnest(CAST(:gram AS integer[]), CAST(:word_id AS integer[]))
"""),
    "search_entry": text("""
INSERT INTO search_entry (word_id, customer_id, source, record_id)
SELECT * FROM unnest(CAST(:word_id AS integer[]), CAST(:customer_id AS bigint[]),
                     CAST(:source AS integer[]), CAST(:record_id AS bigint[]))
"""),
}
