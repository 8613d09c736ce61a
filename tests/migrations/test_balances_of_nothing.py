"""A statement kept without a balance it stated, because that was 0.00, has it again; one that stated none has none."""

from __future__ import annotations

import os
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from services.banking.queries import statements
from services.db.engine import Database
from services.ledger.model import Purpose
from services.wiring.schema import upgrade
from tests.bank_books import balance, bank_balance, bring_in, company_with_accounts, mt940
from tests.conftest import NOON, SYDNEY, _admin, missing
from tests.migrations.test_invoice_life import at_step


def as_it_was_kept(database: Database) -> None:
    """A new account's first month, a file without balances, and what the release before made of them."""
    at_step(database, "0038")
    company_with_accounts(database, NOON)
    bring_in(database, mt940([("1102", "10.00", "FIRST")], opening="0.00", until="1102"), NOON)
    bare = mt940([("1103", "5.00", "BARE")], opening="10.00", on="1103", until="1103").replace(b":62F:", b":64:")
    bring_in(database, bare, NOON, accept_untied=True)
    with database.reshape() as tx:
        of = "" if tx.dialect == "sqlite" else " ON bank_statement"
        fixed = "BEGIN SELECT 1; END" if tx.dialect == "sqlite" else "FOR EACH ROW EXECUTE FUNCTION bank_refuse()"
        tx.conn.exec_driver_sql(f"DROP TRIGGER bank_statement_fixed{of}")
        tx.conn.exec_driver_sql("UPDATE bank_statement SET opening_micros = NULL WHERE opening_micros = 0")
        tx.conn.exec_driver_sql(f"CREATE TRIGGER bank_statement_fixed BEFORE UPDATE ON bank_statement {fixed}")


def is_mended(database: Database) -> None:
    as_it_was_kept(database)
    upgrade(database)
    with database.read() as conn:
        bare, first = statements(conn)
    assert (first.opening.plain(), first.closing.plain(), first.ties) == ("0.00", "10.00", True)
    assert (bare.closing, bare.ties) == (None, None)
    with pytest.raises(DBAPIError, match="never"), database.write() as tx:
        tx.conn.execute(text("UPDATE bank_statement SET closing_micros = 1"))
    bring_in(database, mt940([("1104", "1.00", "NEXT")], opening="15.00", on="1104", until="1104"), NOON)
    assert (bank_balance(database), balance(database, Purpose.OPENING)) == (Decimal(16), 0)


def test_it_has_its_balance_again(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'old.sqlite'}", timezone=SYDNEY)
    is_mended(database)
    database.close()


def test_it_has_its_balance_again_on_postgresql(postgres_server: str | None) -> None:
    if postgres_server is None:
        missing("no PostgreSQL server found: install postgresql, or set LEDGERDESK_TEST_POSTGRES")
    name = f"balances_{os.getpid()}"
    _admin(postgres_server, f"CREATE DATABASE {name}")
    database = Database(f"{postgres_server}/{name}", timezone=SYDNEY)
    is_mended(database)
    database.close()
    _admin(postgres_server, f"DROP DATABASE {name} WITH (FORCE)")
