"""The long proofs: each takes a share of its full size and returns what it did in one sentence, or fails."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test
from sqlalchemy import create_engine, text

from services.db.engine import Database
from services.wiring.schema import upgrade
from tests.conftest import SYDNEY
from tests.laws import billing_killed, charging_killed, issuing_at_once, mailing_killed
from tests.laws.killing import storm
from tests.laws.test_ledger import Books
from tests.postgres import find_server
from tests.proofs.amounts import every_amount_is_split
from tests.proofs.files import damaged_bank_files

KILLS, HISTORIES, STEPS = 50, 500, 50
RENTAL_KILLS, RENTED = 100, 2_000
BILLING_KILLS, CONTRACTS = 100, 2_000
MAILS, MAIL_KILLS = 1_000, 3
TURNS = 46  # forms of each of fifty people, who share them two by two


def killed_on_sqlite(share: float) -> str:
    """A posting process is killed again and again; nothing acknowledged is lost, and the books verify and resume."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/books.sqlite"
        _empty(url)
        return _storm(url, share)


def killed_on_postgresql(share: float) -> str:
    """The same on a PostgreSQL server."""
    with _on_postgresql() as url:
        return _storm(url, share)


def rental_killed_on_sqlite(share: float) -> str:
    """A month's rental of 2,000 numbers is killed 100 times; each number is charged once, and the books verify."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/books.sqlite"
        _empty(url)
        return _rental_storm(url, share)


def rental_killed_on_postgresql(share: float) -> str:
    """The same month's rental on a PostgreSQL server."""
    with _on_postgresql() as url:
        return _rental_storm(url, share)


def billing_killed_on_sqlite(share: float) -> str:
    """The monthly run over 2,000 commitments is killed 100 times; 2,000 invoices, no gap, none twice."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/books.sqlite"
        _empty(url)
        return _billing_storm(url, share)


def billing_killed_on_postgresql(share: float) -> str:
    """The same monthly run on a PostgreSQL server."""
    with _on_postgresql() as url:
        return _billing_storm(url, share)


def issued_at_once_on_sqlite(share: float) -> str:
    """Fifty people issue 1,000 invoices at once while a third of the work fails; no gap, no number twice."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/books.sqlite"
        _empty(url)
        return _issuing(url, share)


def issued_at_once_on_postgresql(share: float) -> str:
    """The same issuing on a PostgreSQL server."""
    with _on_postgresql() as url:
        return _issuing(url, share)


@contextmanager
def _on_postgresql() -> Iterator[str]:
    """The address of empty books on a PostgreSQL server."""
    with find_server() as server:
        if server is None:
            raise AssertionError("no PostgreSQL server found")
        url = f"{server}/proof_{time.time_ns()}"
        admin = create_engine(f"{server}/postgres".replace("postgresql:", "postgresql+psycopg:"))
        with admin.connect().execution_options(isolation_level="AUTOCOMMIT") as conn:
            conn.execute(text(f"CREATE DATABASE {url.rsplit('/', 1)[1]}"))
        admin.dispose()
        _empty(url)
        yield url


def mail_killed_on_sqlite(share: float) -> str:
    """A thousand mails, a tenth refused at first, a twentieth for good, three kills: each address is reached once."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/books.sqlite"
        _empty(url)
        return _mail_storm(url, share)


def mail_killed_on_postgresql(share: float) -> str:
    """The same mail on a PostgreSQL server."""
    with _on_postgresql() as url:
        return _mail_storm(url, share)


def random_histories(share: float) -> str:
    """Random histories against plain addition: every law of the ledger after every step."""
    count = max(1, round(HISTORIES * share))
    with tempfile.TemporaryDirectory() as folder:
        template = Path(folder) / "template.sqlite"
        _empty(f"sqlite:///{template}")
        Books.template, Books.folder = template, Path(folder)
        chosen = settings(
            max_examples=count, stateful_step_count=STEPS, deadline=None, suppress_health_check=list(HealthCheck)
        )
        run_state_machine_as_test(Books, settings=chosen)
    return f"{count:,} histories of up to {STEPS} steps: every balance equals plain addition, every entry sums to zero"


def _empty(url: str) -> None:
    database = Database(url, timezone=SYDNEY)
    upgrade(database)
    if database.is_sqlite:
        with database.engine.connect() as conn:
            conn.exec_driver_sql("ROLLBACK")
            conn.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()


def _storm(url: str, share: float) -> str:
    kills = max(1, round(KILLS * share))
    told = storm(url, kills=kills)
    assert (told.kills, told.missing, told.unbalanced, told.red) == (kills, 0, 0, ())
    assert told.posted == told.expected
    said = (
        f"{told.kills} kills in the middle of {told.posted:,} entries: none of the {told.acknowledged:,} acknowledged"
    )
    return f"{said} acts lost, none twice, every check of the ledger green after resuming"


def _rental_storm(url: str, share: float) -> str:
    kills, numbers = max(1, round(RENTAL_KILLS * share)), max(20, round(RENTED * share))
    told = charging_killed.storm(url, kills=kills, numbers=numbers)
    assert (told.kills, told.numbers, told.twice, told.red, told.complete) == (kills, numbers, 0, (), True)
    assert (told.entries, told.claims_done, told.done_by_runs) == (numbers, numbers, numbers)
    return (
        f"{told.kills} kills in {told.runs} runs over {numbers:,} numbers: each charged once, no claim left,"
        " every check of the books green"
    )


def _billing_storm(url: str, share: float) -> str:
    kills, contracts = max(1, round(BILLING_KILLS * share)), max(20, round(CONTRACTS * share))
    told = billing_killed.storm(url, kills=kills, contracts=contracts)
    assert (told.kills, told.twice, told.gaps, told.low, told.red, told.complete) == (kills, 0, 0, 0, (), True)
    assert told.months == told.invoices == told.mails == told.claims_done == contracts
    assert told.true_ups == told.short_months > 0
    return (
        f"{told.kills} kills in {told.runs} runs over {contracts:,} commitments: {told.invoices:,} invoices without a"
        f" gap, none twice, each mailed once, {told.true_ups:,} true-ups for as many months below the minimum, every"
        " check of the books green"
    )


def _mail_storm(url: str, share: float) -> str:
    mails = max(60, round(MAILS * share))
    told = mailing_killed.storm(url, mails=mails, kills=MAIL_KILLS)
    dead = sum(number % mailing_killed.PERMANENT == 1 for number in range(mails))
    assert (told.kills, told.twice, told.missing, told.to_the_dead, told.unsent) == (MAIL_KILLS, 0, 0, 0, 0)
    assert told.failed == told.marked == dead
    assert 1 <= told.uncertain <= MAIL_KILLS
    return (
        f"{told.mails:,} mails in {told.tries:,} tries under {told.kills} kills: each of {mails - dead:,} addresses"
        f" reached once, {dead} that do not exist failed and marked; {told.uncertain} uncertain, settled by the"
        f" server's log ({told.settled_as_arrived} had arrived)"
    )


def _issuing(url: str, share: float) -> str:
    turns = max(1, round(TURNS * share))
    database = Database(url, timezone=SYDNEY)
    try:
        told = issuing_at_once.storm(database, turns=turns)
    finally:
        database.close()
    assert (told.gaps, told.twice, told.drafts, told.surprises, told.red) == (0, 0, 0, (), ())
    assert told.issued > told.attempts / 8
    return (
        f"{issuing_at_once.PEOPLE} people at once, {told.attempts:,} units of work of which {told.failed:,} ended in"
        f" nothing: {told.issued:,} invoices, no gap, no number, reference or form twice, every check green"
    )


PROOFS: tuple[Callable[[float], str], ...] = (
    killed_on_sqlite,
    killed_on_postgresql,
    rental_killed_on_sqlite,
    rental_killed_on_postgresql,
    billing_killed_on_sqlite,
    billing_killed_on_postgresql,
    mail_killed_on_sqlite,
    mail_killed_on_postgresql,
    issued_at_once_on_sqlite,
    issued_at_once_on_postgresql,
    random_histories,
    damaged_bank_files,
    every_amount_is_split,
)
