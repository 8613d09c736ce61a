"""The operator's commands as an operator types them: answers, sentences and exit codes."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from typer.testing import CliRunner, Result

from services.__main__ import app
from services.access.model import SYSTEM
from services.commands import backups, console
from services.customers.stopping import stop_customer
from services.db.current import use
from services.db.engine import Database
from services.ledger import operations as ledger
from tests import postgres
from tests.bank_books import company_with_accounts, mt940
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
        "stops",
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


def test_a_postgresql_backup_restores_as_the_same_books(
    postgres_database: Database, postgres_server: str, tmp_path: Path
) -> None:
    _ = shutil.which("pg_dump") or missing("no pg_dump found: install postgresql-client")
    (one,) = customers(postgres_database, 1)
    postgres_database.act(lambda tx: ledger.post(tx, used(one, ONE, key="a"), by=SYSTEM), at=AT)
    file = tmp_path / "books.backup"
    use(postgres_database)
    before = run("trial-balance", "--json").stdout
    assert run("backup", str(file)).exit_code == 0
    name = f"restored_{os.getpid()}"
    admin = create_engine(postgres_database.url.set(database="postgres"), isolation_level="AUTOCOMMIT")
    with admin.connect() as conn:
        conn.execute(text(f"CREATE DATABASE {name}"))
        use(Database(f"{postgres_server}/{name}", timezone=SYDNEY))
        done = run("restore", str(file))
        assert (done.exit_code, run("trial-balance", "--json").stdout) == (0, before)
        conn.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    admin.dispose()
    use(None)


def test_books_restored_on_another_server_go_on_counting(postgres_database: Database, tmp_path: Path) -> None:
    folder = postgres.programs()
    if folder is None or shutil.which("pg_dump") is None:
        missing("no PostgreSQL programs found: install postgresql")
    (one,) = customers(postgres_database, 1)
    for _ in range(200):  # a server that has seen more transactions than a new one
        postgres_database.act(lambda tx: tx.conn.exec_driver_sql("SELECT pg_current_xact_id()"))
    postgres_database.act(lambda tx: ledger.post(tx, used(one, ONE, key="a"), by=SYSTEM), at=AT)
    postgres_database.act(ledger.roll_up)
    file = tmp_path / "books.backup"
    use(postgres_database)
    assert run("backup", str(file)).exit_code == 0
    with postgres.started(folder) as server:
        moved = Database(f"{server}/postgres", timezone=SYDNEY)
        use(moved)
        assert run("restore", str(file)).exit_code == 0
        moved.act(lambda tx: ledger.post(tx, used(one, ONE, key="b"), by=SYSTEM), at=AT)
        for _ in range(2):
            assert run("verify", "--check", "control_totals_kept", "--check", "trial_balance").exit_code == 0
            rows = {row["account"]: row["balance"] for row in json.loads(run("trial-balance", "--json").stdout)}
            assert rows["income:revenue_sms:AUD"] == "-2.00"
            assert moved.act(ledger.roll_up) in {0, 1}
        moved.close()
    use(None)


def test_a_backup_that_fails_leaves_no_file_of_the_wanted_name(
    books: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if books.is_sqlite:
        monkeypatch.setattr(backups, "_check_sqlite", lambda _file: console.stop("torn"))
    else:
        monkeypatch.setenv("PATH", str(tmp_path))
        (tmp_path / "pg_dump").write_text(
            '#!/bin/sh\nfor each in "$@"; do :; done\necho half > "${each#--file=}"\nexit 1\n'
        )
        (tmp_path / "pg_dump").chmod(0o755)
    assert run("backup", str(tmp_path / "kept" / "books.backup")).exit_code == 1
    assert list((tmp_path / "kept").iterdir()) == []


def test_a_restore_is_not_spoiled_by_the_log_of_books_that_stood_there(
    sqlite_database: Database, tmp_path: Path
) -> None:
    file, place = tmp_path / "books.backup", tmp_path / "new" / "books.sqlite"
    use(sqlite_database)
    run("backup", str(file))
    assert not list(tmp_path.glob("books.backup?*"))
    place.parent.mkdir()
    Path(f"{place}-wal").write_bytes(b"of another database")
    use(Database(f"sqlite:///{place}", timezone=SYDNEY))
    assert run("restore", str(file)).exit_code == 0
    use(None)


@pytest.fixture
def bank(sqlite_database: Database) -> Iterator[Database]:
    company_with_accounts(sqlite_database, AT)
    use(sqlite_database)
    yield sqlite_database
    use(None)


def test_a_statement_that_does_not_tie_is_imported_only_when_accepted(bank: Database, tmp_path: Path) -> None:
    file = tmp_path / "statement.sta"
    file.write_bytes(mt940([("1102", "220.00", "SMITH")], closing="300.00"))
    refused = run("import-statement", str(file), "--json")
    assert (refused.exit_code, json.loads(refused.stdout)["refused"]["row"]) == (3, None)
    assert "does not tie" in json.loads(refused.stdout)["refused"]["reason"]
    assert "--accept-untied" in refused.stderr
    done = run("import-statement", str(file), "--json", "--accept-untied")
    assert (done.exit_code, json.loads(done.stdout)["imported"]) == (0, 1)


def test_a_statement_of_nobody_we_know_is_refused_and_says_how_to_name_the_account(
    bank: Database, tmp_path: Path
) -> None:
    file = tmp_path / "statement.sta"
    file.write_bytes(mt940([("1102", "220.00", "SMITH")], account="GB29NWBK60161331926819"))
    refused = run("import-statement", str(file))
    assert (refused.exit_code, "--bank-account" in refused.stderr) == (3, True)


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


def test_who_is_stopped_is_listed_by_cause(books: Database) -> None:
    assert (run("stops", "--json").stdout.strip(), run("stops").exit_code) == ("[]", 0)
    for cause in ("credit limit", "unpaid debt"):
        books.act(
            lambda tx, cause=cause: stop_customer(tx, by=SYSTEM, customer_id=1, cause=cause, why="It owes."), at=AT
        )
    told = json.loads(run("stops", "--json").stdout)
    assert [(one["customer_id"], one["cause"], one["why"]) for one in told] == [
        (1, "credit limit", "It owes."),
        (1, "unpaid debt", "It owes."),
    ]
    assert "UTC  unpaid debt: It owes." in run("stops").stdout


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
