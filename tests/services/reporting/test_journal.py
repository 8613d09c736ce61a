"""The exported journal is read by hledger and agrees with our trial balance, an independent implementation."""

from __future__ import annotations

import csv
import io
import shutil
import subprocess
from datetime import timedelta
from decimal import Decimal

import pytest

from services.access.model import SYSTEM
from services.db.engine import Database
from services.ledger import operations as ledger
from services.ledger import queries
from services.reporting import journal
from services.reporting.journal import amount_text
from tests.builders import AT, ONE, TODAY, bought, customers, used
from tests.conftest import missing


def _history(database: Database) -> None:
    people = customers(database, 3)
    drafts = []
    for n in range(200):
        code = ("AUD", "USD", "JPY")[n % 3]
        maker = bought if n % 7 == 0 else used
        drafts.append(
            maker(
                people[n % 3],
                79_201 * (n + 1) + ONE,
                key=f"k;{n}",
                currency=code,
                rate="1.5",
                on=TODAY - timedelta(days=n % 50),
            )
        )
    database.act(lambda tx: ledger.post_many(tx, drafts, by=SYSTEM), at=AT)


def test_hledger_accepts_the_journal_and_agrees(database: Database) -> None:
    hledger = shutil.which("hledger") or missing("no hledger found: install hledger")
    _history(database)
    with database.read() as conn:
        written = "".join(journal.hledger(conn))
        ours = {
            (row.account, row.currency): Decimal(amount_text(int(row.balance_micros)))
            for row in queries.trial_balance(conn).itertuples()
        }
    command = [hledger, "-f", "-", "balance", "--flat", "--no-total", "--empty", "-O", "csv", "--layout=bare"]
    told = subprocess.run(command, input=written, capture_output=True, text=True, check=True).stdout
    theirs = {(row["account"], row["commodity"]): Decimal(row["balance"]) for row in csv.DictReader(io.StringIO(told))}
    assert theirs == {key: value for key, value in ours.items() if key in theirs}
    assert {key: value for key, value in ours.items() if value} == {
        key: value for key, value in theirs.items() if value
    }


def test_the_csv_journal_sums_to_zero_in_every_entry(database: Database) -> None:
    _history(database)
    with database.read() as conn:
        rows = list(csv.DictReader(io.StringIO("".join(journal.as_csv(conn)))))
    sums: dict[tuple[str, str], Decimal] = {}
    for row in rows:
        sums[row["entry"], row["currency"]] = sums.get((row["entry"], row["currency"]), Decimal()) + Decimal(
            row["amount"]
        )
    assert len(rows) == 400
    assert set(sums.values()) == {Decimal()}


def test_until_leaves_later_days_out(sqlite_database: Database) -> None:
    _history(sqlite_database)
    with sqlite_database.read() as conn:
        early = "".join(journal.as_csv(conn, until=TODAY - timedelta(days=49)))
    assert early.count("\n") == 1 + 8


@pytest.mark.parametrize(
    ("micros", "shown"), [(79_200, "0.0792"), (-5_000_000, "-5.00"), (1, "0.000001"), (1_500_000, "1.50")]
)
def test_amounts_are_exact(micros: int, shown: str) -> None:
    assert amount_text(micros) == shown
