"""Reading what was imported: the imports themselves, the rows they left out, and how far usage is complete."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pandas as pd
from sqlalchemy import Connection, func, select

from services.usage.queries.sums import frame
from services.usage.records import BAD_ROWS_KEPT, ImportStatus
from services.usage.tables import usage_bad_row, usage_import, usage_total_day


@dataclass(frozen=True, slots=True)
class ImportsPage:
    """One page of imports, newest first, and how many there are in all."""

    rows: pd.DataFrame
    total: int


def imports(conn: Connection, *, limit: int = 200) -> pd.DataFrame:
    """The newest imports; columns as in `imports_page`."""
    return imports_page(conn, size=limit).rows


def imports_page(
    conn: Connection, *, status: ImportStatus | None = None, with_bad_rows: bool = False, page: int = 1, size: int = 50
) -> ImportsPage:
    """One page (from 1) of the imports of usage, newest first.

    Columns: id, file_name, format, status, rows_good, rows_bad, rows_repeated, rows_late, first_day, last_day,
    complete_through, imported_at (UTC), imported_by, undone_at, undone_by, undone_reason.
    """
    names = (
        *("id", "file_name", "format", "status", "rows_good", "rows_bad", "rows_repeated", "rows_late", "first_day"),
        *("last_day", "complete_through", "imported_at", "imported_by", "undone_at", "undone_by", "undone_reason"),
    )
    c = usage_import.c
    wanted = [c.status == status.value] if status else []
    wanted += [c.rows_bad > 0] if with_bad_rows else []
    total = conn.execute(select(func.count()).select_from(usage_import).where(*wanted)).scalar_one()
    chosen = select(*[c[name] for name in names]).where(*wanted).order_by(c.id.desc())
    found = conn.execute(chosen.limit(size).offset((max(page, 1) - 1) * size))
    counts = dict.fromkeys(("id", "rows_good", "rows_bad", "rows_repeated", "rows_late"), "int64")
    return ImportsPage(frame(found.keys(), found.all(), counts), total)


def bad_rows(conn: Connection, import_id: int, *, page: int = 1, size: int = BAD_ROWS_KEPT) -> pd.DataFrame:
    """The kept rows an import left out, in the order of the file, all or a page of them: line, external_id, reason."""
    c = usage_bad_row.c
    chosen = select(c.line, c.external_id, c.reason).where(c.import_id == import_id).order_by(c.line, c.id)
    found = conn.execute(chosen.limit(size).offset((max(page, 1) - 1) * size))
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
