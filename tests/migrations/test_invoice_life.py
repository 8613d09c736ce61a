"""Books of the first release go through the step that gives invoices an end: rows, guards and indexes stay."""

from __future__ import annotations

from datetime import date

import pytest
from alembic import command
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from services.db import migrate
from services.db.engine import Database
from services.errors import BrokenInvariant
from services.invoices.model import InvoiceStatus
from services.invoices.queries import invoice
from services.wiring.schema import upgrade
from tests.builders import bought, customers, post
from tests.conftest import SYDNEY, _admin, missing

OLD = """
INSERT INTO invoice (id, nonce, request_hash, series, serial_no, number, reference, customer_id, account_id, username,
    country, currency, gross_micros, net_micros, tax_micros, issued_on, due_on, issued_at, issued_by, status,
    allocated_micros, fee_micros, language, company_name, address, business_id, email, contact_name, contact_phone,
    seller, bank_account, bank_lines, tax_code, tax_title, tax_note, tax_label, shows_tax, minimum_micros, rate,
    rate_on, rate_source, aud_equivalent_micros, entry_id)
VALUES (1, 'n', :hash, 'INV-2026', 1, 'INV-2026-000001', 'R', 1, '10001', 'u', 'US', 'USD', 500000000, 500000000, 0,
    '2026-11-20', '2026-12-20', '2026-11-20T01:00:00.000000Z', 'Ada', 'part-paid', 200000000, 20000000, 'en', 'c', '',
    'b', 'e', 'n', 'p', '{}', 'usd', '{}', 'us', 'Invoice', '', '', :no, 1, '1.5', '2026-11-20',
    'ECB', 750000000, :entry)
"""
ALLOCATED = """
INSERT INTO allocation (nonce, bank_line_id, invoice_id, customer_id, currency, paid_micros, fee_micros, net_micros,
    base_micros, short, entry_id, short_entry_id, allocated_on, allocated_at, allocated_by, rule, score, reasons,
    algorithm, payer_account)
VALUES ('n', 1, 1, 1, 'USD', 200000000, 20000000, 200000000, 1, 'fee', :entry, :short, '2026-11-20',
    '2026-11-20T01:00:00.000000Z', 'Ada', '', 0, '[]', '', '')
"""


def at_step(database: Database, step: str) -> None:
    with database.reshape() as tx:
        config = migrate._config()
        config.attributes["connection"] = tx.conn
        command.upgrade(config, step)


def old_books(database: Database) -> None:
    """A part-paid invoice as the first release kept it; the bank line it points to is not needed here."""
    at_step(database, "0008")
    customers(database, 1)
    ids = [post(database, bought(1, 1_000_000, key=key)).entry_id for key in "abc"]
    with database.reshape() as tx:
        no = 0 if tx.dialect == "sqlite" else False
        tx.conn.execute(text(OLD), {"hash": b"x", "entry": ids[0], "no": no})


@pytest.fixture
def sqlite_old(tmp_path):
    database = Database(f"sqlite:///{tmp_path / 'old.sqlite'}", timezone=SYDNEY)
    old_books(database)
    yield database
    database.close()


def test_an_invoice_of_the_first_release_goes_on(sqlite_old):
    guards = "SELECT name FROM sqlite_master WHERE tbl_name = 'invoice' AND sql IS NOT NULL ORDER BY name"
    with sqlite_old.read() as conn:
        before = conn.execute(text(guards)).scalars().all()
    upgrade(sqlite_old)
    with sqlite_old.read() as conn:
        assert set(before) <= set(conn.execute(text(guards)).scalars())
        kept = invoice(conn, 1)
    assert (kept.status, kept.open.text(), kept.due_on) == (InvoiceStatus.PART_PAID, "280.00 USD", date(2026, 12, 20))
    with pytest.raises(DBAPIError, match="never changes"), sqlite_old.write() as tx:
        tx.conn.execute(text("UPDATE invoice SET po_number = 'x'"))
    with sqlite_old.write() as tx:
        assert tx.conn.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1


def test_a_step_that_loses_what_others_refer_to_leaves_the_books_as_they_were(sqlite_old):
    with pytest.raises(BrokenInvariant, match="refers to nothing"), sqlite_old.reshape() as tx:
        tx.conn.execute(text(ALLOCATED), {"entry": 2, "short": 3})
    with sqlite_old.read() as conn:
        assert conn.execute(text("SELECT COUNT(*) FROM allocation")).scalar_one() == 0


def test_postgresql_takes_the_same_books_along(postgres_server):
    if postgres_server is None:
        missing("no PostgreSQL server found")
    _admin(postgres_server, "CREATE DATABASE old_books")
    database = Database(f"{postgres_server}/old_books", timezone=SYDNEY)
    try:
        old_books(database)
        upgrade(database)
        with database.read() as conn:
            assert invoice(conn, 1).open.text() == "280.00 USD"
    finally:
        database.close()
        _admin(postgres_server, "DROP DATABASE old_books WITH (FORCE)")
