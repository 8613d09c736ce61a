"""Totals of busy accounts, kept behind the posting, and the hash chain over what they cover.

A row that every posting updates would make all postings wait for each other. So control totals by day and kind are
brought up to date from time to time, up to a mark before which nothing can change any more; screens add the short
tail after the mark. On PostgreSQL the mark is a transaction number older than every transaction in progress (a
highest id would miss entries that commit late); SQLite has one writer, so there the entry's id serves.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, TextualSelect, text

from services.db.engine import Transaction
from services.ledger.tables import chain_block, control_day

GENESIS = bytes(32)

_TOTALS = """
SELECT a.purpose, a.currency, a.detail, e.effective_on AS day, e.kind,
       CAST(SUM(CASE WHEN p.amount > 0 THEN p.amount ELSE 0 END) AS BIGINT) AS debit,
       CAST(SUM(CASE WHEN p.amount < 0 THEN -p.amount ELSE 0 END) AS BIGINT) AS credit,
       CAST(SUM(CASE WHEN p.base_amount > 0 THEN p.base_amount ELSE 0 END) AS BIGINT) AS base_debit,
       CAST(SUM(CASE WHEN p.base_amount < 0 THEN -p.base_amount ELSE 0 END) AS BIGINT) AS base_credit,
       COUNT(*) AS postings
  FROM journal_entry AS e
  JOIN posting AS p ON p.entry_id = e.id
  JOIN account AS a ON a.id = p.account_id
 WHERE {mark} >= :from_mark AND {mark} < :before_mark
 GROUP BY a.purpose, a.currency, a.detail, e.effective_on, e.kind
"""

_TOTALS_TYPES = {column.name: column.type for column in control_day.columns}

_KEEP = """
INSERT INTO control_day
  (purpose, currency, detail, day, kind, debit, credit, base_debit, base_credit, postings)
{totals}
ON CONFLICT (purpose, currency, detail, day, kind) DO UPDATE SET
  debit = control_day.debit + excluded.debit,
  credit = control_day.credit + excluded.credit,
  base_debit = control_day.base_debit + excluded.base_debit,
  base_credit = control_day.base_credit + excluded.base_credit,
  postings = control_day.postings + excluded.postings
"""

_BLOCK_ROWS = """
SELECT e.id, e.kind, e.source, e."key", e.request_hash, e.customer_id, e.effective_on, e.reversal_of_id,
       p.seq, p.account_id, p.currency, p.amount, p.base_amount
  FROM journal_entry AS e JOIN posting AS p ON p.entry_id = e.id
 WHERE {mark} >= :from_mark AND {mark} < :before_mark
 ORDER BY e.id, p.seq
"""


def mark_column(conn: Connection) -> str:
    """The column of `journal_entry` that tells what is before the mark."""
    return "e.id" if conn.dialect.name == "sqlite" else "e.commit_mark"


def rolled_up_to(conn: Connection) -> int:
    """The mark before which everything stands in the control totals; 0 in new books."""
    return int(conn.execute(text("SELECT COALESCE(MAX(before_mark), 0) FROM chain_block")).scalar_one())


def is_behind(conn: Connection) -> bool:
    """Whether anything was posted after the mark."""
    query = f"SELECT EXISTS (SELECT 1 FROM journal_entry AS e WHERE {mark_column(conn)} >= :mark)"  # noqa: S608 - a constant
    return bool(conn.execute(text(query), {"mark": rolled_up_to(conn)}).scalar_one())


def tail_totals(conn: Connection) -> list[Any]:
    """The control totals of what was posted after the mark, in the columns of `control_day`."""
    return list(conn.execute(tail_query(conn)))


def tail_query(conn: Connection) -> TextualSelect:
    """The query of `tail_totals`, to add the tail to the control totals inside the database."""
    bounds = {"from_mark": rolled_up_to(conn), "before_mark": 2**63 - 1}
    return text(_TOTALS.format(mark=mark_column(conn))).bindparams(**bounds).columns(**_TOTALS_TYPES)


def roll_up(tx: Transaction) -> int:
    """Bring the control totals and the hash chain up to date; returns how many entries were taken in.

    Safe to call from several processes at once: the second waits and finds less to take.
    """
    if tx.dialect == "postgresql":
        tx.conn.exec_driver_sql("LOCK TABLE chain_block IN SHARE ROW EXCLUSIVE MODE")
    start, before = rolled_up_to(tx.conn), _safe_mark(tx.conn)
    if before <= start:
        return 0
    bounds = {"from_mark": start, "before_mark": before}
    mark = mark_column(tx.conn)
    previous = _last_hash(tx.conn)
    digest, entries = hash_block(tx.conn, start, before, previous)
    if not entries:
        return 0
    keep = _KEEP.format(totals=_TOTALS.format(mark=mark))
    tx.conn.execute(text(keep), bounds)
    number = int(tx.conn.execute(text("SELECT COALESCE(MAX(no), 0) + 1 FROM chain_block")).scalar_one())
    tx.conn.execute(
        chain_block.insert().values(
            no=number,
            from_mark=start,
            before_mark=before,
            entries=entries,
            previous_hash=previous,
            hash=digest,
            sealed_at=tx.at,
        )
    )
    return entries


def settle_in(tx: Transaction) -> None:
    """Let marks go on from where they were, after books were restored on a server whose transactions count lower.

    Without it what is posted there would lie before the mark, in no total. SQLite's marks are ids: nothing to do.
    """
    if tx.dialect == "postgresql":
        tx.conn.exec_driver_sql("SELECT ledger_settle_in()")


def hash_block(conn: Connection, from_mark: int, before_mark: int, previous: bytes) -> tuple[bytes, int]:
    """SHA-256 over the previous hash and every entry and posting between two marks, and the number of entries."""
    query = text(_BLOCK_ROWS.format(mark=mark_column(conn))).execution_options(yield_per=10_000)
    rows = conn.execute(query, {"from_mark": from_mark, "before_mark": before_mark})
    digest = hashlib.sha256(previous)
    entries, last = 0, None
    for line in _lines(rows):
        digest.update(line[1])
        entries += line[0] != last
        last = line[0]
    return digest.digest(), entries


def _lines(rows: Any) -> Iterator[tuple[int, bytes]]:
    for entry_id, kind, source, key, request_hash, customer, day, reversal, *posting in rows:
        head = f"{entry_id}|{kind}|{source}|{key}|{bytes(request_hash).hex()}|{customer}|{day}|{reversal}|"
        yield entry_id, (head + "|".join(map(str, posting)) + "\n").encode()


def _safe_mark(conn: Connection) -> int:
    if conn.dialect.name == "sqlite":
        return int(conn.execute(text("SELECT COALESCE(MAX(id), 0) + 1 FROM journal_entry")).scalar_one())
    query = "SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint + ledger_mark_offset()"
    return int(conn.execute(text(query)).scalar_one())


def _last_hash(conn: Connection) -> bytes:
    found = conn.execute(text("SELECT hash FROM chain_block ORDER BY no DESC LIMIT 1")).scalar()
    return GENESIS if found is None else bytes(found)
