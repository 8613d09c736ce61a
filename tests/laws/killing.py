"""A process that posts until it is killed, again and again; then the books are counted."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time
from dataclasses import dataclass

from sqlalchemy import text

from services.access.model import SYSTEM
from services.db.engine import Database
from services.ledger import operations as ledger
from tests.builders import AT, bought, customers, used
from tests.conftest import SYDNEY

ENTRIES = 400


@dataclass(frozen=True)
class Storm:
    """What a storm of kills left behind."""

    kills: int
    acknowledged: int
    missing: int
    unbalanced: int
    posted: int
    expected: int


def post_all(url: str, start: int) -> None:
    """Post entries one by one from `start`, saying each that is acknowledged; every tenth is a batch."""
    database = Database(url, timezone=SYDNEY)
    for number in range(start, ENTRIES):
        maker = bought if number % 4 == 0 else used
        drafts = [
            maker(number % 3 + 1, 1_000_003, key=f"{number}:{part}") for part in range(20 if number % 10 == 0 else 1)
        ]
        database.act(lambda tx, drafts=drafts: ledger.post_many(tx, drafts, by=SYSTEM), at=AT)
        if number % 25 == 0:
            database.act(ledger.roll_up)
        sys.stdout.write(f"{number}\n")
        sys.stdout.flush()


def storm(url: str, *, kills: int, seed: int = 1) -> Storm:
    """Kill a posting process `kills` times at random moments, resume with the same keys, then count."""
    chance = random.Random(seed)  # noqa: S311 - moments to kill at, not secrets
    database = Database(url, timezone=SYDNEY)
    customers(database, 3)
    acknowledged = -1
    for _ in range(kills):
        acknowledged = max(acknowledged, _run(url, acknowledged + 1, chance.uniform(0.02, 0.4)))
    _run(url, 0, None)  # everything once more from the start: all of it is there already or is posted now
    with database.read() as conn:
        posted = conn.execute(text("SELECT COUNT(*) FROM journal_entry")).scalar_one()
        unbalanced = conn.execute(
            text("SELECT COUNT(*) FROM (SELECT entry_id FROM posting GROUP BY entry_id HAVING SUM(amount) <> 0) AS odd")
        ).scalar_one()
        unsealed = conn.execute(
            text("SELECT COUNT(*) FROM journal_entry WHERE id NOT IN (SELECT entry_id FROM journal_seal)")
        ).scalar_one()
        keys = {row[0] for row in conn.execute(text('SELECT "key" FROM journal_entry'))}
    database.close()
    expected = sum(20 if number % 10 == 0 else 1 for number in range(ENTRIES))
    missing = sum(f"{number}:0" not in keys for number in range(acknowledged + 1))
    return Storm(kills, acknowledged + 1, missing, unbalanced + unsealed, posted, expected)


def _run(url: str, start: int, seconds: float | None) -> int:
    command = [sys.executable, "-m", "tests.laws.killing", json.dumps([url, start])]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        first = process.stdout.readline()
        if seconds is not None:
            time.sleep(seconds)
            process.kill()
        rest = process.stdout.read().split()
        if seconds is None and process.wait() != 0:
            raise AssertionError("the posting process failed")
    return max([int(number) for number in [first.strip(), *rest] if number], default=start - 1)


if __name__ == "__main__":
    post_all(*json.loads(sys.argv[1]))
