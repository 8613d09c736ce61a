"""A process that posts until it is killed, again and again; then the books are counted."""

from __future__ import annotations

import json
import random
import signal
import subprocess
import sys
import time
from dataclasses import dataclass

from sqlalchemy import text

from services.access.model import SYSTEM
from services.db.engine import Database
from services.integrity import queries as integrity
from services.integrity.books import CHECKS
from services.ledger import operations as ledger
from tests.builders import AT, bought, customers, used
from tests.conftest import SYDNEY

ACTS_A_KILL = 40  # so many acts are there to post for every kill, so that each strikes in the middle of work


UNBALANCED = (
    "SELECT COUNT(*) FROM (SELECT entry_id FROM posting GROUP BY entry_id, currency HAVING SUM(amount) <> 0) AS broken"
)
UNSEALED = "SELECT COUNT(*) FROM journal_entry WHERE id NOT IN (SELECT entry_id FROM journal_seal)"
LEDGER_CHECKS = [check.name for check in CHECKS]


@dataclass(frozen=True)
class Storm:
    """What a storm of kills left behind."""

    kills: int
    acknowledged: int
    missing: int
    unbalanced: int
    posted: int
    expected: int
    red: tuple[str, ...]


def post_all(url: str, start: int, acts: int) -> None:
    """Post acts one by one from `start`, saying each that is acknowledged; every tenth is a batch."""
    database = Database(url, timezone=SYDNEY)
    for number in range(start, acts):
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
    """Kill a posting process `kills` times in the middle of its work, resume with the same keys, then count."""
    chance = random.Random(seed)  # noqa: S311 - moments to kill at, not secrets
    database = Database(url, timezone=SYDNEY)
    customers(database, 3)
    acts, acknowledged, struck = kills * ACTS_A_KILL, -1, 0
    for _ in range(kills):
        moment = Moment(chance.randrange(1, ACTS_A_KILL), chance.uniform(0, 0.004))
        said, killed = _run(url, acknowledged + 1, acts, moment)
        acknowledged, struck = max(acknowledged, said), struck + killed
    _run(url, 0, acts, None)  # everything once more from the start: all of it is there already or is posted now
    with database.read() as conn:
        posted = conn.execute(text("SELECT COUNT(*) FROM journal_entry")).scalar_one()
        unbalanced = conn.execute(text(UNBALANCED)).scalar_one() + conn.execute(text(UNSEALED)).scalar_one()
        keys = {row[0] for row in conn.execute(text('SELECT "key" FROM journal_entry'))}
        red = [one.check for one in integrity.run(conn, names=LEDGER_CHECKS) if not one.ok]
    database.close()
    expected = sum(20 if number % 10 == 0 else 1 for number in range(acts))
    missing = sum(f"{number}:0" not in keys for number in range(acknowledged + 1))
    return Storm(struck, acknowledged + 1, missing, unbalanced, posted, expected, tuple(red))


@dataclass(frozen=True)
class Moment:
    """When to strike: after so many acknowledged acts and a little while."""

    acts: int
    seconds: float


def _run(url: str, start: int, acts: int, moment: Moment | None) -> tuple[int, bool]:
    """The last act acknowledged, and whether the process was killed before it had finished."""
    command = [sys.executable, "-m", "tests.laws.killing", json.dumps([url, start, acts])]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        said = []
        for line in process.stdout:
            said.append(int(line))
            if moment and len(said) == moment.acts:
                time.sleep(moment.seconds)
                process.kill()
                break
        said += [int(line) for line in process.stdout if line.endswith("\n")]
        code = process.wait()
    if moment is None and code != 0:
        raise AssertionError("the posting process failed")
    return max(said, default=start - 1), code == -signal.SIGKILL


if __name__ == "__main__":
    post_all(*json.loads(sys.argv[1]))
