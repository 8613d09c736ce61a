"""How sending stands: what failed or is uncertain on Home, and the mail among scheduled work."""

from __future__ import annotations

import streamlit as st

from pages._ui import cached, mail_choices, menu, text
from pages._ui.frame import Badge, plain, read
from pages._ui.mail_words import STATES
from services.access.model import Principal
from services.jobs.model import HOLD_JOBS, Hold
from services.mail import queries
from services.mail.model import SEND_MAIL, MailState

ROOM = "billing/mail_room.py"
_LABEL = "E-mail"
_SAYS = "Sends what waits in the outbox, and tries again what a server refused for a while. Due every minute."
_TO_LOOK_AT = {
    MailState.FAILED: ("failed", "Look why"),
    MailState.UNCERTAIN: ("may have arrived or not", "Find out"),
}


def troubles(by: Principal) -> None:
    """On Home: a line with the way there for what failed and what is uncertain; nothing while all is well."""
    if not by.may(SEND_MAIL):
        return
    counts = cached.read(queries.unsettled)
    waiting = {state: counts[state] for state in _TO_LOOK_AT if counts[state]}
    if not waiting:
        return
    with st.container(border=True, gap="xsmall"):
        for state, number in waiting.items():
            words, way = _TO_LOOK_AT[state]
            with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                said = f":red[:material/unsubscribe:] {text.count(number, 'e-mail')} {words}."
                st.markdown(said, width="content")
                menu.link(by, ROOM, way, icon=":material/arrow_forward:", mail_state=STATES[state.value])


def card(by: Principal) -> None:
    """Among scheduled work: what is due, failed or uncertain, the last one sent, and the switch that holds it."""
    counts, held = read(queries.unsettled), read(queries.hold)
    due, last = read(queries.due_count, at=text.now()), read(queries.last_sent)
    mark = _badge(counts, held, due)
    with st.container(border=True, gap="xsmall"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.subheader(_LABEL, anchor=False, width="content", help=_SAYS)
            st.badge(mark.words, color=mark.colour, icon=mark.icon)
            st.space("stretch")
            menu.link(by, ROOM, "Mail room", icon=":material/mail:")
            label, icon = ("Release", ":material/play_circle:") if held else ("Hold", ":material/pause_circle:")
            if by.may(HOLD_JOBS) and st.button(label, key="jobs_hold_mail", icon=icon):
                mail_choices.switch(held=held is not None)
        later = counts[MailState.QUEUED] + counts[MailState.SENDING] - due
        said = [f"**{text.count(due, 'message')}** due" if due else "Nothing due"]
        said += [f"{later:,} to try later"] if later > 0 else []
        said += [f"{counts[state]:,} {state.value}" for state in _TO_LOOK_AT if counts[state]]
        st.markdown(" · ".join([*said, f"last sent {text.moment(last) or 'never'}"]))
        if held:
            since = f"{text.moment(held.held_at)} by {plain(held.held_by)}"
            st.warning(f"On hold since {since}: {plain(held.reason)}", icon=":material/pause_circle:")


def _badge(counts: dict[MailState, int], held: Hold | None, due: int) -> Badge:
    if held:
        return Badge("On hold", "red", ":material/pause_circle:")
    if number := counts[MailState.UNCERTAIN]:
        return Badge(f"{number:,} uncertain", "orange", ":material/help:")
    if number := counts[MailState.FAILED]:
        return Badge(text.count(number, "failure"), "orange", ":material/warning:")
    if due:
        return Badge("Due now", "blue", ":material/schedule:")
    return Badge("Up to date", "green", ":material/check:")
