"""A file of the card processor on its way into the books: dropped, tried out, imported, and what came of it."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from pages._ui import card_linking, downloads, tables, working
from pages._ui.forms import Form
from pages._ui.frame import attempt, plain
from services.access.model import Principal
from services.cards.importing import CardImport, ObjectsRefused
from services.cards.operations import import_card_payments
from services.cards.reading import BadObject
from services.frames import frame
from services.reporting.exports import Column, ExportTable

WORK = "cards"
_TURN, _SENT = "card_file_turn", "card_file_sent"
_SHOWN = 500
_TRIED = 2_000_000  # bytes: some six hundred charges, which are tried in seconds; larger ones under the bar only
BAD = {"place": Column("Where"), "external_id": Column("Id"), "reason": Column("Reason")}
_HELP = (
    "JSON as the processor gives it: a list of objects, a “list” with its “data”, or one object a line: customer, "
    "payment_method, charge, "
    "balance_transaction, refund, dispute. Money already taken is posted, also where a rule would refuse it."
)


def draw(by: Principal) -> None:
    """The place to drop a file, what importing it would change, and the import itself."""
    turn = st.session_state.setdefault(_TURN, 0)
    file = st.file_uploader("File of the card processor", type=None, key=f"card_file_{turn}", help=_HELP)
    work = working.found(WORK)
    if work and not work.ended:
        working.watch(work)
        return
    is_in = bool(work and file and work.is_done_for(by) and st.session_state.get(_SENT) == file.file_id)
    if work and work.ended and work.by == by:
        _ended(by, work, is_in=is_in)
    if file is None or is_in:
        return
    content, livemode = file.getvalue(), None
    if len(content) <= _TRIED:
        tried = _tried(content, file.name, file.file_id)
        if isinstance(tried, str):
            st.error(f"{plain(file.name)} was not read. {plain(tried)}", icon=":material/error:")
            return
        _preview(tried)
        livemode = tried.livemode
    else:
        st.info("A file of this size is not tried first: what is bad in it is listed once it is in.")
    if strangers := card_linking.found_in(content, file.file_id):
        card_linking.offer(strangers, livemode=livemode)
    form = Form("card_import")
    with form.drawn(border=False):
        whole = form.tick("all_or_nothing", "All or nothing", help="One bad object refuses the whole file.")
        sent = st.form_submit_button("Import", type="primary", icon=":material/download_done:")
    if sent:
        facts = {"content": content, "name": file.name, "all_or_nothing": whole}
        if working.start(WORK, f"Importing {file.name}", import_card_payments, **facts):
            st.session_state[_SENT] = file.file_id
            st.rerun()
        st.error("Another import is under way; start this one when it has ended.", icon=":material/error:")


def _tried(content: bytes, name: str, file_id: str) -> CardImport | str:
    """What importing the file would change, kept while it lies there."""
    kept: tuple[str, CardImport | str] | None = st.session_state.get(card_linking.TRIED)
    if kept is not None and kept[0] == file_id:
        return kept[1]
    outcome = attempt(import_card_payments, show=False, content=content, name=name, dry_run=True)
    tried = outcome.result or outcome.sentence
    st.session_state[card_linking.TRIED] = (file_id, tried)
    return tried


def _preview(tried: CardImport) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if tried.livemode is not None:
            st.badge("Live mode" if tried.livemode else "Test mode", color="blue" if tried.livemode else "orange")
        for noun, count in tried.kinds:
            st.badge(f"{count:,} new {noun if count > 1 else noun[:-1]}", color="green")
        if tried.changed:
            st.badge(f"{tried.changed:,} changed", color="green")
        if tried.repeated:
            st.badge(f"{tried.repeated:,} known before", color="gray")
        st.badge(f"{tried.bad:,} bad" if tried.bad else "No bad object", color="red" if tried.bad else "green")
    for note in tried.notes:
        st.caption(plain(note))
    if tried.bad:
        _shown(tried.bad_objects, alt="Objects that would stay out", key="card_preview_bad")


def _ended(by: Principal, work: working.Work, *, is_in: bool) -> None:
    with st.container(border=True):
        bad: tuple[BadObject, ...] = ()
        if work.bug:
            st.error(work.bug, icon=":material/error:")
        elif work.refusal:
            st.error(plain(f"{work.title}: {work.refusal}"), icon=":material/error:")
            bad = work.refusal.objects if isinstance(work.refusal, ObjectsRefused) else ()
        else:
            done: CardImport = work.result
            bad = done.bad_objects
            st.success(plain(f"{done.file_name}: {done.words('imported')}."), icon=":material/check_circle:")
            for note in done.notes:
                st.caption(plain(note))
        if bad:
            _shown(bad, alt="Objects that were not imported", key="card_result_bad")
        with st.container(horizontal=True, gap="small"):
            if bad:
                title = work.title
                downloads.menu("bad card objects", lambda: bad_table(by, title, bad), key="card_bad_export")
            st.button("Close", on_click=_close, args=(is_in,), key="card_result_close")


def _shown(bad: tuple[BadObject, ...], *, alt: str, key: str) -> None:
    columns = {
        "place": tables.words("Where", width=90),
        "external_id": tables.words("Id", width=180),
        "reason": tables.words("Why it stays out"),
    }
    tables.show(_frame(bad[:_SHOWN]), columns, alt=alt, key=key)


def bad_table(by: Principal, title: str, bad: tuple[BadObject, ...]) -> ExportTable:
    """Bad objects for a file that goes to whoever looks after the processor's account."""
    return downloads.table_of("Bad objects", _frame(bad), BAD, by=by, of=title)


def _frame(bad: tuple[BadObject, ...]) -> pd.DataFrame:
    return frame(list(BAD), [(one.place, one.external_id, one.reason) for one in bad], {})


def _close(is_in: bool) -> None:  # noqa: FBT001 - whether the file of the screen is in the books
    working.put_away(WORK)
    if is_in:
        st.session_state[_TURN] = st.session_state.get(_TURN, 0) + 1
        st.session_state.pop(card_linking.TRIED, None)
