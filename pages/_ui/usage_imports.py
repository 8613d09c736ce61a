"""The imports of usage: what each brought, the rows it left out, and taking a whole one back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd
import streamlit as st

from pages._ui import downloads, drawer, filters, state, tables, text, usage_import, working
from pages._ui.forms import Form, confirmed
from pages._ui.frame import empty, plain, read
from services.access.model import Principal
from services.errors import InvalidForm
from services.reporting.exports import Column, ColumnKind, ExportTable
from services.texts import checked_reason
from services.usage import queries as usage
from services.usage.operations import undo_import
from services.usage.records import BAD_ROWS_KEPT, IMPORT_USAGE, UNDO_IMPORT, ImportStatus

_BAD_ROWS = "With bad rows"
_STATES = {ImportStatus.IMPORTED.value: "Imported", ImportStatus.UNDONE.value: "Undone"}
_EXPORTED = {
    "id": Column("Import", ColumnKind.COUNT),
    "file_name": Column("File"),
    "state": Column("Status"),
    "rows_good": Column("Imported", ColumnKind.COUNT),
    "rows_bad": Column("Bad", ColumnKind.COUNT),
    "rows_repeated": Column("Known before", ColumnKind.COUNT),
    "rows_late": Column("Late", ColumnKind.COUNT),
    "first_day": Column("From", ColumnKind.DAY),
    "last_day": Column("To", ColumnKind.DAY),
    "complete_through": Column("Complete through", ColumnKind.DAY),
    "imported": Column("Imported at"),
    "imported_by": Column("Imported by"),
    "undone": Column("Undone at"),
    "undone_by": Column("Undone by"),
    "undone_reason": Column("Why undone"),
}


def draw(by: Principal) -> Callable[[], ExportTable] | None:
    """The place to drop a file for whoever may import, then every import; gives what exports the list."""
    if by.may(IMPORT_USAGE):
        usage_import.drop(by)
    chosen = filters.one_of(
        "Show", [*_STATES, _BAD_ROWS], key="usage_import_status", shown=lambda name: _STATES.get(name, name)
    )
    status = ImportStatus(chosen) if chosen in _STATES else None
    page = tables.page_number("usage_imports_page")
    asked = {"status": status, "with_bad_rows": chosen == _BAD_ROWS}
    found = read(usage.imports_page, **asked, page=page, size=tables.PAGE_SIZE)
    if not found.total:
        empty("No usage file has been imported yet." if not chosen else "No import fits.", _next_step(by, chosen))
        return None
    turn = st.session_state.get("usage_imports_turn", 0)
    row = tables.pick(_shown(found.rows), _columns(), alt="Imports of usage", key=f"usage_imports_{turn}")
    tables.pager("usage_imports_page", total=found.total, page=page, noun="import")
    if row is None:
        st.caption("Pick an import to see the rows it left out" + (", or to undo it." if by.may(UNDO_IMPORT) else "."))
    else:
        _picked(by, row)

    def build() -> ExportTable:
        every = read(usage.imports_page, **asked, size=downloads.EVERY)
        return downloads.table_of("Imports of usage", _shown(every.rows), _EXPORTED, by=by, imports=chosen)

    return build


def _next_step(by: Principal, chosen: str | None) -> str:
    if chosen:
        return "Choose all imports."
    return "Drop one above." if by.may(IMPORT_USAGE) else "Accounting imports usage files here."


def _columns() -> dict[str, Any]:
    return {
        "id": tables.number("No.", width=40),
        "file_name": tables.words("File", width=218),
        "state": tables.words("Status", width=70),
        "imported_at": tables.moment("Imported at", width=125),
        "imported_by": tables.words("By", width=100),
        "rows_good": tables.number("Imported", width=68),
        "rows_bad": tables.number("Bad", width=45),
        "rows_repeated": tables.number("Known", width=52),
        "rows_late": tables.number("Late", width=45),
        "complete_through": tables.day("Complete", width=85),
        "first_day": tables.day("First day", width=90),
        "last_day": tables.day("Last day", width=90),
    }


def _shown(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.assign(
        state=[_STATES[status] for status in rows["status"]],
        imported=[text.moment(at) for at in rows["imported_at"]],
        undone=["" if pd.isna(at) else text.moment(at) for at in rows["undone_at"]],
    )


def _picked(by: Principal, row: Mapping[str, Any]) -> None:
    """One import: that it was undone, the rows it left out, and the form that undoes it."""
    import_id, name = int(row["id"]), str(row["file_name"])
    with st.container(border=True):
        st.subheader(f"Import {import_id}: {plain(name)}", anchor=False)
        if row["status"] == ImportStatus.UNDONE.value:
            st.caption(plain(f"Undone by {row['undone_by']}, {row['undone']}: {row['undone_reason']}"))
        if row["rows_late"]:
            count = text.count(int(row["rows_late"]), "message")
            st.caption(f"{count} of a closed month took effect on the first open day.")
        if row["rows_bad"]:
            _bad_rows(by, import_id, name, int(row["rows_bad"]))
        else:
            st.caption("No row was left out.")
        if row["status"] == ImportStatus.IMPORTED.value and by.may(UNDO_IMPORT):
            _undo(import_id, name, int(row["rows_good"]))


def _bad_rows(by: Principal, import_id: int, name: str, count: int) -> None:
    key = f"usage_bad_page_{import_id}"
    page = tables.page_number(key)
    kept = min(count, BAD_ROWS_KEPT)
    rows = read(usage.bad_rows, import_id=import_id, page=page, size=tables.PAGE_SIZE)
    columns = {
        "line": tables.number("Line", width=70),
        "external_id": tables.words("Id", width=160),
        "reason": tables.words("Why it stayed out"),
    }
    tables.show(rows, columns, alt=f"Rows import {import_id} left out", key=f"usage_bad_{import_id}")
    tables.pager(key, total=kept, page=page, noun="bad row")
    if count > kept:
        st.caption(f"The first {kept:,} of {count:,} bad rows are kept.")
    downloads.menu(
        f"bad rows of import {import_id}",
        lambda: usage_import.bad_table(by, name, read(usage.bad_rows, import_id=import_id)),
        key=f"usage_bad_export_{import_id}",
    )


def _undo(import_id: int, name: str, count: int) -> None:
    form = Form(f"undo_usage_{import_id}")
    words = text.count(count, "message record")
    with form.drawn():
        reason = form.text("reason", "Why the whole import is undone")
        sure = confirmed(f"undo_usage_{import_id}", f"Take {words} out of every sum and reverse their journal entries")
        sent = st.form_submit_button("Undo the import", icon=":material/undo:")
    if not sent:
        return
    try:
        checked_reason(reason, ask="Say why the import is undone.")
    except InvalidForm as wrong:
        form.complain(wrong.fields)
        return
    if not sure:
        st.error("Tick the box to confirm: every balance the import touched changes.", icon=":material/error:")
    elif working.start(
        usage_import.WORK, f"Undoing the import of {name}", undo_import, import_id=import_id, reason=reason
    ):
        state.rotate(form.name)
        drawer.dismissed("usage_imports")
        st.rerun()
    else:
        st.error("Another import is under way; undo this one when it has ended.", icon=":material/error:")
