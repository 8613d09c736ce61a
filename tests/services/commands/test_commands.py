"""The operator's commands as an operator types them: answers, sentences and exit codes."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from typer.testing import CliRunner, Result

from services.__main__ import app
from services.access.model import SYSTEM
from services.db.current import use
from services.db.engine import Database
from services.ledger import operations as ledger
from tests.builders import AT, ONE, bought, customers, used
from tests.conftest import SYDNEY, missing

SAMPLES = Path(__file__).parents[2] / "golden" / "banks"


@pytest.fixture
def books(database: Database) -> Iterator[Database]:
    people = customers(database, 2)
    drafts = [bought(n, 5 * ONE, key=f"b{n}") for n in people] + [used(n, 79_200, key=f"u{n}") for n in people]
    database.act(lambda tx: ledger.post_many(tx, drafts, by=SYSTEM), at=AT)
    use(database)
    yield database
    use(None)


def run(*words: str) -> Result:
    return CliRunner().invoke(app, list(words))


def test_every_command_explains_itself() -> None:
    told = run("--help").output
    for name in (
        "init",
        "demo",
        "verify",
        "trial-balance",
        "export-journal",
        "import-statement",
        "backup",
        "restore",
        "people",
    ):
        assert name in told
        assert run(name, "--help").exit_code == 0


def test_verify_is_green_in_sound_books(books: Database) -> None:
    done = run("verify", "--json", "--check", "entries_balance", "--check", "trial_balance")
    assert done.exit_code == 0
    assert [set(one) for one in json.loads(done.stdout)] == [{"check", "ok", "rows", "detail"}] * 2
    assert all(one["ok"] and one["rows"] == 0 for one in json.loads(done.stdout))


def test_verify_ends_with_1_when_a_check_is_red(books: Database) -> None:
    engine = create_engine(books.url)
    with engine.begin() as conn:
        conn.execute(text("UPDATE account_balance SET balance = balance + 1"))
    engine.dispose()
    done = run("verify", "--json")
    assert done.exit_code == 1
    assert [one["rows"] for one in json.loads(done.stdout) if one["check"] == "balances_kept"] == [2]


def test_the_trial_balance_has_the_fixed_keys_and_sums_to_zero(books: Database) -> None:
    done = run("trial-balance", "--json")
    rows = json.loads(done.stdout)
    assert set(rows[0]) == {"account", "currency", "debit", "credit", "balance"}
    assert sum(round(float(row["balance"]) * 10**6) for row in rows) == 0
    assert json.loads(run("trial-balance", "--json", "--as-of", "2026-11-01").stdout) == []
    assert "liabilities:credit:AUD:1" in run("trial-balance").stdout


def test_the_journal_is_exported_in_both_formats(books: Database) -> None:
    assert "liabilities:credit:AUD:1  AUD -5.00" in run("export-journal").stdout
    assert run("export-journal", "--format", "csv").stdout.count("\n") == 9
    assert run("export-journal", "--format", "csv", "--until", "2026-01-01").stdout.count("\n") == 1


def test_a_statement_is_read_without_any_database() -> None:
    file = next(SAMPLES.rglob("*mBank*"))
    done = run("import-statement", str(file), "--dry-run", "--json")
    told = json.loads(done.stdout)
    keys = {"booked_on", "value_on", "amount", "currency", "counterparty", "remittance", "bank_reference", "pending"}
    assert (done.exit_code, told["format"], set(told["statements"][0]["lines"][0])) == (0, "mt940", keys)


def test_a_file_that_is_refused_ends_with_3_and_a_reason(tmp_path: Path) -> None:
    file = tmp_path / "nonsense.txt"
    file.write_text("dear bank, please send money")
    done = run("import-statement", str(file), "--dry-run", "--json")
    assert done.exit_code == 3
    assert set(json.loads(done.stdout)["refused"]) == {"reason", "row"}


def test_a_backup_restores_into_an_empty_database_only(books: Database, tmp_path: Path) -> None:
    if not books.is_sqlite:
        _ = shutil.which("pg_dump") or missing("no pg_dump found: install postgresql-client")
    file = tmp_path / "books.backup"
    assert run("backup", str(file)).exit_code == 0
    assert run("backup", str(file)).exit_code == 1
    use(books)
    refused = run("restore", str(file))
    assert (refused.exit_code, "holds books already" in refused.output) == (1, True)


def test_a_restored_sqlite_backup_is_the_same_books(sqlite_database: Database, tmp_path: Path) -> None:
    (one,) = customers(sqlite_database, 1)
    sqlite_database.act(lambda tx: ledger.post(tx, used(one, ONE, key="a"), by=SYSTEM), at=AT)
    file = tmp_path / "books.backup"
    use(sqlite_database)
    before = run("trial-balance", "--json").stdout
    run("backup", str(file))
    use(Database(f"sqlite:///{tmp_path / 'new' / 'books.sqlite'}", timezone=SYDNEY))
    done = run("restore", str(file))
    assert (done.exit_code, run("trial-balance", "--json").stdout) == (0, before)
    use(None)


def test_a_torn_backup_is_refused(tmp_path: Path, sqlite_template: Path) -> None:
    file = tmp_path / "torn.backup"
    whole = sqlite_template.read_bytes()
    file.write_bytes(whole[: len(whole) // 2])
    use(Database(f"sqlite:///{tmp_path / 'books.sqlite'}", timezone=SYDNEY))
    done = run("restore", str(file))
    use(None)
    assert (done.exit_code, "not a sound copy" in done.output) == (1, True)


def test_init_and_people_begin_a_company(tmp_path: Path) -> None:
    use(Database(f"sqlite:///{tmp_path / 'books.sqlite'}", timezone=SYDNEY))
    company = Path(__file__).parents[3] / "data" / "demo_company.toml"
    assert run("init", "--company", str(company)).exit_code == 0
    assert run("init").exit_code == 0
    added = run("people", "add", "Ada Lovelace", "ada@ledgerdesk.example", "--role", "admin")
    assert (added.exit_code, len(added.stdout.strip()) > 11) == (0, True)
    assert "ada@ledgerdesk.example" in run("people", "list").stdout
    assert json.loads(run("people", "list", "--json").stdout)[0]["role"] == "admin"
    run("people", "add", "Ben", "ben@ledgerdesk.example", "--role", "admin")
    assert run("people", "deactivate", "ben@ledgerdesk.example").exit_code == 0
    assert run("people", "reset-password", "nobody@ledgerdesk.example").exit_code == 1
    use(None)


def test_newer_rates_are_taken_in_once(sqlite_database: Database, tmp_path: Path) -> None:
    use(sqlite_database)
    assert run("init").exit_code == 0
    file = tmp_path / "rates.csv"
    file.write_text("currency,date,aud_per_unit\nUSD,2026-11-02,1.5012\nUSD,2026-11-03,cheap\n")
    first, again = (run("import-rates", str(file), "--json") for _ in range(2))
    use(None)
    assert (first.exit_code, json.loads(first.stdout)["accepted"], json.loads(again.stdout)["repeated"]) == (1, 1, 1)
    assert json.loads(first.stdout)["refused"][0]["line"] == 3
