"""How many postings a second the ledger takes, in bulk and one entry at a time, and how fast it adds them up."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path

from services.access.model import SYSTEM
from services.db.engine import Database
from services.ledger import operations as ledger
from services.ledger import queries
from services.reporting import journal
from tests.builders import AT, bought, customers, used

BATCH = 5_000  # entries a transaction of the bulk run
SINGLE = 300


def posting_rows(database: Database, name: str, *, entries: int) -> list[tuple[object, ...]]:
    """Rows of the table: postings a second in bulk, and one entry (with its transaction) at a time."""
    ids = customers(database, 200)
    made = 0
    started = time.perf_counter()
    while made < entries:
        count = min(BATCH, entries - made)
        drafts = [
            (bought if number % 10 == 0 else used)(ids[number % len(ids)], 1_000_003, key=f"bulk:{made + number}")
            for number in range(count)
        ]
        database.act(lambda tx, drafts=drafts: ledger.post_many(tx, drafts, by=SYSTEM), at=AT)
        made += count
    bulk = 2 * made / (time.perf_counter() - started)
    database.act(ledger.roll_up)
    started = time.perf_counter()
    for number in range(SINGLE):
        draft = used(ids[number % len(ids)], 1_000_003, key=f"one:{number}")
        database.act(lambda tx, draft=draft: ledger.post(tx, draft, by=SYSTEM), at=AT)
    single = 2 * SINGLE / (time.perf_counter() - started)
    return [
        (name, "bulk", f"{2 * made:,}", f"{bulk:,.0f}"),
        (name, "one entry at a time", 2 * SINGLE, f"{single:,.0f}"),
    ]


def trial_balance_rows(database: Database, folder: Path) -> list[tuple[object, ...]]:
    """Rows of the table: our trial balance against hledger's on the same exported journal, best of three each."""
    file = folder / "books.journal"
    with database.read() as conn:
        file.write_text("".join(journal.hledger(conn)))
    ours = min(_timed(lambda: _trial_balance(database)) for _ in range(5))
    theirs = min(_timed(lambda: _hledger(file)) for _ in range(3))
    return [
        ("ledgerdesk trial balance", f"{ours * 1000:.1f} ms", ""),
        ("hledger balance", f"{theirs * 1000:.0f} ms", f"{theirs / ours:.0f} times slower"),
    ]


def _trial_balance(database: Database) -> None:
    with database.read() as conn:
        queries.trial_balance(conn)


def _hledger(file: Path) -> None:
    subprocess.run(["hledger", "-f", file, "balance", "--flat"], check=True, stdout=subprocess.DEVNULL)


def _timed(act: object) -> float:
    started = time.perf_counter()
    act()
    return time.perf_counter() - started
