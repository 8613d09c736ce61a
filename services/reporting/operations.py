"""What reporting writes: which table left the dashboard, by whose hand and with which proof in it."""

from __future__ import annotations

from collections.abc import Mapping

from services.access import audit
from services.access.model import Principal, require
from services.db.engine import Transaction
from services.reporting.model import EXPORT


def record_export(
    tx: Transaction, *, by: Principal, file_name: str, title: str, rows: int, facts: Mapping[str, str], digest: str
) -> int:
    """Write an export to the audit trail and return the event's id.

    `facts` are what stands in the file, its filters and control totals; `digest` is the file's SHA-256, by which it
    can be told apart from any other.
    """
    require(by, EXPORT)
    after = {"title": title, "rows": rows, **facts, "sha256": digest}
    return audit.record(tx, by=by, act=EXPORT.name, subject="export", subject_id=file_name, after=after)
