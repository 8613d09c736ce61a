"""Reading what was imported: the imports themselves, the rows they left out, and how far usage is complete."""

from __future__ import annotations

from datetime import date

import pandas as pd
from sqlalchemy import Connection, func, select

from services.usage.queries.days import frame
from services.usage.records import ImportStatus
from services.usage.tables import usage_bad_row, usage_import, usage_total_day


def imports(conn: Connection, *, limit: int = 200) -> pd.DataFrame:
    """The imports of usage, newest first.

    Columns: id, file_name, format, status, rows_good, rows_bad, rows_repeated, rows_late, first_day, last_day,
    complete_through, imported_at (UTC), imported_by, undone_at, undone_by, undone_reason.
    """
    names = (
        *("id", "file_name", "format", "status", "rows_good", "rows_bad", "rows_repeated", "rows_late", "first_day"),
        *("last_day", "complete_through", "imported_at", "imported_by", "undone_at", "undone_by", "undone_reason"),
    )
    columns = [usage_import.c[name] for name in names]
    found = conn.execute(select(*columns).order_by(usage_import.c.id.desc()).limit(limit))
    counts = dict.fromkeys(("id", "rows_good", "rows_bad", "rows_repeated", "rows_late"), "int64")
    return frame(found.keys(), found.all(), counts)


def bad_rows(conn: Connection, import_id: int) -> pd.DataFrame:
    """The rows an import left out, in the order of the file: line, external_id, reason."""
    c = usage_bad_row.c
    found = conn.execute(select(c.line, c.external_id, c.reason).where(c.import_id == import_id).order_by(c.line, c.id))
    return frame(found.keys(), found.all(), {"line": "int64"})


def complete_through(conn: Connection) -> date | None:
    """The last day all usage of which is in the books, as the imports say; None before the first.

    Where usage was only ever posted by the day, the newest day there is.
    """
    c = usage_import.c
    claimed = select(func.max(c.complete_through)).where(c.status == ImportStatus.IMPORTED.value)
    newest = select(func.max(usage_total_day.c.day)).where(usage_total_day.c.messages > 0)
    through: date | None = conn.execute(claimed).scalar() or conn.execute(newest).scalar()
    return through
