"""A usage file on its way into the books: dropped, looked at, imported under a bar, and what came of it."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from pages._ui import choosing, downloads, state, tables, text, working
from pages._ui.forms import Form
from pages._ui.frame import plain, read
from pages._ui.usage_filters import LABELS, named_sub
from services.access.model import Principal
from services.db.current import current
from services.errors import InvalidForm, Refused
from services.frames import typed
from services.reporting.exports import Column, ColumnKind, ExportTable
from services.usage import queries as usage
from services.usage.columns import ALIASES
from services.usage.operations import import_usage
from services.usage.queries import Preview
from services.usage.records import BadRow, CustomerMissing, RowsRefused, UsageImport, check_claim

WORK = "usage"  # an import, or the undoing of one: they take turns
_TURN, _SEEN, _SENT = "usage_file_turn", "usage_file_seen", "usage_file_sent"
_SHOWN = 1_000  # bad rows on the screen; the files have all that were kept
BAD = {"line": Column("Line", ColumnKind.COUNT), "external_id": Column("Id"), "reason": Column("Reason")}
_FORMS = {"csv": "CSV", "csv.gz": "CSV, gzip", "parquet": "Parquet", "json": "JSON"}
_LARGER = (
    "At most 25 MB: a packed CSV (.csv.gz) or Parquet file of that size holds half a million messages and more."
    " Give a larger one to the administrator: `python -m services import-usage FILE` takes any size."
)


def drop(by: Principal) -> None:
    """The place to drop a file, what was understood of it, and its import."""
    turn = st.session_state.setdefault(_TURN, 0)
    file = st.file_uploader(
        "Usage file", key=f"usage_file_{turn}", help="CSV, .csv.gz, Parquet or JSON, told by content."
    )
    st.caption(_LARGER)
    work = working.found(WORK)
    if work and not work.ended:
        working.watch(work)
        st.caption(
            "You may go on working: nothing is shown of it until it is in whole. What others save waits meanwhile."
        )
    is_in = bool(work and file and work.is_done_for(by) and st.session_state.get(_SENT) == file.file_id)
    another = file is not None and st.session_state.get(_SENT) != file.file_id  # what came of the last is past then
    if work and work.ended and work.by == by and not (another and isinstance(work.result, UsageImport)):
        _ended(by, work, is_in=is_in)
    if file is None or is_in or (work and not work.ended):
        return
    content = file.getvalue()
    customer, seen = _look(content, f"{file.file_id}")
    if isinstance(seen, str):
        st.error(f"{plain(file.name)} was not read. {plain(seen)}", icon=":material/error:")
    elif seen:
        _preview(seen)
        if _decide(content, file.name, customer):
            st.session_state[_SENT] = file.file_id
            st.rerun()


def _look(content: bytes, file_id: str) -> tuple[str | None, Preview | str | None]:
    """Whose it is, asked where the file does not say, and what it holds; kept, so that a tick reads nothing again."""
    found = _seen(content, f"{file_id} of nobody", None)
    if not isinstance(found, CustomerMissing):
        return None, str(found) if isinstance(found, Refused) else found
    st.info("The file names no customer. Say whose it is.", icon=":material/help:")
    whose = choosing.pick_customer("usage_file_of", label="Whose file it is")
    if whose is None:
        return None, None
    found = _seen(content, f"{file_id} of {whose.id}", whose.account_id)
    return whose.account_id, str(found) if isinstance(found, Refused) else found


def _seen(content: bytes, key: str, customer: str | None) -> Preview | Refused:
    kept: tuple[str, Preview | Refused] | None = st.session_state.get(_SEEN)
    if kept is None or kept[0] != key:
        kept = st.session_state[_SEEN] = (key, read(_previewed, file=content, customer=customer))
    return kept[1]


def _previewed(conn: Any, *, file: bytes, customer: str | None) -> Preview | Refused:
    try:
        return usage.preview(conn, file=file, customer=customer, at=text.now(), timezone=current().timezone)
    except Refused as refusal:
        return refusal


def _preview(seen: Preview) -> None:
    """What was understood: form, columns, the first rows, and those that would stay out."""
    rows = text.count(seen.looked_at, "row")
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.badge(f"{_FORMS[seen.form]}, {-(-seen.size // 1000):,} kB", color="blue", icon=":material/description:")
        st.badge(f"{rows}" if seen.is_whole else f"first {rows} looked at", color="blue")
        colour: Any = "red" if seen.bad else "green"
        st.badge(f"{text.count(seen.bad, 'bad row')}" if seen.bad else "No bad row", color=colour)
    renamed = [f"{name} from “{own}”" for name, own in seen.understood.items() if own.lower().replace(" ", "_") != name]
    missing = [name for name in ALIASES if name not in seen.understood]
    said = ["Read: " + ", ".join(seen.understood) + "."]
    said += ["Under another name: " + ", ".join(renamed) + "."] if renamed else []
    said += ["Not in the file: " + ", ".join(missing) + "."] if missing else []
    st.caption(plain(" ".join([*said, *seen.notes])))
    if seen.imported_before:
        sentence = f"This file is in the books as import {seen.imported_before}. Importing it again changes nothing."
        st.info(sentence, icon=":material/info:")
    if len(seen.rows):
        _first_rows(seen.rows)
    if seen.bad:
        shown_bad(seen.bad_rows, alt="Rows that would stay out", key="usage_preview_bad")


def _first_rows(rows: pd.DataFrame) -> None:
    frame = rows.assign(
        product=[LABELS[name] for name in rows["product"]], sub=[named_sub(name) for name in rows["sub_account"]]
    )
    columns = {
        "line": tables.number("Line", width=50),
        "sent_at": tables.moment("Sent", width=140),
        "customer": tables.words("Customer"),
        "sub": tables.words("Sub-account", width=110),
        "product": tables.words("Product", width=90),
        "direction": tables.words("Way", width=45),
        "country": tables.words("To", width=40),
        "quantity": tables.number("Messages", width=75),
        "parts": tables.number("Parts", width=50),
        "price_micros": tables.price("Price", width=75),
        "currency": tables.words("Currency", width=65),
        "recipient": tables.words("Recipient", width=130),
        "status": tables.words("Status", width=80),
    }
    tables.show(frame, columns, alt="First rows of the file", key="usage_preview", height=215)


def shown_bad(rows: tuple[BadRow, ...], *, alt: str, key: str) -> None:
    """Rows that are not imported, with line and reason."""
    frame = bad_frame(rows[:_SHOWN])
    columns = {
        "line": tables.number("Line", width=70),
        "external_id": tables.words("Id", width=160),
        "reason": tables.words("Why it stays out"),
    }
    tables.show(frame, columns, alt=alt, key=key, height=215 if len(frame) > 5 else "auto")  # noqa: PLR2004 - rows that fit


def bad_frame(rows: tuple[BadRow, ...]) -> pd.DataFrame:
    """Bad rows as a frame."""
    found = [(row.line, row.external_id, row.reason) for row in rows]
    return typed(pd.DataFrame(found, columns=list(BAD)), {"line": "int64"})


def _decide(content: bytes, name: str, customer: str | None) -> bool:
    """The form that starts the import; whether it began."""
    form = Form("usage_import")
    with form.drawn():
        left, right = st.columns([1, 1])
        with left:
            through = form.on(
                "complete_through",
                "Usage is complete through",
                help="The last day all usage of which is in the books with this file. Empty: the last whole day in it.",
            )
        with right:
            whole = form.tick(
                "all_or_nothing",
                "All or nothing",
                help="One bad row refuses the whole file. Otherwise good rows go in.",
            )
        sent = st.form_submit_button("Import", type="primary", icon=":material/download_done:")
    if not sent:
        return False
    try:
        check_claim(through, today=text.today())
    except InvalidForm as wrong:
        form.complain(wrong.fields)
        return False
    facts = {"file": content, "name": name, "customer": customer, "all_or_nothing": whole, "complete_through": through}
    if not working.start(WORK, f"Importing {name}", import_usage, **facts):
        st.error("Another import is under way; start this one when it has ended.", icon=":material/error:")
        return False
    state.rotate("usage_import")
    return True


def _ended(by: Principal, work: working.Work, *, is_in: bool) -> None:
    """What came of the last import, until it is put away, and with it the file where it is in."""
    with st.container(border=True):
        bad: tuple[BadRow, ...] = ()
        if work.bug:
            st.error(work.bug, icon=":material/error:")
        elif work.refusal:
            st.error(plain(f"{work.title}: {work.refusal}"), icon=":material/error:")
            bad = work.refusal.rows if isinstance(work.refusal, RowsRefused) else ()
        elif isinstance(work.result, UsageImport):
            bad = _result(work.result)
        else:
            words = (
                f"{text.count(int(work.result), 'message record')} no longer count; every balance is as it was before."
            )
            st.success(f"{plain(work.title)}: done. {words}", icon=":material/undo:")
        if bad:
            shown_bad(bad, alt="Rows that were not imported", key="usage_result_bad")
        with st.container(horizontal=True, gap="small"):
            if bad:
                downloads.menu(
                    "usage bad rows", lambda: bad_table(by, work.title, bad_frame(bad)), key="usage_bad_export"
                )
            st.button("Close", on_click=_close, args=(is_in,), key="usage_result_close")


def _result(done: UsageImport) -> tuple[BadRow, ...]:
    if done.rows_bad and not done.rows_good:
        st.warning(plain(said_of(done)), icon=":material/error:")
    else:
        st.success(plain(said_of(done)), icon=":material/check_circle:")
    for note in done.notes:
        st.caption(plain(note))
    if done.rows_bad > len(done.bad_rows):
        st.caption(f"The first {len(done.bad_rows):,} of {done.rows_bad:,} bad rows are kept.")
    return done.bad_rows


def said_of(done: UsageImport) -> str:
    """What an import did, in a sentence or two."""
    before = f", {text.count(done.rows_repeated, 'row')} known before" if done.rows_repeated else ""
    bad = f", {text.count(done.rows_bad, 'bad row')} left out" if done.rows_bad else ""
    entries = f" in {text.count(done.entries, 'journal entry', 'journal entries')}" if done.entries else ""
    through = (
        f" By it, usage is complete through {text.day(done.complete_through)}."
        if done.import_id and done.complete_through
        else ""
    )
    return f"{done.file_name}: {text.count(done.rows_good, 'message record')} imported{entries}{before}{bad}.{through}"


def bad_table(by: Principal, title: str, rows: pd.DataFrame) -> ExportTable:
    """Bad rows for a file that goes back to whoever made the usage file."""
    return downloads.table_of("Bad rows", rows, BAD, by=by, of=title)


def _close(is_in: bool) -> None:  # noqa: FBT001 - whether the file of the screen is in the books
    working.put_away(WORK)
    if is_in:
        st.session_state[_TURN] = st.session_state.get(_TURN, 0) + 1
        st.session_state.pop(_SEEN, None)
