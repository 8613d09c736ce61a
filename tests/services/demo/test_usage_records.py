"""The demo's last weeks come in message by message and add up to the same usage."""

from __future__ import annotations

from datetime import date

from sqlalchemy import func, select

from services.db.engine import Database
from services.demo.build import build
from services.demo.usage_records import WEEKS
from services.integrity.queries import run
from services.usage.queries import complete_through, imports
from services.usage.tables import usage_day, usage_record

TODAY = date(2026, 11, 20)


def test_the_last_weeks_are_imported_and_the_books_add_up(sqlite_database: Database) -> None:
    build(sqlite_database, customers=12, months=3, today=TODAY)
    with sqlite_database.read() as conn:
        found = imports(conn)
        assert found["rows_bad"].sum() == 0
        assert found["rows_good"].sum() > 100
        first = conn.execute(select(func.min(usage_record.c.day))).scalar_one()
        assert first >= TODAY - WEEKS
        young = usage_day.c.day >= first
        assert conn.execute(select(func.count()).where(young, ~usage_day.c.source.like("import:%"))).scalar_one() == 0
        assert complete_through(conn) is not None
        assert [check for check in run(conn) if not check.ok] == []
