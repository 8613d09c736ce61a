"""Stops of dunning kept in a table of their own become stops of the customer: open, ended by a payment, or lifted."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from services.customers.stopping import UNPAID, past_stops, stops_of
from services.db.engine import Database
from services.dunning import queries
from services.wiring.schema import upgrade
from tests.conftest import SYDNEY, _admin, missing
from tests.migrations.test_invoice_life import at_step, old_books

SET = "2026-12-31T01:00:00.000000Z"
STOP = """
INSERT INTO dunning_stop
    (customer_id, currency, invoice_id, set_on, set_at, set_by, lifted_at, lifted_by, lifted_reason)
VALUES (1, 'USD', 1, '2026-12-31', :set, 'Ledgerdesk', :lifted_at, :lifted_by, :reason)
"""
LIMIT = """
INSERT INTO customer_stop (customer_id, cause, why, since, stopped_by) VALUES (1, 'credit limit', 'x', :set, 'Ada')
"""
NOTHING = {"lifted_at": None, "lifted_by": None, "reason": None}
LIFTED = {"lifted_at": "2027-01-02T01:00:00.000000Z", "lifted_by": "Ann", "reason": "Pays in parts"}


def taken_along(database: Database, state: str) -> None:
    old_books(database)
    at_step(database, "0029")
    with database.reshape() as tx:
        tx.conn.execute(text(STOP), {"set": SET} | (LIFTED if state == "lifted" else NOTHING))
        tx.conn.execute(text(LIMIT), {"set": SET})
        if state == "paid":
            tx.conn.execute(text("UPDATE invoice SET status = 'paid', allocated_micros = gross_micros, fee_micros = 0"))
    upgrade(database)
    with database.read() as conn:
        [ours] = [each for each in past_stops(conn, 1) if each.cause == UNPAID]
        assert (ours.invoice_id, ours.since) == (1, datetime(2026, 12, 31, 1, tzinfo=UTC))
        assert ours.why == "INV-2026-000001 was to be paid by 2026-12-20 and is still open."
        now = [each.cause for each in stops_of(conn, 1)]
        held = [(each.number, each.currency) for each in queries.stops_of(conn)]
    if state == "open":
        assert (now, held) == (["credit limit", UNPAID], [("INV-2026-000001", "USD")])
        return
    assert (now, held) == (["credit limit"], [])
    said = ("INV-2026-000001 is paid.", "Ledgerdesk", False) if state == "paid" else ("Pays in parts", "Ann", True)
    assert (ours.ended_why, ours.ended_by, ours.lifted) == said


@pytest.mark.parametrize("state", ["open", "paid", "lifted"])
def test_a_stop_of_dunning_is_taken_along(tmp_path: Path, state: str) -> None:
    database = Database(f"sqlite:///{tmp_path / 'old.sqlite'}", timezone=SYDNEY)
    taken_along(database, state)
    database.close()


@pytest.mark.parametrize("state", ["open", "paid", "lifted"])
def test_postgresql_takes_it_along_too(postgres_server: str | None, state: str) -> None:
    if postgres_server is None:
        missing("no PostgreSQL server found")
    _admin(postgres_server, f"CREATE DATABASE old_stops_{state}")
    database = Database(f"{postgres_server}/old_stops_{state}", timezone=SYDNEY)
    try:
        taken_along(database, state)
    finally:
        database.close()
        _admin(postgres_server, f"DROP DATABASE old_stops_{state} WITH (FORCE)")
