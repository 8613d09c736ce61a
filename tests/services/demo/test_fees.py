"""The demo's custom fees: one customer in ten has some, most hidden, and one waits for a second person."""

from __future__ import annotations

from datetime import date

from sqlalchemy import func, select

from services.db.engine import Database
from services.demo.build import build
from services.fees.queries import waiting
from services.fees.tables import custom_fee, custom_fee_charge
from services.integrity.queries import run


def test_a_company_has_fees_of_every_sort_and_one_waits(sqlite_database: Database) -> None:
    build(sqlite_database, customers=60, months=6, seed=1, today=date(2026, 11, 25))
    with sqlite_database.read() as conn:
        c = custom_fee.c
        people = conn.execute(select(func.count(func.distinct(c.customer_id)))).scalar_one()
        sorts = set(conn.execute(select(c.recurring, c.visible).distinct()).all())
        charged = conn.execute(select(func.count()).select_from(custom_fee_charge)).scalar_one()
        assert waiting(conn) == 1
        assert [one.check for one in run(conn, names=("custom_fees", "custom_fee_months")) if not one.ok] == []
    assert 1 <= people <= 6
    assert len(sorts) >= 2
    assert charged > people
