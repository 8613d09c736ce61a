"""The drawer of one message: as its reader sees it, its PDF, how it fared, and what may be done about it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
import streamlit as st

from pages._ui import cached, drawer, mail_words, menu, tables, text
from pages._ui.forms import Form
from pages._ui.frame import attempt, me, plain, read
from services.access.model import Principal
from services.db.current import current
from services.errors import LedgerdeskError
from services.invoices.mailing import send_again
from services.mail import operations, queries
from services.mail.model import SEND_MAIL, About, Mail, MailState, Mark
from services.mail.reading import Read, as_read
from services.wiring.mailing import paper_of

INVOICE = "billing/invoice.py"
_LOOK, _AGAIN, _CANCEL = "Message", "Send again", "Cancel it"
_SETTLE, _BACK, _LIFT = "Did it arrive?", "It came back", "The address works"
_ENDED = {MailState.SENT, MailState.FAILED, MailState.CANCELLED}


def show(mail_id: int, *, key: str) -> None:
    """Open the drawer on a message; `key` is the grid's, whose row is let go of when it closes."""
    draw = st.dialog("E-mail", position="right", width="medium", on_dismiss=lambda: drawer.dismissed(key))(whole)
    draw(mail_id, key)


def whole(mail_id: int, key: str) -> None:
    """Inside the drawer: how it stands, then the message or the form of an act."""
    by = me()
    found = read(queries.mail, mail_id=mail_id)
    mark = read(queries.marks, addresses=[found.to]).get(found.to.casefold())
    _facts(by, found, mark)
    acts = possible(by, found, mark)
    view = _LOOK
    if len(acts) > 1:
        view = st.radio("What to do", acts, horizontal=True, label_visibility="collapsed", key=f"mail_view_{found.id}")
    if view == _LOOK:
        _message(found)
    else:
        _FORMS[view](found, key)


def possible(by: Principal, found: Mail, mark: Mark | None) -> list[str]:
    """What this person may do with a message that stands so."""
    if not by.may(SEND_MAIL):
        return [_LOOK]
    acts = [_LOOK]
    acts += [_AGAIN] if found.state in _ENDED else []
    acts += [_CANCEL] if found.state is MailState.QUEUED else []
    acts += [_SETTLE] if found.state is MailState.UNCERTAIN else []
    acts += [_BACK] if found.state is MailState.SENT else []
    acts += [_LIFT] if mark else []
    return acts


def _facts(by: Principal, found: Mail, mark: Mark | None) -> None:
    badge = mail_words.badge(found)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.subheader(plain(f"{found.kind.label} {found.number}"), anchor=False, width="content")
        st.badge(badge.words, color=badge.colour)
    rows = [
        ("To", found.to),
        ("Queued", f"{text.moment(found.queued_at)} by {found.queued_by}"),
        ("Sent again because", found.reason),
        ("Put in the mail room" if found.is_kept else "Sent", text.moment(found.sent_at)),
        ("Next try", text.moment(found.next_at)),
        ("Tries", f"{found.attempts}" if found.attempts else ""),
        ("Last answer", found.said),
        ("Message-ID", found.message_id if found.attempts else ""),
        ("Address marked", f"{text.moment(mark.since)}: {mark.said}" if mark else ""),
    ]
    kept = [row for row in rows if row[1]]
    tables.printed(pd.DataFrame(kept, columns=["What", "Says"]), alt="Facts of the message", hide_header=True)
    with st.container(horizontal=True, gap="medium"):
        if found.invoice_id is not None:
            menu.link(by, INVOICE, "The invoice", icon=":material/request_quote:", id=str(found.invoice_id))
        menu.link(by, drawer.CUSTOMER, "The customer", icon=":material/person:", id=str(found.customer_id))
        if by.may(SEND_MAIL) and found.state is MailState.QUEUED and found.attempts:
            st.button("Try with the next round", icon=":material/fast_forward:", on_click=_hurry, args=[found.id])


def _hurry(mail_id: int) -> None:
    """Callback: let it be tried at once; the drawer is drawn anew and shows it."""
    attempt(operations.try_now, show=True, mail_id=mail_id)


def _message(found: Mail) -> None:
    """As its reader sees it: the text, the PDF, and the HTML as it is written, which nothing here obeys."""
    shown = read(as_read, mail=found)
    st.markdown(f"**{plain(shown.subject)}**")
    st.code(shown.text, language=None, wrap_lines=True)
    _downloads(found, shown)
    with st.expander("HTML part, as written"):
        st.code(shown.html, language="html", wrap_lines=True)


def _downloads(found: Mail, shown: Read) -> None:
    with st.container(horizontal=True, gap="small"):
        try:
            drawn = shown.paper or _drawn(found)
        except LedgerdeskError as refusal:
            st.error(plain(f"No PDF: {refusal}"), icon=":material/error:")
            return
        look: dict[str, Any] = {"icon": ":material/download:", "on_click": "ignore"}
        if drawn is not None:
            name, content = drawn
            st.download_button(name, content, name, "application/pdf", key=f"mail_pdf_{found.id}", **look)
        if shown.content is not None:
            whole_name = f"mail-{found.id}.eml"
            st.download_button(
                "Whole message", shown.content, whole_name, "message/rfc822", key=f"mail_eml_{found.id}", **look
            )


def _drawn(found: Mail) -> tuple[str, bytes] | None:
    """The PDF as it would go, drawn from the frozen document; None where none goes with it."""
    if found.about is About.COMMITMENT:
        return None
    of = f"{found.about} {found.about_id} {found.invoice_id} {found.version}"
    paper = cached.drawn("mail paper", of, lambda: paper_of(current(), found))
    return (paper.name, paper.content) if paper else None


def _again(found: Mail, key: str) -> None:
    form = Form(f"mail_again_{found.id}")
    with form.drawn(border=False):
        to = form.text("to", "To", found.to, max_chars=200)
        reason = form.text("reason", "Why it is sent again", max_chars=500, placeholder="The customer lost it")
        sent = st.form_submit_button("Send again", type="primary", shortcut="Ctrl+Enter")
    asked = {"mail_id": found.id, "to": to, "reason": reason, "nonce": form.nonce}
    _done(sent and form.act(send_again, told="It waits in the outbox again.", **asked), key)


def _cancel(found: Mail, key: str) -> None:
    form = Form(f"mail_cancel_{found.id}")
    with form.drawn(border=False):
        reason = form.text("reason", "Why it is not sent", max_chars=500)
        sent = st.form_submit_button("Cancel the message", type="primary", shortcut="Ctrl+Enter")
    _done(sent and form.act(operations.cancel, told="It is not sent.", mail_id=found.id, reason=reason), key)


def _settle(found: Mail, key: str) -> None:
    st.caption(f"Look for {plain(found.message_id)} in the mail server’s log, or ask the customer.")
    form = Form(f"mail_settle_{found.id}")
    with form.drawn(border=False):
        outcome = form.choice("arrived", "What became of it", ["It arrived", "It did not: send it"])
        reason = form.text("reason", "Where you saw it", max_chars=500)
        sent = st.form_submit_button("Save", type="primary", shortcut="Ctrl+Enter")
    asked: dict[str, Any] = {"mail_id": found.id, "arrived": outcome == "It arrived", "reason": reason}
    _done(sent and form.act(operations.settle_uncertain, told="It is settled.", **asked), key)


def _back(found: Mail, key: str) -> None:
    form = Form(f"mail_back_{found.id}")
    with form.drawn(border=False):
        reason = form.text("reason", "What the returned message says", max_chars=500, placeholder="Mailbox unavailable")
        sent = st.form_submit_button("Mark the address", type="primary", shortcut="Ctrl+Enter")
    told = "The address is marked until somebody knows better."
    _done(sent and form.act(operations.record_bounce, told=told, mail_id=found.id, reason=reason), key)


def _lift(found: Mail, key: str) -> None:
    form = Form(f"mail_lift_{found.id}")
    with form.drawn(border=False):
        reason = form.text("reason", "How you know that the address works", max_chars=500)
        sent = st.form_submit_button("Lift the mark", type="primary", shortcut="Ctrl+Enter")
    _done(
        sent and form.act(operations.lift_mark, told="Mail can go there again.", address=found.to, reason=reason), key
    )


def _done(well: object, key: str) -> None:
    """Close the drawer after an act that went well."""
    if well:
        drawer.dismissed(key)
        st.rerun()


_FORMS: dict[str, Callable[[Mail, str], None]] = {
    _AGAIN: _again,
    _CANCEL: _cancel,
    _SETTLE: _settle,
    _BACK: _back,
    _LIFT: _lift,
}
