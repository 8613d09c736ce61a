"""What is done with many invoices at once: their papers in one ZIP, and e-mailing them, to what the filters leave."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import streamlit as st

from pages._ui import downloads, state, text, working
from pages._ui.forms import Form
from pages._ui.frame import me, plain
from services.access.model import Principal
from services.db.engine import Database
from services.invoices.sending import MOST_AT_ONCE, Sent, send_many
from services.mail.model import SEND_MAIL
from services.reporting import exports
from services.reporting.bundle import MOST_PAPERS, zipped
from services.reporting.exports import ExportTable

_KIND, _MAILS = "papers", "mails"
Listed = Callable[[], tuple[ExportTable, Sequence[int]]]


def _own(kind: str, by: Principal) -> str:
    """The work of one person: nobody waits for another's, and no ZIP is lost because somebody else made one."""
    return f"{kind} of {by.person_id}"


def menu(by: Principal, listed: Listed, total: int) -> None:
    """The menu of acts on everything the filters leave; `listed` gives the table and the ids when an act begins."""
    with st.popover("All listed", icon=":material/checklist:", key="invoice_bulk"):
        st.caption(f"What the filters leave: {text.count(total, 'invoice')}.")
        if total > MOST_PAPERS:
            st.caption(f"One ZIP holds {MOST_PAPERS:,} papers: narrow the list down.")
        elif st.button("Papers as ZIP", icon=":material/folder_zip:", width="stretch"):
            _begin(listed)
        if by.may(SEND_MAIL) and st.button("E-mail them", icon=":material/outgoing_mail:", width="stretch"):
            ask(listed)


def progress(by: Principal) -> None:
    """The bar while papers are drawn or e-mailed, then what came of it."""
    _mailed(by)
    work = working.found(_own(_KIND, by))
    if work is None:
        return
    if not work.ended:
        working.watch(work)
        return
    with st.container(horizontal=True, vertical_alignment="center", border=True):
        if work.is_done_for(by):
            table, content = work.result
            st.markdown(f"{text.count(len(table.rows), 'paper')} and their index are ready.")
            name = downloads.file_name("invoices", "zip", content)
            st.download_button(
                "Take the ZIP",
                content,
                file_name=name,
                mime="application/zip",
                icon=":material/download:",
                on_click=partial(downloads.record, name, content, table),
                type="primary",
            )
        else:
            st.markdown(f":red[:material/error: {plain(str(work.refusal) if work.refusal else work.bug)}]")
        if st.button("Put it away"):
            working.put_away(_own(_KIND, by))
            st.rerun()


def _mailed(by: Principal) -> None:
    """The bar of e-mailing many, then once what came of it."""
    work = working.found(_own(_MAILS, by))
    if work is None:
        return
    if not work.ended:
        working.watch(work)
        return
    working.put_away(_own(_MAILS, by))
    if work.is_done_for(by):
        said = _told(work.result)
        (st.warning if work.result.refused else st.success)(said, icon=":material/outgoing_mail:")
    else:
        st.error(plain(str(work.refusal) if work.refusal else work.bug), icon=":material/error:")


def _begin(listed: Listed) -> None:
    table, ids = listed()

    def draw(database: Database, _by: Principal, tell: working.Tell) -> Any:
        return table, zipped(database, ids, index=exports.csv(table), tell=tell)

    if not working.begin(_own(_KIND, me()), "Drawing papers", draw):
        state.tell("Papers are being drawn already.")
    st.rerun()


@st.dialog("E-mail the listed invoices", icon=":material/outgoing_mail:")
def ask(listed: Listed) -> None:
    """The reason, then all of them at once; what cannot go is named."""
    _, ids = listed()
    drawn(ids)


def drawn(ids: Sequence[int]) -> None:
    """What the dialog holds."""
    st.markdown(f"{text.count(len(ids), 'invoice')}, each to the address it prints. At most {MOST_AT_ONCE} at once.")
    st.caption("What was never sent goes now; what was sent before goes again; what waits in the outbox is left alone.")
    form = Form("invoices_send")
    with form.drawn(border=False):
        reason = form.text("reason", "Why", max_chars=500, placeholder="Asked for by their new accountant")
        sent = st.form_submit_button("E-mail them", type="primary", shortcut="Ctrl+Enter")
    if not sent:
        return
    if not reason:
        form.complain({"reason": "Say why they are sent; each message keeps it."})
    elif len(ids) > MOST_AT_ONCE:
        form.complain({}, f"At most {MOST_AT_ONCE} invoices are e-mailed at once; narrow the list down.")
    else:
        facts = {"invoice_ids": list(ids), "reason": reason, "nonce": form.nonce}
        if not working.start(_own(_MAILS, me()), "E-mailing invoices", send_many, **facts):
            state.tell("Invoices are being e-mailed already.")
        state.rotate(form.name)
        st.rerun()


def _told(done: Sent) -> str:
    said = f"{text.count(done.queued, 'message')} put into the outbox."
    more = f" and {len(done.refused) - 3:,} more" if len(done.refused) > 3 else ""  # noqa: PLR2004 - as many are read
    return f"{said} Not sent: {plain(' '.join(done.refused[:3]))}{more}" if done.refused else said
