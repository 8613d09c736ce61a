"""E-mail as a list: what it is about, to whom, and where each message stands; nothing leaves without a server."""

from __future__ import annotations

from contextlib import closing
from typing import Any

import pandas as pd
import streamlit as st

from pages._ui import cards, downloads, drawer, mail_drawer, state, tables, text
from pages._ui.frame import me, plain, read, show_problem
from pages._ui.mail_words import EXPORTED, named
from services.access.model import Principal
from services.db.current import current
from services.errors import LedgerdeskError
from services.mail import queries
from services.mail.model import SEND_MAIL, MailState
from services.mail.queries import Filters
from services.mail.sending import Round
from services.reporting.exports import ExportTable
from services.settings import settings
from services.wiring.mailing import leaves, send_mail

NEVER_LEAVES = "No mail server is set, so nothing leaves the building: messages end in this room, to be looked at."
_SENDING = "mail_sending"


def told_where_it_goes() -> None:
    """One plain line where no server is set, and one where sending is on hold."""
    if not leaves():
        st.info(NEVER_LEAVES, icon=":material/home_work:")
    if held := read(queries.hold):
        since = f"{text.moment(held.held_at)} by {plain(held.held_by)}"
        st.warning(f"Sending is on hold since {since}: {plain(held.reason)}", icon=":material/pause_circle:")


def figures() -> None:
    """What waits, failed and is uncertain, of all days."""
    counts, marked = read(queries.unsettled), read(queries.marked_addresses)
    said = {
        "Waiting": (counts[MailState.QUEUED] + counts[MailState.SENDING], "for the next round, or a later try"),
        "Failed": (counts[MailState.FAILED], "look why, then send again"),
        "Uncertain": (counts[MailState.UNCERTAIN], "find out whether they arrived"),
        "Marked addresses": (len(marked), plain(_some([mark.address for mark in marked]))),
    }
    for place, (label, (number, words)) in zip(cards.row(len(said)), said.items(), strict=True):
        with place, st.container(border=True, height="stretch", gap="xsmall"):
            st.metric(label, number, format="localized")
            st.caption(words if number else ":material/check: None.")


def _some(addresses: list[str]) -> str:
    """One address, and how many more there are."""
    more = f" and {len(addresses) - 1:,} more" if len(addresses) > 1 else ""
    return f"{addresses[0]}{more}" if addresses else ""


def send_button(by: Principal) -> None:
    """Send now what is due; the round itself is drawn by `send_if_asked`."""
    due = read(queries.due_count, at=text.now())
    if by.may(SEND_MAIL) and due and not read(queries.hold):
        label = f"Send {text.count(due, 'message')}" if leaves() else f"Put {text.count(due, 'message')} in the room"
        st.button(label, key="mail_send", type="primary", icon=":material/send:", on_click=_ask)


def _ask() -> None:
    """Callback: the round is run before the screen is drawn anew."""
    st.session_state[_SENDING] = True


def send_if_asked() -> None:
    """Run the round that was asked for, its bar drawn between two messages; what is left the next round does."""
    if not st.session_state.pop(_SENDING, False):
        return
    bar, last = st.progress(0.0, "E-mail: looking for what is due"), Round(0)
    try:
        with closing(send_mail(current(), by=me(), server=settings().mail_server)) as going:
            for last in going:
                share = min(last.done / max(last.total, 1), 1.0)
                bar.progress(share, f"E-mail: {last.done:,} of {last.total:,}")
    except LedgerdeskError as error:
        show_problem(error)
        return
    state.tell(_said_of(last))
    st.rerun()


def _said_of(last: Round) -> str:
    said = f"{text.count(last.sent, 'message')} {'sent' if leaves() else 'put in the mail room'}."
    for number, words in ((last.later, "to try again"), (last.failed, "failed"), (last.uncertain, "uncertain")):
        said += f" {number:,} {words}." if number else ""
    return f"{said} {last.stopped}".strip()


def listed(rows: pd.DataFrame, *, key: str, with_names: bool = True, height: int | str = "auto") -> None:
    """The grid; a picked row opens the message at the right."""
    columns: dict[str, Any] = {"queued_at": tables.moment("Queued", width=122)}
    if with_names:
        columns["customer"] = tables.words("Customer", width=135)
    columns |= {
        "what": tables.words("What", width=115),
        "number": tables.words("Number", width=115),
        "standing": tables.words("State", width=108),
        "to_address": tables.words("To", width=150),
        "note": tables.words("Why", width=110 if with_names else 230),
    }
    row = drawer.picked(named(rows), columns, key=key, alt="E-mail", height=height)
    if row is not None:
        mail_drawer.show(int(row["id"]), key=key)


def export(by: Principal, wanted: Filters, words: dict[str, Any]) -> ExportTable:
    """Every message the filters leave, for a file."""
    found = read(queries.page, wanted=wanted, size=downloads.EVERY)
    return downloads.table_of("E-mail", named(found.rows), EXPORTED, by=by, **words)
