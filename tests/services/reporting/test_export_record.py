"""What leaves the dashboard as a table is written down with its filters and its proof."""

from __future__ import annotations

import json

from services.access import audit
from services.access import queries as access
from services.access.model import Principal, Role
from services.db.engine import Database
from services.reporting.operations import record_export
from tests.builders import AT


def test_an_export_stands_in_the_audit_trail(database: Database) -> None:
    by = Principal(None, "Ada Ledger", Role.SUPPORT)
    facts = {"Exported by": "Ada Ledger", "Period": "2026-11-01 to 2026-11-30", "Total Out": "12.00 AUD"}
    database.act(
        lambda tx: record_export(
            tx, by=by, file_name="usage-abc.csv", title="Usage", rows=7, facts=facts, digest="d" * 64
        ),
        at=AT,
    )
    with database.read() as conn:
        (event,) = access.audit_events(conn, text="nothing", acts=["reporting.export"]).rows.to_dict("records")
        assert audit.broken_links(conn) == []
    assert (event["person"], event["subject_id"]) == ("Ada Ledger", "usage-abc.csv")
    assert json.loads(event["after"]) == facts | {"title": "Usage", "rows": 7, "sha256": "d" * 64}
